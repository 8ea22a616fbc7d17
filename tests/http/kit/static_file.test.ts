import assert from "node:assert/strict";
import { StaticFiles } from "../../../src/http/kit/static_file.ts";

const FILE = new Uint8Array(100).map((_, i) => i);

Deno.test("a file is read once, and all answers share its buffer", async () => {
  let reads = 0;
  const files = new StaticFiles(() => Promise.resolve((reads++, FILE)));
  const contents = await Promise.all([files.read("a.js"), files.read("a.js"), files.read("a.js")]);
  for (const content of contents) assert.equal(content, FILE);
  assert.equal(reads, 1);
});

Deno.test("a file that cannot be read is tried again", async () => {
  let reads = 0;
  const files = new StaticFiles(() =>
    reads++ === 0 ? Promise.reject(new Error("busy")) : Promise.resolve(FILE)
  );
  await assert.rejects(files.read("a.js"), /busy/);
  assert.equal(await files.read("a.js"), FILE);
});
