import assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { TestService } from "../test_service.ts";

/** The rule asks for a 2xx of every call. These two answer a browser with a redirect, 303, and nothing else. */
const REDIRECTS = [
  "#/paths/~1reports~1credits~1{company}~1sessions~1{link}/get/responses",
  "#/paths/~1reports~1credits~1{company}~1logout/post/responses",
].map((pointer) => `operation-2xx-response ${pointer}`);

Deno.test({
  name: "the OpenAPI document follows Redocly's recommended rules, which are checked without a network",
  permissions: { read: true, env: true, sys: true, net: false, write: false, run: false, ffi: false },
  async fn() {
    await using service = new TestService();
    const source = await (await service.app.hono.request("/openapi.json")).text();
    const config = await createConfig({ extends: ["recommended"] });
    const problems = await lintFromString({ source, absoluteRef: "/openapi.json", config });
    const found = problems.map(({ ruleId, message, location: [place] }) =>
      REDIRECTS.find((known) => known === `${ruleId} ${place?.pointer}`) ??
        `${ruleId} ${place?.pointer}: ${message}`
    );
    assert.deepEqual(found, REDIRECTS);
  },
});
