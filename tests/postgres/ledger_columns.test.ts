import assert from "node:assert/strict";
import type { Cause, LedgerEntry, ServiceMessageCause, WindowCause } from "../../src/domain/ledger.ts";
import type {
  CompanyId,
  ContactId,
  FeatureCode,
  LocalDate,
  MessageKey,
  Month,
} from "../../src/domain/types.ts";
import { credits, INBOUND, OUTBOUND, SERVICE_MESSAGE } from "../../src/domain/types.ts";
import { readLedgerEntry } from "../../src/postgres/ledger_pages.ts";
import { createOwner } from "./company_history.ts";
import { at } from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

const NOON_MS = at("2026-11-23T12:00:00Z");

/** A window at one credit that its own fact opened. */
const WINDOW: WindowCause = {
  type: "window",
  contact: "11111111-1111-4111-8111-111111111111" as ContactId,
  opened_at_ms: NOON_MS,
  units: 1,
  message: "22222222-2222-4222-8222-222222222222" as MessageKey,
  phone_number_id: "106540000000001",
  rate: { feature: INBOUND, version: 1, own: false, credits: credits(1) },
  fact: { kind: "wrote", at_ms: NOON_MS },
  attribution: null,
};
const PRICE_ONLY = { ...WINDOW, units: 0, rate: { ...WINDOW.rate, version: 2, credits: credits(4) } };
const MARKETING = { feature: "whatsapp.outbound.marketing" as FeatureCode, version: 3, own: true };
const USAGE = { feature: "automation.run" as FeatureCode, version: 1, own: false, credits: credits(2) };

const REPLY: ServiceMessageCause = {
  type: "service_message",
  contact: WINDOW.contact,
  message: WINDOW.message!,
  phone_number_id: "106540000000001",
  delivered_at_ms: NOON_MS,
  units: 1,
  rate: { feature: SERVICE_MESSAGE, version: 2, own: true, credits: credits(3) },
  fact: { kind: "delivered", at_ms: NOON_MS },
  attribution: null,
};
const OF_REPLY = {
  feature: SERVICE_MESSAGE,
  direction: "none",
  credits: credits(-3),
  prepaid: credits(-3),
} as const;

/** The fields of an entry that differ from a charged inbound window. */
type Case = readonly [name: string, entry: Partial<LedgerEntry> & { readonly cause: Cause | null }];

const CASES: readonly Case[] = [
  ["a window", { cause: WINDOW }],
  ["a window without a message and a number", { cause: { ...WINDOW, message: null, phone_number_id: null } }],
  ["a window with labels", { cause: { ...WINDOW, attribution: { department: "sales" } } }],
  ["a window at another price than that of its feature", {
    feature: OUTBOUND,
    direction: "outbound",
    credits: credits(-3),
    prepaid: credits(-3),
    cause: { ...WINDOW, rate: { ...MARKETING, credits: credits(3) } },
  }],
  ["a window that a later fact opened", {
    cause: { ...WINDOW, fact: { kind: "delivered", at_ms: NOON_MS + 5_000 } },
  }],
  ["a window that was given back", {
    type: "reversal",
    credits: credits(1),
    prepaid: credits(1),
    occurred_at_ms: NOON_MS + 5_000,
    cause: { ...WINDOW, units: -1, fact: { kind: "failed", at_ms: NOON_MS + 5_000 } },
  }],
  ["a window at another price", { credits: credits(-3), prepaid: credits(-3), cause: PRICE_ONLY }],
  ["a part of a charge", { type: "adjustment", credits: credits(2), prepaid: credits(2), cause: WINDOW }],
  ["a part of excess", { credits: credits(-5), prepaid: credits(-2), excess: credits(-3), cause: WINDOW }],
  ["a reply", { ...OF_REPLY, cause: REPLY }],
  ["a reply that a later fact charges", {
    ...OF_REPLY,
    cause: { ...REPLY, phone_number_id: null, fact: { kind: "read", at_ms: NOON_MS + 5_000 } },
  }],
  ["a reply that was given back", {
    ...OF_REPLY,
    type: "reversal",
    credits: credits(3),
    prepaid: credits(3),
    occurred_at_ms: NOON_MS + 5_000,
    cause: { ...REPLY, units: -1, fact: { kind: "read", at_ms: NOON_MS + 5_000 } },
  }],
  ["a usage", {
    feature: USAGE.feature,
    direction: "none",
    credits: credits(-14),
    prepaid: credits(-14),
    cause: { type: "usage", usage_id: "run 1", quantity: 7, rate: USAGE, attribution: { team: "support" } },
  }],
  ["a usage of nothing", {
    feature: USAGE.feature,
    direction: "none",
    cause: { type: "usage", usage_id: "run 2", quantity: 0, rate: USAGE, attribution: null },
  }],
  ["a grant", { type: "grant", feature: null, direction: "none", cause: { type: "contract", version: 2 } }],
  ["an expiry", { type: "expiry", feature: null, direction: "none", cause: null }],
  ["a reopening", {
    type: "adjustment",
    feature: null,
    direction: "none",
    cause: {
      type: "reopening",
      by: "operator",
      closed_through: "2026-11-21" as LocalDate,
      closed_before: "2026-11-30" as LocalDate,
    },
  }],
];

Deno.test("every kind of ledger entry is read as it was written", async (t) => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const { change } = await own.decide(NOON_MS);
  const period = { month: "2026-11" as Month, granted: credits(0), consumed: credits(0), closed: false };
  const entries = CASES.map(([, fields], i): LedgerEntry => ({
    seq: i + 1,
    type: "consumption",
    period: period.month,
    local_date: "2026-11-23" as LocalDate,
    feature: INBOUND,
    direction: "inbound",
    credits: credits(-1),
    prepaid: credits(-1),
    excess: credits(0),
    available_after: credits(8),
    excess_after: credits(0),
    late: false,
    occurred_at_ms: NOON_MS,
    recorded_at_ms: NOON_MS + 60_000,
    ...fields,
  }));
  const events = entries.map((entry) => ({ type: "entry_posted", entry, period }) as const);
  const written = await subject.writer.write([{ ...change, events, ledger_seq: entries.length }]);
  assert.deepEqual([...written], [change.company]);
  for (const [i, [name]] of CASES.entries()) {
    await t.step(name, async () => {
      assert.deepEqual(
        await readLedgerEntry(subject.pool, change.company as CompanyId, i + 1),
        { ...entries[i], after_close: false },
      );
    });
  }
});
