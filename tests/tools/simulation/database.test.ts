import assert from "node:assert/strict";
import type { Statement } from "../../../tools/simulation/database.ts";
import { SimulatedService } from "../../../tools/simulation/simulated_service.ts";
import { planOf } from "../../../tools/simulation/run.ts";
import { normalized, rowsInMemory, type StoredRows } from "../../postgres/stored_rows.ts";
import { openPostgresStore, type PostgresStoreUnderTest } from "../../postgres/test_store.ts";

/** Seeds with owners that are shut out, changes that are merged, people that are, and ends of months. */
const SEEDS = ["1", "42", "46", "55"];

for (const seed of SEEDS) {
  Deno.test(`Postgres holds, refuses and keeps what its stand-in does, through all of seed ${seed}`, async () => {
    const house = new SimulatedService(planOf(seed), false);
    await house.play();
    const { companies, statements } = house.database;
    await using subject = await openPostgresStore();
    for (const statement of statements) await carryOut(subject, statement);
    for (const stored of companies.storedCompanies()) {
      const kept = await subject.storedRows(stored.company);
      assert.deepEqual(
        normalized(asWritten(kept)),
        normalized(asWritten(rowsInMemory(stored))),
        stored.company,
      );
    }
  });
}

async function carryOut({ store, writer }: PostgresStoreUnderTest, statement: Statement): Promise<void> {
  switch (statement.type) {
    case "make":
      await store.create(statement.company, statement.made);
      return;
    case "take over":
      assert.equal((await store.activate(statement.company))?.epoch, statement.epoch);
      return;
    case "write":
      assert.deepEqual([...await writer.write(statement.changes)].sort(), [...statement.held].sort());
  }
}

/**
 * Facts in one order, for the store has none; and quarantine without its reasons, for why an event waits is noted anew
 * when it is tried again, which is not a change of its company.
 */
function asWritten(kept: StoredRows): StoredRows {
  const facts = kept.facts.toSorted((a, b) => a.at_ms - b.at_ms || (a.id < b.id ? -1 : 1));
  const quarantine = kept.quarantine.map((row) => ({ ...row, reason: "too_old" as const, event: undefined }));
  return { ...kept, facts, quarantine };
}
