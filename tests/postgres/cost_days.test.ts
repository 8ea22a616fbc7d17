import assert from "node:assert/strict";
import type { LocalDate } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { PostgresMetaCosts } from "../../src/postgres/cost_days.ts";
import { newCompany } from "./owner.ts";
import { ACME, BETA, NOON } from "./store_under_test.ts";
import { openPostgresStore } from "./test_store.ts";

Deno.test("counted messages are read by either date, of one company or of all, without empty groups", async () => {
  await using subject = await openPostgresStore();
  for (const company of [BETA, ACME]) await subject.store.create(company, newCompany(company, NOON));
  const row = (company: typeof ACME, local: string, account: string, country: string, messages: number) =>
    `(${
      companyKey(company)
    }, ${messages}, '${local}', '${account}', 'utility', 'regular', true, '${country}', '1')`;
  await subject.pool.query(`
    insert into cost_days (company, messages, local_date, account_date, category, pricing_type, billable, country,
      phone_number_id) values ${
    [
      row(ACME, "2026-11-01", "2026-10-31", "BR", 2),
      row(ACME, "2026-11-30", "2026-11-30", "", 3),
      row(ACME, "2026-11-30", "2026-12-01", "BR", 5),
      row(ACME, "2026-11-12", "2026-11-12", "BR", 0),
      row(BETA, "2026-11-30", "2026-12-01", "MX", 7),
    ].join(", ")
  }`);
  const costs = new PostgresMetaCosts(subject.pool);
  const [from, to] = ["2026-11-01", "2026-11-30"] as [LocalDate, LocalDate];
  const messages = async (by: "local_date" | "account_date", company?: typeof ACME) =>
    (await costs.days({ company, from, to, by })).map((day) =>
      `${day.company} ${day.country} ${day.messages}`
    );
  assert.deepEqual(await messages("local_date", ACME), ["acme BR 2", "acme undefined 3", "acme BR 5"]);
  assert.deepEqual(await messages("account_date", ACME), ["acme undefined 3"]);
  assert.deepEqual(await messages("local_date"), [
    "acme BR 2",
    "acme undefined 3",
    "acme BR 5",
    "beta MX 7",
  ]);
  assert.deepEqual(await costs.days({ from: to, to, by: "local_date", company: BETA }), [{
    company: BETA,
    local_date: to,
    account_date: "2026-12-01",
    phone_number_id: "1",
    country: "MX",
    category: "utility",
    pricing_type: "regular",
    billable: true,
    messages: 7,
  }]);
});
