import assert from "node:assert/strict";
import type { Statement } from "../../../tools/simulation/database.ts";
import { SimulatedService } from "../../../tools/simulation/simulated_service.ts";
import { planOf } from "../../../tools/simulation/run.ts";
import { normalized, rowsInMemory, type StoredRows } from "../../postgres/stored_rows.ts";
import { openPostgresStore, type PostgresStoreUnderTest } from "../../postgres/test_store.ts";

/** Seeds with fenced owners, merged changes, merged people and month ends. */
const SEEDS = ["1", "42", "46", "55"];

for (const seed of SEEDS) {
  Deno.test(`Postgres accepts, fences and stores the same as the memory store, through seed ${seed}`, async () => {
    const service = new SimulatedService(planOf(seed), false);
    await service.play();
    const { companies, statements } = service.database;
    await using subject = await openPostgresStore();
    for (const statement of statements) await execute(subject, statement);
    for (const stored of companies.storedCompanies()) {
      const rows = await subject.storedRows(stored.company);
      assert.deepEqual(
        normalized(comparable(rows)),
        normalized(comparable(rowsInMemory(stored))),
        stored.company,
      );
    }
  });
}

async function execute({ store, writer }: PostgresStoreUnderTest, statement: Statement): Promise<void> {
  switch (statement.type) {
    case "create":
      await store.create(statement.company, statement.new_company);
      return;
    case "raise epoch":
      assert.equal((await store.activate(statement.company))?.epoch, statement.epoch);
      return;
    case "write":
      assert.deepEqual([...await writer.write(statement.changes)].sort(), [...statement.accepted].sort());
  }
}

/**
 * Sorts facts, which stores return in any order, and removes quarantine reasons: a failed replay updates the reason
 * without a change of the company.
 */
function comparable(rows: StoredRows): StoredRows {
  const facts = rows.facts.toSorted((a, b) => a.at_ms - b.at_ms || (a.id < b.id ? -1 : 1));
  const quarantine = rows.quarantine.map((row) => ({ ...row, reason: "too_old" as const, event: undefined }));
  return { ...rows, facts, quarantine };
}
