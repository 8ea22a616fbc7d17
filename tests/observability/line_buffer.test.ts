import assert from "node:assert/strict";
import { LineBuffer } from "../../src/observability/line_buffer.ts";

Deno.test("lines wait for each other and are written together, in order", async () => {
  const { promise: written, resolve } = Promise.withResolvers<string>();
  const lines = new LineBuffer(resolve);
  lines.add("one\n", false);
  lines.add("two\n", false);
  assert.equal(await written, "one\ntwo\n");
});

Deno.test("an urgent line is written at once, after the lines that wait", () => {
  const writes: string[] = [];
  const lines = new LineBuffer((text) => writes.push(text));
  lines.add("a request\n", false);
  assert.deepEqual(writes, []);
  lines.add("a fault\n", true);
  assert.deepEqual(writes, ["a request\na fault\n"]);
  lines.flush();
  assert.equal(writes.length, 1);
});

Deno.test("many lines are written before their time is up, and none is dropped", () => {
  const writes: string[] = [];
  const lines = new LineBuffer((text) => writes.push(text));
  const line = `${"x".repeat(99)}\n`;
  for (let times = 0; times < 2_000; times++) lines.add(line, false);
  assert.ok(writes.length > 1 && writes.length < 10, `${writes.length} writes`);
  lines.flush();
  assert.equal(writes.join("").length, 2_000 * line.length);
});
