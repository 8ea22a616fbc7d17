import assert from "node:assert/strict";
import type { MessagePricing } from "../../../src/domain/meta_costs/fact_pricing.ts";
import type { ZoneData } from "../../../src/domain/zone_data.ts";
import { countedCosts, TestCompany } from "../../support/company.ts";
import { PHONE_NUMBER_ID, statusEvent } from "../../support/fixtures.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS, zoneDataWith } from "../../support/zone_data.ts";

const SERVICE: MessagePricing = { category: "service", type: "regular", billable: true };
const MARKETING: MessagePricing = { category: "marketing", type: "regular", billable: true };
const VANCOUVER = "America/Vancouver";
const HOUR_MS = 3_600_000;

Deno.test("an account date that was given stays when the service restarts with other zone data, and the next one follows it", () => {
  const company = saoPaulo();
  // Midnight in Vancouver: 08:00 UTC by the old data, 07:00 by the new.
  deliver(company, "1", "2026-11-30T07:30:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 1"]);
  company.restart(VANCOUVER_STAYS);
  deliver(company, "2", "2026-11-30T07:45:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 2"]);
  deliver(company, "3", "2026-11-30T08:00:00Z");
  deliver(company, "4", "2026-12-01T06:59:00Z");
  deliver(company, "5", "2026-12-01T07:00:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 2", "2026-11-30 2", "2026-12-01 1"]);
});

Deno.test("after a restart with other zone data, a status that makes a message dearer moves it to no other account date", () => {
  const company = saoPaulo();
  deliver(company, "1", "2026-11-30T07:30:00Z");
  company.restart(VANCOUVER_STAYS);
  company.record(statusEvent("read", "1", utc("2026-11-30T09:00:00Z"), { pricing: MARKETING }));
  assert.deepEqual(dates(company), ["2026-11-29 1"]);
  assert.equal(countedCosts(company)[0]!.group.category, "marketing");
});

Deno.test("the beginning of an account date stays too", () => {
  const company = saoPaulo();
  deliver(company, "1", "2026-11-30T08:10:00Z");
  company.restart(VANCOUVER_STAYS);
  deliver(company, "2", "2026-11-30T07:30:00Z");
  deliver(company, "3", "2026-11-30T08:20:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 1", "2026-11-30 2"]);
});

Deno.test("the ends of account dates are stored once, without a gap, with the first message of a date", () => {
  const company = saoPaulo();
  const deliverOn = (day: string) => {
    deliver(company, `of ${day}`, `${day}T20:00:00Z`);
    return fixed(company);
  };
  // The account was set on the 29th.
  assert.deepEqual(deliverOn("2026-11-29"), []);
  assert.deepEqual(deliverOn("2026-12-02"), [
    `2026-11-30 ${utc("2026-12-01T08:00:00Z")}`,
    `2026-12-01 ${utc("2026-12-02T08:00:00Z")}`,
    `2026-12-02 ${utc("2026-12-03T08:00:00Z")}`,
  ]);
  deliver(company, "again", "2026-12-02T21:00:00Z");
  assert.deepEqual(fixed(company), []);
  company.restart(VANCOUVER_STAYS);
  assert.deepEqual(deliverOn("2026-12-03"), [`2026-12-03 ${utc("2026-12-04T07:00:00Z")}`]);
});

Deno.test("a late message fixes an account date before the first stored one", () => {
  const company = saoPaulo();
  company.advanceToMs(utc("2026-12-08T12:00:00Z"));
  // As an older version left it: it stored no ends.
  company.store.account_days.clear();
  company.restart();
  deliver(company, "1", "2026-12-06T20:00:00Z");
  deliver(company, "late", "2026-12-04T07:30:00Z", "2026-12-08T13:00:00Z");
  assert.deepEqual(fixed(company).map((day) => day.slice(0, 10)), ["2026-12-02", "2026-12-03", "2026-12-04"]);
  company.restart(VANCOUVER_STAYS);
  deliver(company, "late too", "2026-12-04T07:45:00Z", "2026-12-08T14:00:00Z");
  assert.deepEqual(dates(company), ["2026-12-03 2", "2026-12-06 1"]);
});

Deno.test("the first date of an account is given when it is set, and stays", () => {
  const company = saoPaulo({ account: false });
  company.advanceToMs(utc("2026-11-30T07:30:00Z"));
  setAccount(company, VANCOUVER);
  const [account] = company.store.number_accounts;
  assert.equal(account!.from_date, "2026-11-29");
  company.restart(VANCOUVER_STAYS);
  deliver(company, "1", "2026-11-30T07:40:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 1"]);
});

Deno.test("numbers with one time zone share its account dates, and a change of the company's zone moves none", () => {
  const company = saoPaulo();
  const other = "106540000000002";
  company.configure({ phone_number_ids: [PHONE_NUMBER_ID, other] });
  setAccount(company, VANCOUVER, other);
  deliver(company, "1", "2026-11-30T07:30:00Z");
  company.configure({ time_zone: VANCOUVER });
  company.restart(VANCOUVER_STAYS);
  company.advanceToMs(utc("2026-11-30T07:40:00Z"));
  const event = statusEvent("delivered", "2", company.now_ms, { pricing: SERVICE });
  company.record({ ...event, phone_number_id: other });
  assert.deepEqual(fixed(company), []);
  assert.deepEqual(dates(company), ["2026-11-29 2"]);
});

Deno.test("an account that returns to a time zone finds the dates that it had there", () => {
  const company = saoPaulo();
  deliver(company, "1", "2026-11-30T07:30:00Z");
  setAccount(company, "Asia/Tokyo");
  company.restart(VANCOUVER_STAYS);
  setAccount(company, VANCOUVER);
  deliver(company, "2", "2026-11-30T07:50:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 2"]);
});

Deno.test("after a pause that is longer than days are loaded, an account's dates begin afresh, and stay", () => {
  const company = saoPaulo();
  deliver(company, "1", "2026-11-30T07:30:00Z");
  company.advanceToMs(utc("2027-02-10T12:00:00Z"));
  company.restart();
  deliver(company, "2", "2027-02-10T13:00:00Z");
  assert.deepEqual(fixed(company).map((day) => day.slice(0, 10)), ["2027-02-09", "2027-02-10"]);
  company.restart(VANCOUVER_STAYS);
  deliver(company, "3", "2027-02-11T07:30:00Z");
  assert.deepEqual(dates(company), ["2026-11-29 1", "2027-02-10 2"]);
});

Deno.test("messages without an account store no account date", () => {
  const company = saoPaulo({ account: false });
  deliver(company, "1", "2026-11-30T07:30:00Z");
  assert.deepEqual(dates(company), ["2026-11-30 1"]);
  assert.equal(company.store.account_days.size, 0);
});

Deno.test("with any zone data at each start, no message changes its account date", () => {
  const offsets = ["America/Los_Angeles", "-07:00", "-08:00", "-09:00", "+02:00", "+03:00"];
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SeededRandom(`account days ${seed}`);
    const company = saoPaulo();
    const given = new Map<string, string>();
    let messages = 0;
    for (let step = 0; step < 40; step++) {
      company.advanceToMs(company.now_ms + random.between(0, 9 * HOUR_MS));
      const action = random.between(0, 9);
      if (action < 2) {
        company.restart(
          zoneDataWith({ [VANCOUVER]: random.pick(offsets), "Africa/Cairo": random.pick(offsets) }),
        );
      } else if (action === 2) {
        setAccount(company, random.pick([VANCOUVER, "Africa/Cairo"]));
      } else if (action === 3 && given.size > 0) {
        const message = random.pick([...given.keys()]);
        company.record(statusEvent("read", message, company.now_ms, { pricing: MARKETING }));
      } else {
        const message = `${++messages}`;
        const before = dates(company);
        const at_ms = company.now_ms - random.pick([0, 0, random.between(0, 100 * HOUR_MS)]);
        const event = statusEvent("delivered", message, at_ms, { pricing: SERVICE });
        company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
        given.set(message, grown(before, dates(company)));
      }
      const counted = new Map<string, number>();
      for (const date of given.values()) counted.set(date, (counted.get(date) ?? 0) + 1);
      const expected = [...counted].map(([date, count]) => `${date} ${count}`).sort();
      assert.deepEqual(dates(company), expected, `seed ${seed}, step ${step}`);
    }
  }
});

/** Starts a company in São Paulo whose number has an account in Vancouver. */
function saoPaulo({ account = true, zone_data = VANCOUVER_CHANGES_CLOCKS as ZoneData } = {}): TestCompany {
  const company = new TestCompany({ at: "2026-11-29 20:00", zone_data });
  if (account) setAccount(company, VANCOUVER);
  return company;
}

function setAccount(company: TestCompany, time_zone: string, phone_number_id = PHONE_NUMBER_ID): void {
  const account = { account_id: "102290129340398", portfolio_id: undefined, time_zone, currency: "USD" };
  const reply = company.execute({ type: "set_number_account", phone_number_id, account, by: "test" });
  assert.equal(reply.type, "number_account");
}

function deliver(company: TestCompany, message: string, at: string, arrives = at): void {
  if (utc(arrives) > company.now_ms) company.advanceToMs(utc(arrives));
  company.record(statusEvent("delivered", message, utc(at), { pricing: SERVICE }));
}

/** Lists the account dates of counted messages: `2026-11-29 2`. */
function dates(company: TestCompany): string[] {
  const sums = new Map<string, number>();
  for (const { group: { account_date }, messages } of countedCosts(company)) {
    sums.set(account_date, (sums.get(account_date) ?? 0) + messages);
  }
  return [...sums].map(([date, messages]) => `${date} ${messages}`).sort();
}

/** Returns the date that has one message more than before. */
function grown(before: readonly string[], after: readonly string[]): string {
  const [more] = after.filter((count) => !before.includes(count));
  return more!.split(" ")[0]!;
}

/** Lists the ends of account dates that the last command stored: `2026-11-29 1796025600000`. */
function fixed({ last_events }: TestCompany): string[] {
  return last_events.flatMap((event) => event.type === "account_days_fixed" ? event.days : [])
    .map(({ local_date, ended_at_ms }) => `${local_date} ${ended_at_ms}`);
}

function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
