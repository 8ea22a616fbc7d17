import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { mergeChanges } from "../../src/domain/company/change.ts";
import {
  KEY_LOOKUP_PLANS,
  ResilientConnection,
  type SqlStatement,
} from "../../src/postgres/resilient_connection.ts";
import { ContactLoader } from "../../src/postgres/contact_loader.ts";
import { LabelSetIds } from "../../src/postgres/label_sets.ts";
import { rowsOf } from "../../src/postgres/write_rows.ts";
import { writeStatement } from "../../src/postgres/write_statement.ts";
import { createOwner, HISTORY } from "./company_history.ts";
import { at, CompanyOwner, record, templateStatus } from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;

Deno.test("no write and no load scans a table, with generic plans", async () => {
  await using subject = await openPostgresStore();
  const statements: SqlStatement[] = [];
  const own = await createOwner(subject.store);
  const changes = [];
  for (const step of HISTORY) changes.push(await step(own));
  const failed = record(
    templateStatus("5511900000000", "wamid.f", "sent", NOON),
    templateStatus("5511900000000", "wamid.f", "failed", NOON),
  );
  const reversed = (await (await CompanyOwner.of(subject.store, ACME)).decide(NOON, failed)).change;
  const ids = new LabelSetIds(new Uint8Array(32));
  for (const change of [changes.reduce(mergeChanges), reversed]) {
    statements.push(writeStatement(rowsOf([change], ids)));
  }
  const connection = new ResilientConnection(subject.url, {
    application_name: "plans",
    settings: KEY_LOOKUP_PLANS,
  });
  try {
    const loader = new ContactLoader({
      query: (statement) => {
        statements.push(statement);
        return connection.query(statement);
      },
    });
    const key = "00000000-0000-4000-8000-000000000000" as never;
    await loader.load(ACME, { contacts: [key], messages: [key], usage_ids: ["run-1"], sends: [key] });
    assert.equal(statements.length, 5);
    // The statistics are those of a young company, as long as autovacuum does not run.
    await subject.pool.query("analyze contacts, facts, usages, sends");
    for (const { text } of statements) {
      const { rows } = await connection.query<{ "QUERY PLAN": string }>({
        text: `explain (generic_plan) ${text}`,
      });
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      assert.doesNotMatch(plan, /Seq Scan|Hash Join|Merge Join|Disabled: true/, plan);
      // Nor does it read all rows of a company.
      assert.doesNotMatch(
        plan,
        /Join Filter|using (contacts|facts|usages|sends)\w* on .*\n +Index Cond: \([^()]*company[^=]*= [^=]+$/m,
        plan,
      );
    }
  } finally {
    await connection.close();
  }
});
