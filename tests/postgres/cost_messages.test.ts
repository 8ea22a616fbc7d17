import assert from "node:assert/strict";
import {
  type CompanyMessages,
  type CostMessagesQuery,
  messagesOf,
} from "../../src/domain/meta_costs/cost_messages.ts";
import { AccountsByDate } from "../../src/domain/meta_costs/counting.ts";
import { addCosts, costOf, NO_COST } from "../../src/domain/meta_costs/costs.ts";
import type { NumberAccount } from "../../src/domain/meta_costs/number_accounts.ts";
import { MetaRateCard } from "../../src/domain/meta_costs/rate_card.ts";
import { type CostDay, META_CATEGORIES, PRICING_TYPES } from "../../src/domain/meta_costs/types.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { createPool, type Pool } from "../../src/postgres/connection.ts";
import { PostgresCostReports } from "../../src/postgres/cost_reports.ts";
import { PortfolioCountsCache } from "../../src/postgres/portfolio_counts.ts";
import { instantText } from "../../src/postgres/values.ts";
import { accountOf, costDay, ratesFrom } from "../support/cost_days.ts";
import { emptyCitusDatabase, testOnCitus } from "../support/citus.ts";
import { type TestDatabase, withDatabase } from "../support/database.ts";
import { SeededRandom } from "../support/seeded_random.ts";

const COMPANIES = ["acme", "beta", "gamma"] as readonly string[] as readonly CompanyId[];

const CARD = new MetaRateCard([
  ratesFrom("2026-10-01", {
    Brazil: { marketing: "0.0625", utility: "0: 0.01, 500: 0.007, 4000: 0.005", service: "0.0068" },
    Argentina: { utility: "0: 0.02, 900: 0.01", authentication: "0: 0.03, 700: 0.02", service: "0.03" },
    Mexico: { utility: "0: 0.02, 300: 0.01", service: "0.01" },
  }),
  ratesFrom("2026-11-12", {
    Brazil: { marketing: "0.07", utility: "0: 0.012, 500: 0.007, 4000: 0.005", service: "0.0070" },
    "Dominican Republic": { utility: "0: 0.02, 50: 0.01" },
  }),
  ratesFrom("2026-10-01", { Brazil: { marketing: "0.35", utility: "0: 0.05, 600: 0.04" } }, {
    currency: "BRL",
  }),
]);

// Number 1 belongs to Acme and then to Beta, which has no account for it: they share no portfolio.
const ACCOUNTS = [
  accountOf({ phone_number_id: "1" }),
  accountOf({ phone_number_id: "2", portfolio_id: "another" }),
  accountOf({ phone_number_id: "2", from_ms: Date.UTC(2026, 10, 19, 15), currency: "BRL" }),
  accountOf({
    company: "beta" as CompanyId,
    phone_number_id: "3",
    portfolio_id: "third",
    time_zone: "Asia/Tokyo",
  }),
  accountOf({ company: "gamma" as CompanyId, phone_number_id: "4", portfolio_id: "another" }),
];

/** A date ends with the last free message, another one with the last message of a volume tier. */
const UP_TO_BOUNDARIES = [
  costDay({ on: "2026-11-14", phone_number_id: "1", category: "service", messages: 1_000 }),
  costDay({ on: "2026-11-15", phone_number_id: "1", category: "service", messages: 7 }),
  costDay({ on: "2026-11-03", phone_number_id: "1", category: "utility", messages: 500 }),
  costDay({ on: "2026-11-20", phone_number_id: "1", category: "utility", messages: 3_500 }),
  costDay({ on: "2026-11-21", phone_number_id: "1", category: "utility", messages: 3 }),
];

Deno.test("Postgres counts messages through their months as the domain does, over random days", () => {
  return withDatabase(countsAsTheDomain);
});
testOnCitus(
  "on Citus: messages are counted through their months as the domain does, over random days",
  async () => {
    await countsAsTheDomain(await emptyCitusDatabase());
  },
);

async function countsAsTheDomain({ url }: TestDatabase): Promise<void> {
  const pool = createPool(url, { application_name: "test", max: 1 });
  const reports = new PostgresCostReports(pool);
  // What is too large to be kept is counted for the companies of the query alone.
  const keeping_nothing = new PostgresCostReports(pool, new PortfolioCountsCache(0));
  try {
    for (const [i, company] of COMPANIES.entries()) {
      await pool.query(
        `insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq,
            closed_through, due_at, created_at)
            values ($2, $1, $1, 'pt-BR', '', 0, 0, 0, '2026-11-01', now(), now())`,
        [company, companyKey(company)],
      );
      // Number 1 has had two owners.
      for (const [number, claim] of [[["1", 1]], [["1", 2], ["3", 1]], [["4", 1]]][i]!) {
        await pool.query(
          `insert into phone_numbers (phone_number_id, claim, company_id, claimed_at, released_at)
              values ($1, $2, $3, now(), case when $1 = '1' and $2 = 1 then now() end)`,
          [number, claim, company],
        );
      }
    }
    for (const account of ACCOUNTS) await insertAccount(pool, account);
    for (const seed of ["exact", "a", "b", "c", "d"]) {
      const days = seed === "exact" ? UP_TO_BOUNDARIES : randomDays(new SeededRandom(seed));
      await pool.query("truncate cost_days");
      await insertDays(pool, days);
      // Every change of a company raises its version.
      await pool.query("update companies set version = version + 1");
      for (const companies of [["acme"], ["beta"], ["gamma"], COMPANIES]) {
        for (const [from, to] of [["2026-11-01", "2026-11-30"], ["2026-11-14", "2026-12-03"]]) {
          for (const by of ["day", "month"] as const) {
            const query: CostMessagesQuery = {
              companies: companies as CompanyId[],
              from: from as LocalDate,
              to: to as LocalDate,
              by,
              accounts: new AccountsByDate(await reports.accountsAround(companies as CompanyId[])),
              card: CARD,
              more_dates: ["2026-11-20" as LocalDate],
            };
            const expected = costsOf(messagesOf(days, { ...query, accounts: new AccountsByDate(ACCOUNTS) }));
            for (const reader of [reports, keeping_nothing]) {
              assert.deepEqual(
                costsOf(await reader.messages(query)),
                expected,
                `${seed} ${companies} ${from} ${by}`,
              );
            }
          }
        }
      }
    }
  } finally {
    await pool.end();
  }
}

function randomDays(random: SeededRandom): CostDay[] {
  const days = new Map<string, CostDay>();
  const dateOf = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString().slice(0, 10);
  for (let i = 0; i < 400; i++) {
    const [company, numbers] = random.pick(
      [["acme", ["1", "2"]], ["beta", ["1", "3"]], ["gamma", ["4"]]] as const,
    );
    const date = random.between(-3, 36);
    const day = costDay({
      company,
      on: dateOf(date),
      account_date: dateOf(date + random.pick([-1, 0, 0, 0, 1])),
      phone_number_id: random.pick<string>(numbers),
      country: random.pick(["BR", "BR", "BR", "AR", "MX", "DO", "JE", undefined]),
      category: random.pick(["utility", "service", ...META_CATEGORIES] as const),
      pricing_type: random.pick(["regular", "regular", "regular", ...PRICING_TYPES] as const),
      billable: random.chance(0.9),
      messages: random.between(1, 90),
    });
    const { messages, ...group } = day;
    const key = JSON.stringify(group);
    days.set(key, { ...day, messages: messages + (days.get(key)?.messages ?? 0) });
  }
  return [...days.values()];
}

async function insertAccount(pool: Pool, account: NumberAccount) {
  const { company, phone_number_id, from_ms, account_id, portfolio_id, time_zone, currency } = account;
  await pool.query(
    `insert into number_accounts (company, company_id, phone_number_id, from_at, account_id, portfolio_id, time_zone,
        currency, recorded_at, recorded_by) values ($8, $1, $2, $3, $4, $5, $6, $7, $3, 'platform')`,
    [
      company,
      phone_number_id,
      instantText(from_ms),
      account_id,
      portfolio_id,
      time_zone,
      currency,
      companyKey(company),
    ],
  );
}

async function insertDays(pool: Pool, days: readonly CostDay[]) {
  await pool.query(
    `insert into cost_days (company, messages, local_date, account_date, category, pricing_type, billable, country,
        phone_number_id)
      select * from unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[], $5::meta_category[],
        $6::pricing_type[], $7::boolean[], $8::text[], $9::text[])`,
    [
      days.map(({ company }) => companyKey(company)),
      days.map(({ messages }) => messages),
      days.map(({ local_date }) => local_date),
      days.map(({ account_date }) => account_date),
      days.map(({ category }) => category),
      days.map(({ pricing_type }) => pricing_type),
      days.map(({ billable }) => billable),
      days.map(({ country }) => country ?? ""),
      days.map(({ phone_number_id }) => phone_number_id),
    ],
  );
}

/** The cost of each company, number, period, market and group. */
function costsOf(rows: readonly CompanyMessages[]) {
  const groups = Map.groupBy(rows, (row) =>
    JSON.stringify([
      row.company,
      row.phone_number_id,
      row.period,
      row.market ?? null,
      row.country ?? null,
      row.category,
      row.pricing_type,
      row.billable,
      row.currency ?? null,
    ]));
  return [...groups].map(([key, parts]) => {
    const cost = parts.map((part) => costOf(part, CARD)).reduce(addCosts, NO_COST);
    return [key, { ...cost, priced_cost: String(cost.priced_cost) }] as const;
  }).sort(([a], [b]) => a < b ? -1 : 1);
}
