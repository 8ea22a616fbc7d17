import assert from "node:assert/strict";
import { lintOpenApi } from "../../../tools/openapi_lint/linter.ts";
import { TestService } from "../test_service.ts";

/** The rule asks for a 2xx of every call. These two answer a browser with a redirect, 303, and nothing else. */
const REDIRECTS = [
  "#/paths/~1reports~1credits~1{company}~1sessions~1{link}/get/responses",
  "#/paths/~1reports~1credits~1{company}~1logout/post/responses",
].map((pointer) => ({ rule: "operation-2xx-response", pointer }));

Deno.test("the OpenAPI document follows Redocly's recommended rules", async () => {
  await using service = new TestService();
  const document = await (await service.app.hono.request("/openapi.json")).text();
  const violations = await lintOpenApi(document);
  const others = violations.filter(({ rule, pointer }) =>
    !REDIRECTS.some((known) => known.rule === rule && known.pointer === pointer)
  );
  assert.deepEqual(others, []);
  assert.equal(violations.length, REDIRECTS.length);
});

Deno.test("the linter finds what is wrong in a document", async () => {
  const found = await lintOpenApi(JSON.stringify({
    openapi: "3.1.0",
    info: { title: "A", version: "1" },
    paths: { "/a": { get: { responses: {} } } },
  }));
  assert.ok(found.some(({ rule }) => rule === "security-defined"), JSON.stringify(found));
});
