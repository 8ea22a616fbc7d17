import assert from "node:assert/strict";
import { ProblemBody } from "../../../src/http/kit/problems.ts";
import { STRINGS } from "../../../src/web/strings/strings.ts";

const CONF = await Deno.readTextFile(new URL("../../../deploy/nginx.conf", import.meta.url));

Deno.test("the problems of the proxy have the format of the service", () => {
  const codes: string[] = [];
  for (const [, status, body] of CONF.matchAll(/return (\d{3}) '(\{.+)';/g)) {
    const problem = ProblemBody.strict().parse(JSON.parse(body!));
    assert.equal(problem.status, Number(status));
    assert.equal(problem.type, `urn:poli-credits:problem:${problem.code}`);
    assert.equal(problem.request_id, "$request_id");
    codes.push(problem.code);
  }
  assert.deepEqual(codes, [
    "unreadable",
    "route_not_found",
    "body_too_large",
    "too_many_requests",
    "unavailable",
  ]);
});

Deno.test("the error pages of the proxy have the texts of the service, Portuguese first", () => {
  const pages = new Map(
    [...CONF.matchAll(/return (\d{3}) '\$page_head([^']+)';/g)].map(([, status, page]) => [status, page!]),
  );
  assert.deepEqual([...pages.keys()], ["429", "503"]);
  const { pt, en } = { pt: STRINGS["pt-BR"].problem, en: STRINGS.en.problem };
  const words = [
    ["429", [pt, en].flatMap((said) => [said.busy_title, said.busy_text, said.retry, said.id])],
    ["503", [pt, en].flatMap((said) => [said.away_title, said.away_text, said.retry, said.id])],
  ] as const;
  for (const [status, expected] of words) {
    const shown = pages.get(status)!.replaceAll(": <code>$request_id</code>", "").matchAll(/>([^<>\n]+)</g);
    assert.deepEqual([...shown].map(([, text]) => text), expected);
  }
});

Deno.test("every response of the proxy itself has its security headers and is not cached", () => {
  const always = ["X-Content-Type-Options nosniff", "X-Request-Id $request_id", "Cache-Control no-store"];
  const answers = CONF.split(/^ {8}location /m).filter((location) => /return \d{3} '/.test(location));
  assert.equal(answers.length, 7);
  for (const answer of answers) {
    const passes = /return (429|503) /.test(answer);
    for (const header of [...always, ...passes ? ["Retry-After 1"] : []]) {
      assert.ok(answer.includes(`add_header ${header} always;`), `${header} is missing: ${answer}`);
    }
  }
});
