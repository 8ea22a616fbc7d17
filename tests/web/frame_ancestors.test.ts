import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../src/config/environment.ts";

const read = (FRAME_ANCESTORS: string) => readConfig({ FRAME_ANCESTORS }).frame_ancestors;

Deno.test("FRAME_ANCESTORS lists origins separated by spaces or commas", () => {
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("https://app.example.com"), ["https://app.example.com"]);
  assert.deepEqual(read("https://app.example.com, https://*.example.org:8443"), [
    "https://app.example.com",
    "https://*.example.org:8443",
  ]);
});

Deno.test("FRAME_ANCESTORS rejects everything that is not an origin", () => {
  for (
    const value of [
      "*",
      "https:",
      "'self'",
      "app.example.com",
      "https://a.example/page",
      "https://a;script-src *",
    ]
  ) {
    assert.throws(
      () => read(value),
      (error) => error instanceof ConfigError && /FRAME_ANCESTORS/.test(error.message),
    );
  }
});
