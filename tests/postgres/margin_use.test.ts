import assert from "node:assert/strict";
import type { LocalDate } from "../../src/domain/types.ts";
import { createPool } from "../../src/postgres/connection.ts";
import { PostgresCostReports } from "../../src/postgres/cost_reports.ts";
import { emptyCitusDatabase, testOnCitus } from "../support/citus.ts";
import { type TestDatabase, withDatabase } from "../support/database.ts";

const ROWS = `
  insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through,
      due_at, created_at)
    select company_key(id), id, id, 'pt-BR', '', 0, 0, 0, '2026-12-01', now(), now() from unnest(array['acme', 'beta', 'gamma']) id;
  insert into contract_versions (company, company_id, version, effective_from, package_credits, package_price,
      excess_credit_price, currency, starts_on, first_month, withdraws, reason, recorded_at, recorded_by)
    values (company_key('acme'), 'acme', 1, '2026-10-01', 100, 50, 0.6, 'BRL', '2026-10-01', 'full', '{}', 'agreed', now(), 'platform');
  insert into periods (company, company_id, month, granted, consumed, closed)
    values (company_key('acme'), 'acme', '2026-09', 0, 7, true), (company_key('acme'), 'acme', '2026-10', 100, 30, true), (company_key('acme'), 'acme', '2026-11', 100, 120, true),
      (company_key('acme'), 'acme', '2026-12', 100, 9, false), (company_key('beta'), 'beta', '2026-11', 0, 3, false);
  insert into day_totals (company, company_id, local_date, feature, direction, units, credits)
    values (company_key('acme'), 'acme', '2026-10-09', 'whatsapp.inbound', 'inbound', 10, 10),
      (company_key('acme'), 'acme', '2026-10-10', 'whatsapp.inbound', 'inbound', 4, 4),
      (company_key('acme'), 'acme', '2026-10-10', 'automation.run', 'none', 1, 10),
      (company_key('acme'), 'acme', '2026-10-31', 'whatsapp.inbound', 'inbound', 6, 6),
      (company_key('acme'), 'acme', '2026-11-15', 'automation.run', 'none', 12, 120),
      (company_key('acme'), 'acme', '2026-12-01', 'whatsapp.inbound', 'inbound', 2, 2),
      (company_key('acme'), 'acme', '2026-12-02', 'whatsapp.inbound', 'inbound', 7, 7),
      (company_key('beta'), 'beta', '2026-11-30', 'whatsapp.inbound', 'inbound', 3, 3);`;

const READS_USE = "the use of dates is read by month: before the first of them, and by the last";

Deno.test(READS_USE, () => withDatabase(readsUse));
testOnCitus(`on Citus: ${READS_USE}`, async () => await readsUse(await emptyCitusDatabase()));

async function readsUse({ url }: TestDatabase): Promise<void> {
  const pool = createPool(url, { application_name: "test", max: 1 });
  try {
    for (const statement of ROWS.split(";")) await pool.query(statement);
    const reports = new PostgresCostReports(pool);
    const use = async (from: string, to: string, first_company: "" | "beta" = "", limit = 2) =>
      (await reports.use({
        first_company: first_company as "",
        limit,
        from: from as LocalDate,
        to: to as LocalDate,
      })).map(({ company, contract, months }) => [
        company,
        contract.length,
        ...months.map((of) => `${of.month} ${of.granted}: ${of.consumed_before} to ${of.consumed_through}`),
      ]);
    assert.deepEqual(await use("2026-10-10", "2026-12-01"), [
      ["acme", 1, "2026-10 100: 10 to 30", "2026-11 100: 0 to 120", "2026-12 100: 0 to 2"],
      ["beta", 0, "2026-11 0: 0 to 3"],
    ]);
    assert.deepEqual(await use("2026-10-10", "2026-10-30"), [["acme", 1, "2026-10 100: 10 to 24"], [
      "beta",
      0,
    ]]);
    assert.deepEqual(await use("2026-11-01", "2026-11-30", "beta", 5), [
      ["beta", 0, "2026-11 0: 0 to 3"],
      ["gamma", 0],
    ]);
  } finally {
    await pool.end();
  }
}
