/** The store contract of what Meta charges: prices in facts, counts of messages, and accounts of numbers. */

import assert from "node:assert/strict";
import type { Command } from "../../src/domain/company/command.ts";
import { type MessagePricing, NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import { createOwner } from "./company_history.ts";
import { at, CompanyOwner, OUR_NUMBER, record, setAccount, templateStatus } from "./owner.ts";
import { ACME, type ContractCheck, MARIA, MINUTE_MS, NOON, writeAll, writeOne } from "./store_under_test.ts";
import type { StoredRows } from "./stored_rows.ts";

const REGULAR: MessagePricing = { category: "utility", type: "regular", billable: true };

/** Checks of what Meta charges, by test name. */
export const COST_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "differences of counted messages add up, each written once": async ({ writer, store, storedRows }) => {
    const own = await createOwner(store);
    const first = await own.decide(NOON, delivered("1", NO_PRICING), delivered("2", REGULAR));
    await writeOne(writer, first.change);
    assert.deepEqual(counts(await storedRows(ACME)), ["1 unknown unknown", "1 utility regular"]);
    const second = await own.decide(NOON, delivered("1", REGULAR), delivered("3", REGULAR));
    await writeOne(writer, second.change);
    assert.deepEqual(counts(await storedRows(ACME)), ["3 utility regular"]);
    assert.deepEqual(await writeAll(writer, second.change), []);
    assert.deepEqual(counts(await storedRows(ACME)), ["3 utility regular"]);
  },

  "the differences of a fenced change are not added": async ({ writer, store, storedRows }) => {
    const { change } = await (await createOwner(store)).decide(NOON, delivered("1", REGULAR));
    await CompanyOwner.of(store, ACME);
    assert.deepEqual(await writeAll(writer, change), []);
    assert.deepEqual(counts(await storedRows(ACME)), []);
  },

  "the next owner knows the prices of messages": async ({ writer, store, storedRows }) => {
    const own = await createOwner(store);
    await writeOne(writer, (await own.decide(NOON, delivered("1", REGULAR), sent("2", NO_PRICING))).change);
    const next = await CompanyOwner.of(store, ACME);
    const later = [delivered("1", NO_PRICING), delivered("2", { ...REGULAR, category: "marketing" })];
    await writeOne(writer, (await next.decide(NOON, ...later)).change);
    assert.deepEqual(counts(await storedRows(ACME)), ["1 marketing regular", "1 utility regular"]);
  },

  "the next owner knows the accounts of numbers, in order of time": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    await subject.phone_numbers.claim({
      company: ACME,
      phone_number_ids: [OUR_NUMBER],
      at_ms: NOON,
      from_ms: undefined,
    });
    const claimed = await CompanyOwner.of(store, ACME);
    assert.deepEqual(own.state.number_accounts, new Map());
    await writeOne(
      writer,
      (await claimed.decide(NOON, setAccount(OUR_NUMBER, "America/Los_Angeles"))).change,
    );
    await writeOne(
      writer,
      (await claimed.decide(NOON + MINUTE_MS, setAccount(OUR_NUMBER, "Asia/Tokyo"))).change,
    );
    const next = await CompanyOwner.of(store, ACME);
    assert.deepEqual(next.state.number_accounts, claimed.state.number_accounts);
    const evening = at("2026-11-23T20:00:00Z");
    const { change } = await next.decide(evening, delivered("1", REGULAR, evening));
    await writeOne(writer, change);
    const [day] = (await storedRows(ACME)).costs;
    assert.deepEqual([day!.local_date, day!.account_date], ["2026-11-23", "2026-11-24"]);
  },

  "the next owner knows the ends of account dates that can change": async (
    subject,
  ) => {
    const { writer, store, storedRows } = subject;
    await createOwner(store);
    await subject.phone_numbers.claim({
      company: ACME,
      phone_number_ids: [OUR_NUMBER],
      at_ms: NOON,
      from_ms: undefined,
    });
    const own = await CompanyOwner.of(store, ACME);
    await writeOne(writer, (await own.decide(NOON, setAccount(OUR_NUMBER, "Asia/Tokyo"))).change);
    const evening = at("2026-11-24T20:00:00Z");
    await writeOne(writer, (await own.decide(evening, delivered("1", REGULAR, evening))).change);
    // The account began on the 23rd; the date before it ends when it begins.
    const ends = ["22", "23", "24", "25"].map((day) => ({
      time_zone: "Asia/Tokyo",
      local_date: `2026-11-${day}`,
      ended_at_ms: at(`2026-11-${day}T15:00:00Z`),
    }));
    assert.deepEqual((await storedRows(ACME)).account_days, ends);
    const next = await CompanyOwner.of(store, ACME);
    assert.deepEqual(next.state.account_days.get("Asia/Tokyo")!.calendar.fixed, {
      last: "2026-11-25",
      ends_ms: ends.map(({ ended_at_ms }) => ended_at_ms),
    });
    const [later, much_later] = [at("2026-11-26T10:00:00Z"), at("2027-01-07T12:00:00Z")];
    await writeOne(writer, (await next.decide(later, delivered("2", REGULAR, later))).change);
    assert.deepEqual((await storedRows(ACME)).account_days.slice(ends.length), [
      { time_zone: "Asia/Tokyo", local_date: "2026-11-26", ended_at_ms: at("2026-11-26T15:00:00Z") },
    ]);
    // Of the dates up to 45 days before the last closed one no count changes.
    await writeOne(writer, (await next.decide(much_later, delivered("3", REGULAR, much_later))).change);
    const { state: { account_days, closed_through } } = await CompanyOwner.of(store, ACME);
    assert.equal(closed_through, "2027-01-06");
    assert.deepEqual(account_days.get("Asia/Tokyo")!.stored, { first: "2026-11-23", last: "2027-01-07" });
  },
};

function delivered(id: string, pricing: MessagePricing, at_ms = NOON): Command {
  return record(templateStatus(MARIA, `wamid.${id}`, "delivered", at_ms, pricing));
}

function sent(id: string, pricing: MessagePricing): Command {
  return record(templateStatus(MARIA, `wamid.${id}`, "sent", NOON, pricing));
}

function counts({ costs }: StoredRows): string[] {
  return costs.map(({ messages, category, pricing_type }) => `${messages} ${category} ${pricing_type}`)
    .sort();
}
