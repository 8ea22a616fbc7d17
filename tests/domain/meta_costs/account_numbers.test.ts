import assert from "node:assert/strict";
import { Calendar } from "../../../src/domain/calendar.ts";
import { AccountNumbers } from "../../../src/domain/meta_costs/account_numbers.ts";
import type { NumberAccount } from "../../../src/domain/meta_costs/number_accounts.ts";
import type { CompanyId, LocalDate } from "../../../src/domain/types.ts";

const ACME = "acme" as CompanyId;
const date = (text: string) => text as LocalDate;
const ms = (instant: string) => Date.parse(instant);

/** An account of a number since 10 October 2026, 12:00 UTC, in Los Angeles. */
function accountOf(more: Partial<NumberAccount> = {}): NumberAccount {
  return {
    company: ACME,
    phone_number_id: "1",
    from_ms: ms("2026-10-10T12:00:00Z"),
    account_id: "102",
    portfolio_id: "102",
    time_zone: "America/Los_Angeles",
    currency: "USD",
    recorded_at_ms: ms("2026-10-10T12:00:00Z"),
    recorded_by: "admin-key",
    ...more,
  };
}

function numbersOf(...accounts: readonly NumberAccount[]): AccountNumbers {
  const calendar = new Calendar([{ time_zone: "America/Sao_Paulo", effective_from: date("0001-01-01") }]);
  return new AccountNumbers("102", accounts, new Map([[ACME, calendar]]));
}

Deno.test("the numbers of an account are those that it ever had", () => {
  const numbers = numbersOf(
    accountOf(),
    accountOf({ phone_number_id: "2", account_id: "103" }),
    accountOf({ phone_number_id: "3" }),
    accountOf({ phone_number_id: "3", from_ms: ms("2026-10-20T12:00:00Z"), account_id: "103" }),
  );
  assert.deepEqual(numbers.ids, ["1", "3"]);
});

Deno.test("days are the account's, and before the first account the company's", () => {
  const numbers = numbersOf(accountOf());
  assert.equal(numbers.zoneAt("1", ms("2026-10-09T12:00:00Z")), "America/Sao_Paulo");
  assert.equal(numbers.zoneAt("1", ms("2026-10-10T12:00:00Z")), "America/Los_Angeles");
  assert.deepEqual(numbers.dayOf("1", date("2026-10-09")), {
    start_ms: ms("2026-10-09T03:00:00Z"),
    end_ms: ms("2026-10-10T03:00:00Z"),
  });
  assert.deepEqual(numbers.dayOf("1", date("2026-10-11")), {
    start_ms: ms("2026-10-11T07:00:00Z"),
    end_ms: ms("2026-10-12T07:00:00Z"),
  });
});

Deno.test("a day with stored ends begins and ends at them", () => {
  const stored = ["10", "11"].map((day) => ({
    time_zone: "America/Los_Angeles",
    local_date: date(`2026-10-${day}`),
    ended_at_ms: ms(`2026-10-${Number(day) + 1}T08:00:00Z`),
  }));
  const elsewhere = stored.map((day) => ({ ...day, time_zone: "Asia/Tokyo" }));
  const dayOf = (days: typeof stored) => numbersOf(accountOf()).dayOf("1", date("2026-10-11"), days);
  assert.deepEqual(dayOf(stored), {
    start_ms: ms("2026-10-11T08:00:00Z"),
    end_ms: ms("2026-10-12T08:00:00Z"),
  });
  assert.deepEqual(dayOf(elsewhere), dayOf([]));
});

Deno.test("an account counts from its stored first date on", () => {
  const moved = { from_ms: ms("2026-10-20T07:30:00Z"), account_id: "103" };
  const isOwn = (from_date: LocalDate | null) =>
    numbersOf(accountOf(), accountOf({ ...moved, from_date })).isOwnOn("1", date("2026-10-20"));
  // Half past midnight by the zone data; half past eleven by those that set it.
  assert.deepEqual([isOwn(null), isOwn(date("2026-10-20")), isOwn(date("2026-10-21"))], [false, false, true]);
});

Deno.test("a number that has moved to another account belongs to the new one from the date of the change on", () => {
  const numbers = numbersOf(
    accountOf(),
    accountOf({ from_ms: ms("2026-10-20T20:00:00Z"), account_id: "103" }),
  );
  const own = ["2026-10-01", "2026-10-19", "2026-10-20", "2026-10-21"].map((day) =>
    numbers.isOwnOn("1", date(day))
  );
  assert.deepEqual(own, [true, true, false, false]);
  assert.equal(numbers.zoneAt("1", ms("2026-10-20T20:00:00Z")), undefined);
  assert.equal(numbers.isOwnOn("2", date("2026-10-01")), false);
});

Deno.test("the currency is that of the account's latest version, and the companies are those that set one", () => {
  const numbers = numbersOf(
    accountOf({ from_ms: ms("2026-10-15T12:00:00Z"), currency: "BRL", company: "beta" as CompanyId }),
    accountOf(),
    accountOf({ from_ms: ms("2026-10-20T12:00:00Z"), account_id: "103", currency: "EUR" }),
  );
  assert.equal(numbers.currency, "BRL");
  assert.deepEqual(numbers.companiesOf("1"), ["acme", "beta"]);
});

Deno.test("a phone is that of the number that the caller names, or else whose name it is", () => {
  const numbers = numbersOf(
    accountOf(),
    accountOf({ phone_number_id: "2" }),
    accountOf({ phone_number_id: "3" }),
  );
  const phonesOf = (named: Record<string, string>, names: Record<string, string>) =>
    Object.fromEntries(
      [...numbers.byPhone(new Map(Object.entries(named)), new Map(Object.entries(names)))]
        .map(([digits, { phone_number_id }]) => [digits, phone_number_id]),
    );
  assert.deepEqual(phonesOf({}, { 1: "+55 11 3000-0001", 2: "Balcão 2", 9: "+55 11 3000-0009" }), {
    551130000001: "1",
  });
  assert.deepEqual(phonesOf({ 551130000001: "3" }, { 1: "+55 11 3000-0001" }), { 551130000001: "3" });
  assert.deepEqual(phonesOf({}, { 1: "551130000001", 2: "(55) 11 3000.0001" }), {});
});
