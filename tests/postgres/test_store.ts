import { createPool } from "../../src/postgres/connection.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { PostgresCompanyStore } from "../../src/postgres/companies.ts";
import { PostgresLabelSets } from "../../src/postgres/label_sets.ts";
import { PostgresMetaPricing } from "../../src/postgres/meta_pricing.ts";
import { PostgresPhoneNumbers } from "../../src/postgres/phone_numbers.ts";
import { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import { PostgresRateCard } from "../../src/postgres/rate_card.ts";
import type { Writer } from "../../src/journal/journal.ts";
import { type JournalWriters, openWriters } from "../../src/postgres/journal_writers.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import type { StoreUnderTest } from "./store_under_test.ts";
import { rowsInPostgres } from "./stored_rows.ts";

/** A Postgres store on its own database, with access to the database. */
export interface PostgresStoreUnderTest extends StoreUnderTest, AsyncDisposable {
  readonly url: string;
  readonly superuser_url: string;
  readonly pool: Pool;
  readonly store: StoreUnderTest["store"] & Pick<PostgresCompanyStore, "heads" | "dueCompanies">;
  /** The connection errors of the writer. */
  readonly errors: Error[];
  /** The changes that the writer rejected: the company and the reason. */
  readonly rejected: [company: string, reason: string][];
}

/** Opens a store on a database, by default a new one. Disposing of it disposes of the database, if that can be. */
export async function openPostgresStore(
  creating: Promise<TestDatabase & Partial<AsyncDisposable>> = createDatabase(),
): Promise<PostgresStoreUnderTest> {
  const database = await creating;
  const { service_url, url, superuser_url } = database;
  const errors: Error[] = [];
  const rejected: [string, string][] = [];
  // The tested store has the service's grants; the test inspects it and injects faults as the owner.
  const inspecting = createPool(url, { application_name: "tests", max: 4 });
  const reading = createPool(service_url, { application_name: "tests", max: 4 });
  const writers = await openWriters(reading, service_url, {
    onError: (error) => errors.push(error),
    onRejected: (company, reason) => rejected.push([company, reason]),
  });
  const store = new PostgresCompanyStore(reading, service_url);
  return {
    url,
    superuser_url,
    pool: inspecting,
    errors,
    rejected,
    writer: inLanes(writers),
    store,
    phone_numbers: new PostgresPhoneNumbers(reading),
    rates: new PostgresRateCard(reading),
    meta_pricing: new PostgresMetaPricing(reading),
    label_sets: new PostgresLabelSets(reading),
    quarantine: new PostgresQuarantine(reading),
    storedRows: (company) => rowsInPostgres(inspecting, company),
    async [Symbol.asyncDispose]() {
      await Promise.all([writers.close(), store.close(), reading.end(), inspecting.end()]);
      await database[Symbol.asyncDispose]?.();
    },
  };
}

/** Returns a writer that writes each change by the writer of its lane. */
function inLanes({ lanes, laneOf = () => 0 }: JournalWriters): Writer {
  return {
    write: async (changes) => {
      const groups = Map.groupBy(changes, ({ company }) => laneOf(company));
      const written = await Promise.all([...groups].map(([lane, group]) => lanes[lane]!.write(group)));
      return written.reduce((all, some) => all.union(some), new Set());
    },
  };
}
