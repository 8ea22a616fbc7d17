import assert from "node:assert/strict";
import { ProblemBody } from "../../src/http/problems.ts";

Deno.test("what the proxy in front refuses is told as the service tells it", async () => {
  const conf = await Deno.readTextFile(new URL("../../deploy/nginx.conf", import.meta.url));
  const codes: string[] = [];
  for (const [, status, body] of conf.matchAll(/return (\d{3}) '(.+)';/g)) {
    const problem = ProblemBody.strict().parse(JSON.parse(body!));
    assert.equal(problem.status, Number(status));
    assert.equal(problem.type, `urn:poli-credits:problem:${problem.code}`);
    assert.equal(problem.request_id, "$request_id");
    codes.push(problem.code);
  }
  assert.deepEqual(codes, ["no_path", "body_too_large", "too_many_requests", "unavailable"]);
});
