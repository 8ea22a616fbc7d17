import assert from "node:assert/strict";
import plugin from "../../tools/lint/docstrings.ts";

const SOURCE = `/** A. */
export const a = 1;
export const b = 2;
/** C. */
export interface C {}
// Not a docstring.
export type D = 1;
export { a as z };
`;

Deno.test("an export of production code without a docstring is reported", () => {
  const reports = Deno.lint.runPlugin(plugin, "/project/src/time/example.ts", SOURCE);
  assert.deepEqual(reports.map(({ range: [from, to] }) => SOURCE.slice(from, to)), [
    "export const b = 2;",
    "export type D = 1;",
  ]);
});

Deno.test("an export of the client without a docstring is reported", () => {
  assert.equal(Deno.lint.runPlugin(plugin, "/project/client/example.ts", SOURCE).length, 2);
});

Deno.test("test files need no docstrings", () => {
  assert.deepEqual(Deno.lint.runPlugin(plugin, "/project/tests/time/example.test.ts", SOURCE), []);
  assert.deepEqual(Deno.lint.runPlugin(plugin, "/project/tests/client/example.ts", SOURCE), []);
});
