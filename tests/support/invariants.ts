import assert from "node:assert/strict";
import { monthOf } from "../../src/domain/calendar.ts";
import { messageCountOf } from "../../src/domain/company/person.ts";
import type { CompanyState } from "../../src/domain/company/state.ts";
import type { LedgerEntry } from "../../src/domain/ledger.ts";
import type { Month } from "../../src/domain/types.ts";
import { availableIn, excessIn, expiredIn, prepaidUsedIn } from "../../src/domain/period.ts";
import type { TestCompany } from "./company.ts";
import type { MapStore } from "./map_store.ts";

/** Asserts the invariants of a company: LEDGER-1 to LEDGER-4, and that all tables agree. */
export function assertInvariants(company: TestCompany): void {
  const { ledger, periods } = company.store;
  assertLedger(ledger);
  for (const period of periods.values()) {
    const sum = total(ledger.filter((entry) => entry.period === period.month));
    assert.equal(sum, availableIn(period) - excessIn(period), `LEDGER-3 in ${period.month}`);
    if (!period.closed) continue;
    assert.equal(availableIn(period), 0);
    assert.equal(period.granted, prepaidUsedIn(period) + expiredIn(period));
  }
  assertTotals(company.store);
  assertWindows(company.store);
  assertMessageCount(company.state);
}

function assertLedger(ledger: readonly LedgerEntry[]): void {
  const available = new Map<Month, number>();
  const excess = new Map<Month, number>();
  for (const [index, entry] of ledger.entries()) {
    const { period } = entry;
    assert.equal(entry.seq, index + 1, "LEDGER-1");
    assert.equal(entry.period, monthOf(entry.local_date), "LEDGER-2");
    assert.equal(entry.credits, entry.prepaid + entry.excess, "LEDGER-4");
    assert.ok(entry.prepaid * entry.excess >= 0 && entry.credits !== 0, "LEDGER-4: same sign");
    available.set(period, (available.get(period) ?? 0) + entry.prepaid);
    excess.set(period, (excess.get(period) ?? 0) - entry.excess);
    assert.equal(entry.available_after, available.get(period), "LEDGER-2");
    assert.equal(entry.excess_after, excess.get(period), "LEDGER-2");
    assert.ok(entry.available_after >= 0 && entry.excess_after >= 0);
  }
}

/** Asserts that day totals and consumed credits are the sums of the ledger. */
function assertTotals({ ledger, totals, periods }: MapStore): void {
  const of_days = new Map<string, number>();
  for (const { type, local_date, feature, direction, credits } of ledger) {
    if (type !== "consumption" && type !== "reversal") continue;
    const key = `${local_date} ${feature} ${direction}`;
    of_days.set(key, (of_days.get(key) ?? 0) - credits);
  }
  for (const [key, { credits }] of totals) assert.equal(credits, of_days.get(key) ?? 0, key);
  for (const key of of_days.keys()) assert.ok(totals.has(key), key);
  for (const { month, consumed } of periods.values()) {
    const of_month = [...totals.values()].filter((total) => monthOf(total.local_date) === month);
    assert.equal(consumed, of_month.reduce((sum, total) => sum + total.credits, 0), month);
  }
}

/** Asserts that the stored windows are the ones counted and charged. */
function assertWindows({ windows, totals }: MapStore): void {
  for (const { local_date, feature, direction, units, credits } of totals.values()) {
    if (direction === "none") continue;
    const standing = [...windows.values()].filter((w) =>
      w.local_date === local_date && w.direction === direction
    );
    assert.equal(standing.length, units, `windows of ${local_date} ${feature}`);
    assert.equal(standing.reduce((sum, w) => sum + w.window.credits, 0), credits);
  }
}

function total(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.credits, 0);
}

/** Asserts that the message count of the state is right. */
function assertMessageCount({ people, people_by_key, messages_in_memory }: CompanyState): void {
  const in_memory = new Set([...people.values(), ...people_by_key.values()]);
  const held = [...in_memory].reduce((sum, person) => sum + messageCountOf(person), 0);
  assert.equal(messages_in_memory, held);
}
