import { createPool } from "../../src/postgres/connection.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { PostgresCompanyStore } from "../../src/postgres/companies.ts";
import { PostgresPhoneNumbers } from "../../src/postgres/phone_numbers.ts";
import { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import { PostgresRateCard } from "../../src/postgres/rates.ts";
import { PostgresWriter } from "../../src/postgres/writer.ts";
import { createDatabase } from "../support/database.ts";
import type { StoreUnderTest } from "./store_contract.ts";
import { rowsInPostgres } from "./stored_rows.ts";

/** A store on a database of its own, and what lies under it. */
export interface PostgresStoreUnderTest extends StoreUnderTest, AsyncDisposable {
  readonly url: string;
  readonly superuser_url: string;
  readonly pool: Pool;
  /** What the writer said of connections. */
  readonly errors: Error[];
  /** Whose changes the writer said were refused, and why. */
  readonly rejected: [company: string, why: string][];
}

/** Opens a store on a new, migrated database. */
export async function openPostgresStore(): Promise<PostgresStoreUnderTest> {
  const database = await createDatabase();
  const { service_url, url, superuser_url } = database;
  const errors: Error[] = [];
  const refused: [string, string][] = [];
  // What is tested has the few powers of the service; who looks at it, or hurts it, is the owner.
  const looks = createPool(url, { application_name: "tests", max: 4 });
  const reads = createPool(service_url, { application_name: "tests", max: 4 });
  const writer = new PostgresWriter(service_url, {
    onError: (error) => errors.push(error),
    onRejected: (company, why) => refused.push([company, why]),
  });
  const store = new PostgresCompanyStore(reads, service_url);
  return {
    url,
    superuser_url,
    pool: looks,
    errors,
    rejected: refused,
    writer,
    store,
    phone_numbers: new PostgresPhoneNumbers(reads),
    rates: new PostgresRateCard(reads),
    quarantine: new PostgresQuarantine(reads),
    storedRows: (company) => rowsInPostgres(looks, company),
    async [Symbol.asyncDispose]() {
      await Promise.all([writer.close(), store.close(), reads.end(), looks.end()]);
      await database[Symbol.asyncDispose]();
    },
  };
}
