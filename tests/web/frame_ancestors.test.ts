import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../src/config/environment.ts";

const read = (FRAME_ANCESTORS: string) => readConfig({ FRAME_ANCESTORS }).frame_ancestors;

Deno.test("origins that may show the page in a frame are told with spaces or commas between them", () => {
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("https://app.example.com"), ["https://app.example.com"]);
  assert.deepEqual(read("https://app.example.com, https://*.example.org:8443"), [
    "https://app.example.com",
    "https://*.example.org:8443",
  ]);
});

Deno.test("nothing that is no origin gets into the page's policy", () => {
  for (
    const told of [
      "*",
      "https:",
      "'self'",
      "app.example.com",
      "https://a.example/page",
      "https://a;script-src *",
    ]
  ) {
    assert.throws(
      () => read(told),
      (error) => error instanceof ConfigError && /FRAME_ANCESTORS/.test(error.message),
    );
  }
});
