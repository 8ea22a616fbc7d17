import type { Client } from "../../src/postgres/connection.ts";

/** The tables in which a new company has rows. */
const COPIED = [
  "companies",
  "company_settings",
  "contract_versions",
  "local_days",
  "phone_numbers",
  "periods",
  "ledger",
] as const;

/** How many copies of a company to make. Their ids are the prefix and a number from 1 on. */
export interface Copies {
  readonly prefix: string;
  readonly count: number;
}

/** Copies the rows of a company that has one phone number and no messages yet. The copies' numbers are the next ones. */
export async function copyCompany(client: Client, company: string, { prefix, count }: Copies): Promise<void> {
  for (const table of COPIED) {
    await client.query(await copyOf(client, table, `'${prefix}' || number`), [company, count]);
  }
}

async function copyOf(client: Client, table: typeof COPIED[number], copy_id: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
    [table],
  );
  const values: Record<string, string> = {
    company_id: copy_id,
    key: `company_key(${copy_id})`,
    company: `company_key(${copy_id})`,
    phone_number_id: "(phone_number_id::bigint + number)::text",
  };
  const of_company = rows.some(({ name }) => name === "company")
    ? "company = company_key($1)"
    : "company_id = $1";
  const names = rows.map(({ name }) => name);
  return `insert into ${table} (${names.join(", ")})
    select ${names.map((name) => values[name] ?? name).join(", ")}
    from ${table}, generate_series(1, $2::int) as number where ${of_company}`;
}
