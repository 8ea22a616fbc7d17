import assert from "node:assert/strict";
import { companyKey } from "../../../src/postgres/company_key.ts";
import { main } from "../../../tools/audit/main.ts";
import { withDatabase } from "../../support/database.ts";
import { ANA, BETO, CARLA, PHONE_NUMBER_ID } from "../../support/fixtures.ts";
import { createCompanies, tamperWith, WrittenCompany } from "./written_company.ts";

interface Tampering {
  readonly name: string;
  /** The statement; `$` stands for the company, and `$key` for its key. */
  readonly sql: string;
  /** A text that a reported difference must contain. */
  readonly expected_text: string;
}

const TAMPERINGS: readonly Tampering[] = [
  {
    name: "a ledger credit",
    sql: "update ledger set credits = -2, prepaid = -2 where company = $key and seq = 2",
    expected_text: "credits of 2026-11-04, whatsapp.inbound (inbound) in the ledger: expected 1; found 2",
  },
  {
    name: "a missing ledger entry",
    sql: "delete from ledger where company = $key and seq = 3",
    expected_text: "number of the ledger entry after 2: expected 3; found 4",
  },
  {
    name: "a ledger entry on another date",
    sql: "update ledger set local_date = '2026-11-07' where company = $key and seq = 2",
    expected_text: "credits of 2026-11-07, whatsapp.inbound (inbound) in the ledger: expected 0; found 1",
  },
  {
    name: "a balance after a ledger entry",
    sql: "update ledger set available_after = 7 where company = $key and seq = 3",
    expected_text: "available after ledger entry 3: expected 0; found 7",
  },
  {
    name: "a ledger entry marked late",
    sql: "update ledger set late = true where company = $key and seq = 3",
    expected_text: "lateness of ledger entry 3: expected false; found true",
  },
  {
    name: "a doubled grant",
    sql: `insert into ledger (company, seq, type, local_date, direction, credits, prepaid, available_after,
        excess_after, late, occurred_at, recorded_at, cause)
      select company, 7, type, local_date, direction, credits, prepaid, available_after, excess_after, late,
        occurred_at, recorded_at, cause
      from ledger where company = $key and seq = 1`,
    expected_text: "credits granted to 2026-11 by the ledger: expected 2; found 4",
  },
  {
    name: "a deleted window",
    sql: "delete from windows where company = $key and direction = 'outbound'",
    expected_text: "1 credit; found none",
  },
  {
    name: "a window at another price",
    sql: "update windows set credits = 5 where company = $key and direction = 'outbound'",
    expected_text: ", 1 credit; found opened 2026-11-05T13:00:00Z by message",
  },
  {
    name: "a window without a fact",
    sql: `insert into windows (company, local_date, contact, direction, opened_at, credits, message)
      select company, '2026-11-20', contact, direction, opened_at, credits, message
      from windows where company = $key and direction = 'outbound'`,
    expected_text: "on 2026-11-20: expected none, by the facts; found opened 2026-11-05T13:00:00Z",
  },
  {
    name: "a window of another contact",
    sql: `update windows set contact = '00000000-0000-0000-0000-000000000001'
      where company = $key and direction = 'outbound'`,
    expected_text: "contact 00000000-0000-0000-0000-000000000001 on 2026-11-05: expected none, by the facts",
  },
  {
    name: "a day total",
    sql: "update day_totals set units = 2 where company_id = $ and direction = 'outbound'",
    expected_text:
      "day total of 2026-11-05, whatsapp.outbound (outbound): expected 1 unit, 1 credit; found 2 units, 1 credit",
  },
  {
    name: "a count of messages that Meta prices",
    sql: "update cost_days set messages = 2 where company = $key",
    expected_text: "service regular true: expected 1 message; found 2 messages",
  },
  {
    name: "a counted message in another country",
    sql: "update cost_days set country = 'MX' where company = $key",
    expected_text: "BR service regular true: expected 1 message; found 0 messages",
  },
  {
    name: "the account of a number",
    sql: `insert into number_accounts values ($, '106540000000001', '2026-11-04T00:00:00Z', '1', '1',
      'Pacific/Kiritimati', 'USD', timestamptz 'epoch', 'test', company_key($))`,
    expected_text:
      "messages of 2026-11-04 2026-11-05 106540000000001 BR service regular true: expected 1 message",
  },
  {
    name: "the frozen totals of a day",
    sql: "update closed_days set totals = '[]' where company_id = $ and local_date = '2026-11-05'",
    expected_text:
      "credits of 2026-11-05, whatsapp.outbound (outbound) as frozen by the closing of the day: " +
      "expected 1; found 0",
  },
  {
    name: "a missing closed day",
    sql: "delete from closed_days where company_id = $ and local_date = '2026-11-05'",
    expected_text: "closed day after 2026-11-04: expected 2026-11-05; found 2026-11-06",
  },
  {
    name: "a period",
    sql: "update periods set consumed = 12 where company_id = $ and month = '2026-11'",
    expected_text: "credits consumed in period 2026-11: expected 11; found 12",
  },
  {
    name: "a reopened period",
    sql: "update periods set closed = false where company_id = $ and month = '2026-11'",
    expected_text: "whether period 2026-11 is closed: expected true; found false",
  },
  {
    name: "the frozen figures of a month",
    sql:
      `update periods set at_close = at_close || '{"excess": 8}' where company_id = $ and month = '2026-11'`,
    expected_text: "excess as frozen by the closing of 2026-11: expected 9; found 8",
  },
  {
    name: "the last entry before the closing of a month",
    sql: "update periods set closed_seq = 0 where company_id = $ and month = '2026-11'",
    expected_text: "credits consumed by the entries until the closing of 2026-11: expected 11; found 0",
  },
  {
    name: "a missing period",
    sql: "delete from periods where company_id = $ and month = '2026-11'",
    expected_text: "row of period 2026-11: expected one; found none",
  },
  {
    name: "a fact removed",
    sql: "delete from facts where company = $key and kind = 'sent'",
    expected_text:
      "day total of 2026-11-05, whatsapp.outbound (outbound): expected 0 units, 0 credits; found 1 unit, 1 credit",
  },
  {
    name: "a fact added",
    sql: `insert into facts (company, contact, occurred_at, id, kind, message, template, recorded_at)
      select company, contact, occurred_at + interval '1 day', id, kind, message, template, recorded_at
      from facts where company = $key and kind = 'wrote' and occurred_at < '2026-11-05'`,
    expected_text: "credits of 2026-11-05, whatsapp.inbound (inbound) in the ledger: expected 1; found 0",
  },
  {
    name: "a fact of an unknown contact",
    sql: `update facts set contact = '00000000-0000-0000-0000-000000000001'
      where company = $key and kind = 'sent'`,
    expected_text:
      "facts under key 00000000-0000-0000-0000-000000000001: expected a contact with this key; found 1 fact",
  },
  {
    name: "a missing contact",
    sql: `delete from contacts where company = $key
      and key = (select contact from facts where company = $key and kind = 'sent')`,
    expected_text: "expected a contact with this key; found 1 fact",
  },
  {
    name: "two merged contacts",
    sql: `update contacts
      set contact_id = (select contact from facts where company = $key and kind = 'sent')
      where company = $key and key = (
        select contact from facts where company = $key and kind = 'wrote' and occurred_at < '2026-11-05')`,
    expected_text: "1 credit, under contact",
  },
  {
    name: "the quantity of a usage",
    sql: "update usages set quantity = 3 where company = $key",
    expected_text: "credits of usage run 1, 2026-11-06, automation.run: expected 6; found 8",
  },
  {
    name: "a missing usage",
    sql: "delete from usages where company = $key",
    expected_text:
      "day total of 2026-11-06, automation.run: expected 0 units, 0 credits; found 4 units, 8 credits",
  },
  {
    name: "the date of a usage",
    sql: "update usages set local_date = '2026-11-07' where company = $key",
    expected_text: "local date of usage run 1: expected 2026-11-06; found 2026-11-07",
  },
  {
    name: "an edited contract version",
    sql: "update contract_versions set package_credits = 3 where company_id = $",
    expected_text: "credits granted to 2026-12 by the ledger: expected 3; found 2",
  },
  {
    name: "an added own price",
    sql: `insert into rate_versions (company, company_id, feature, version, credits, recorded_at, recorded_by)
      values (company_key($), $, 'automation.run', 2, 1, timestamptz 'epoch', 'test')`,
    expected_text: "versions of the own price of automation.run: expected 1; found 2",
  },
  {
    name: "a local day that ended hours later",
    sql:
      "update local_days set ends_at = ends_at + interval '4 hours' where company_id = $ and local_date = '2026-11-20'",
    expected_text:
      "end of the local day 2026-11-20: expected 2026-11-21T03:00:00Z; found 2026-11-21T07:00:00Z",
  },
  {
    name: "a local day without its end",
    sql: "delete from local_days where company_id = $ and local_date = '2026-11-20'",
    expected_text: "end of the local day 2026-11-20: expected a stored instant; found none",
  },
  {
    name: "the end of a local day that has not ended",
    sql: "insert into local_days values ($, '2026-12-02', '2026-12-03T03:00:00Z', company_key($))",
    expected_text: "end of the local day 2026-12-02: expected none stored; found a stored instant",
  },
  {
    name: "the end of a later local day, on which nothing is dated",
    sql: "insert into local_days values ($, '2026-12-03', '2026-12-04T03:00:00Z', company_key($))",
    expected_text: "end of the local day 2026-12-03: expected none stored; found a stored instant",
  },
  {
    name: "an account date that ended hours later",
    sql:
      "update account_days set ends_at = ends_at + interval '4 hours' where company = $key and local_date = '2026-11-04'",
    expected_text:
      "end of 2026-11-04 in America/Los_Angeles: expected 2026-11-05T08:00:00Z; found 2026-11-05T12:00:00Z",
  },
  {
    name: "an account date that ended before the one before it",
    sql:
      "update account_days set ends_at = ends_at - interval '25 hours' where company = $key and local_date = '2026-11-04'",
    expected_text:
      "end of 2026-11-04 in America/Los_Angeles: expected 2026-11-04T08:00:00Z or later; found 2026-11-04T07:00:00Z",
  },
  {
    name: "an account date without its end",
    sql: "delete from account_days where company = $key and local_date = '2026-11-03'",
    expected_text: "end of 2026-11-03 in America/Los_Angeles: expected a stored instant; found none",
  },
  {
    name: "another time zone",
    sql: "update company_settings set time_zone = 'Asia/Tokyo' where company_id = $",
    expected_text:
      "end of the current day, by the company's head: expected 2026-12-02T15:00:00Z; found 2026-12-03T03:00:00Z",
  },
  {
    name: "the head of the ledger",
    sql: "update companies set ledger_seq = ledger_seq + 1 where company_id = $",
    expected_text: "last ledger entry, by the company's head: expected 6; found 7",
  },
  {
    name: "a head with another day end",
    sql: "update companies set due_at = due_at + interval '1 day' where company_id = $",
    expected_text:
      "end of the current day, by the company's head: expected 2026-12-03T03:00:00Z; found 2026-12-04T03:00:00Z",
  },
  {
    name: "a head one day behind",
    sql: `update companies set closed_through = closed_through - 1, due_at = due_at - interval '1 day'
      where company_id = $`,
    expected_text: "last closed day, by the company's head: expected 2026-12-01; found 2026-11-30",
  },
];

/**
 * Ana writes on the 4th and gets a reply, a template goes to Beto on the 5th, Carla writes on the 6th: one credit each of a package
 * of 2, the third in excess. `automation.run` is used 4 times on the 6th, at 2 credits. November is closed.
 */
function tamperedCompany(company_id: string): WrittenCompany {
  const company = new WrittenCompany(company_id, { at: "2026-11-03 09:00", prices: { "automation.run": 2 } });
  company.changeContract({ package: 2 });
  const time_zone = "America/Los_Angeles";
  const account = { account_id: "1", portfolio_id: undefined, time_zone, currency: "USD" };
  company.execute({ type: "set_number_account", phone_number_id: PHONE_NUMBER_ID, account, by: "test" });
  company.wrote(ANA, "2026-11-04 10:00");
  const pricing = { category: "service", type: "regular", billable: true } as const;
  company.status("delivered", "reply", "2026-11-04 10:05", { to: ANA, template: false, pricing });
  company.template(BETO, "2026-11-05 10:00");
  company.wrote(CARLA, "2026-11-06 10:00");
  company.reportUsage("automation.run", 4, "run 1", "2026-11-06 11:00");
  company.advanceTo("2026-12-02 09:00");
  return company;
}

Deno.test("every tampered row is found and named, in its company only", async (t) => {
  await withDatabase(async ({ url, superuser_url }) => {
    const companies = TAMPERINGS.map((_, i) => tamperedCompany(`company-${i}`));
    await createCompanies(url, ...companies);
    assert.equal((await audit(url)).exit_code, 0);
    for (const [i, { name, sql, expected_text }] of TAMPERINGS.entries()) {
      const { company } = companies[i]!;
      await t.step(name, async () => {
        await tamperWith(
          superuser_url,
          sql.replaceAll("$key", `${companyKey(company)}`).replaceAll("$", `'${company}'`),
        );
        const { exit_code, lines } = await audit(url, company);
        assert.equal(exit_code, 1);
        const differences = lines.filter((line) => line.startsWith(`${company}: `));
        assert.ok(differences.some((line) => line.includes(expected_text)), lines.join("\n"));
        assert.match(lines.at(-1)!, /^1 company audited \(.*\): \d+ differences? in 1 company\.$/);
      });
    }
    const { lines } = await audit(url);
    const last = lines.at(-1)!;
    assert.ok(last.endsWith(` in ${TAMPERINGS.length} companies.`), last);
  });
});

async function audit(
  database_url: string,
  ...companies: string[]
): Promise<{ exit_code: number; lines: string[] }> {
  const lines: string[] = [];
  const args = companies.flatMap((company) => ["--company", company]);
  const screen = { line: (text: string) => void lines.push(text), progress() {}, is_terminal: false };
  return { exit_code: await main(args, { DATABASE_URL: database_url }, screen), lines };
}
