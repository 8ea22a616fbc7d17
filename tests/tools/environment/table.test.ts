import assert from "node:assert/strict";
import { ENVIRONMENT } from "../../../src/config/environment.ts";
import { environmentTable, REFERENCE, withEnvironmentTable } from "../../../tools/environment/table.ts";
import { readSource } from "../../support/source_files.ts";

Deno.test("the table of environment variables is that of the schema: deno task environment", async () => {
  const page = await readSource(REFERENCE);
  assert.equal(withEnvironmentTable(page), page);
});

Deno.test("every variable has a row with its meaning and its default", () => {
  const rows = environmentTable().trim().split("\n").slice(2).map((row) =>
    row.split(/\s*\|\s*/).slice(1, -1)
  );
  assert.deepEqual(rows.map(([name]) => name), ENVIRONMENT.map((name) => `\`${name}\``));
  assert.ok(rows.every(([, meaning]) => meaning!.length > 10), JSON.stringify(rows));
  const defaults = Object.fromEntries(
    rows.map(([name, , default_value]) => [name!.slice(1, -1), default_value]),
  );
  assert.equal(defaults.PORT, "`8000`");
  assert.equal(defaults.ADMIN_KEY, "generated");
  assert.equal(defaults.PUBLIC_URL, "");
});

Deno.test("a page without the table is not changed", () => {
  assert.throws(() => withEnvironmentTable("# A page\n"), /has no table/);
});
