import assert from "node:assert/strict";
import type { Command } from "../../src/domain/company/command.ts";
import { credits } from "../../src/domain/types.ts";
import type { CompanyId, FeatureCode, Month } from "../../src/domain/types.ts";
import type { MonthContact, MonthRows } from "../../src/domain/what_if/month_rows.ts";
import type { OtherTerms } from "../../src/domain/what_if/terms.ts";
import { type WhatIf, whatIf } from "../../src/domain/what_if/what_if.ts";
import type { MonthReader } from "../../src/ports/reports.ts";
import { PostgresMonths } from "../../src/postgres/month_rows.ts";
import { DAY_MS } from "../../src/time/units.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { monthsOf } from "../support/memory_store/months.ts";
import { createOwner, type CreatingStore } from "./company_history.ts";
import {
  agreeContract,
  at,
  numberChanged,
  record,
  sendTemplate,
  templateStatus,
  useAutomation,
  wrote,
} from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

const ACME = "acme" as CompanyId;
const NOVEMBER = "2026-11" as Month;
const NOON = at("2026-11-23T12:00:00Z");
const FINAL = at("2026-12-10T12:00:00Z");
const CONTACTS = 60;
/** Few, so that the keys of one contact are on different pages. */
const KEYS_A_PAGE = 7;
const NEVER = new AbortController().signal;

const phone = (number: number) => `5511987${String(100_000 + number)}`;
const numbers = Array.from({ length: CONTACTS }, (_, number) => number);

/**
 * November of many contacts. Every seventh changes its number while the month can change, and every eleventh, to the next
 * contact's, when it is final.
 */
const HISTORY: readonly (readonly [now_ms: number, ...commands: readonly Command[]])[] = [
  [NOON, agreeContract(500), useAutomation("run", 7)],
  [NOON, record(...numbers.map((number) => wrote(phone(number), NOON)))],
  [
    NOON + 60_000,
    record(
      ...numbers.filter((number) => number % 3 === 0)
        .map((number) => templateStatus(phone(number), `wamid.${number}`, "sent", NOON + 30_000)),
    ),
    sendTemplate(phone(5), "ours"),
  ],
  [
    NOON + DAY_MS,
    record(
      ...numbers.filter((number) => number % 6 === 0)
        .map((number) => templateStatus(phone(number), `wamid.${number}`, "failed", NOON + DAY_MS)),
      ...numbers.filter((number) => number % 7 === 0)
        .map((number) => numberChanged(phone(number), phone(number + CONTACTS), NOON + DAY_MS)),
      ...numbers.filter((number) => number % 7 === 0)
        .map((number) => wrote(phone(number + CONTACTS), NOON + DAY_MS)),
    ),
  ],
  [
    FINAL,
    record(
      ...numbers.filter((number) => number % 11 === 0)
        .map((number) => numberChanged(phone(number), phone(number + 1), FINAL)),
    ),
  ],
];

/** Plays the history up to a step. */
async function play(subject: { store: CreatingStore; writer: MemoryStore | Writer }, steps: number) {
  const owner = await createOwner(subject.store);
  for (const [now_ms, ...commands] of HISTORY.slice(0, steps)) {
    const { change, replies } = await owner.decide(now_ms, ...commands);
    for (const reply of replies) {
      assert.equal(reply.type === "refused" ? reply.detail : undefined, undefined);
    }
    assert.equal((await subject.writer.write([change])).size, 1);
  }
}

type Writer = Pick<MemoryStore, "write">;

/** Reads a month, with its contacts in one order. */
async function monthOf(months: MonthReader): Promise<{ rows: MonthRows; contacts: MonthContact[] }> {
  const read = await months.read(ACME, NOVEMBER, NEVER, async (rows, batches) => {
    const contacts = (await Array.fromAsync(batches)).flat();
    return { rows, contacts: contacts.map(sorted).sort((a, b) => a.id < b.id ? -1 : 1) };
  });
  // The rate card of the tests is not stored.
  return { ...read!, rows: { ...read!.rows, rate_card: new Map() } };
}

/** A message of the contact counts on its own date only, so Postgres does not read those of other months. */
function sorted({ id, keys, facts, windows }: MonthContact): MonthContact {
  const text = (value: object) => Object.entries(value).sort().join();
  const by_text = (a: object, b: object) => text(a) < text(b) ? -1 : 1;
  return {
    id,
    keys: keys.toSorted(),
    facts: facts.filter(({ at_ms }) => at_ms < FINAL).toSorted(by_text),
    windows: windows.toSorted(by_text),
  };
}

async function compute(months: MonthReader, terms: OtherTerms): Promise<WhatIf> {
  return (await months.read(ACME, NOVEMBER, NEVER, (rows, contacts) => whatIf(rows, contacts, terms)))!;
}

Deno.test("Postgres gives the rows and the contacts of a month as the store in memory does, each contact once", async () => {
  for (const steps of [HISTORY.length - 1, HISTORY.length]) {
    await using subject = await openPostgresStore();
    const memory = new MemoryStore();
    await play(subject, steps);
    await play({ store: memory, writer: memory }, steps);
    const postgres = new PostgresMonths(subject.pool, KEYS_A_PAGE);
    const in_memory = monthsOf(memory, () => new Map());
    const [month, expected] = [await monthOf(postgres), await monthOf(in_memory)];
    assert.deepEqual(month, expected);
    assert.equal(month.contacts.length, steps === HISTORY.length ? CONTACTS - 6 : CONTACTS);
    const rates = [{ feature: "automation.run" as FeatureCode, credits: credits(9) }];
    for (const terms of [{}, { rates, template_in_open_window: "free" } as const]) {
      const { remainder, real, what_if } = await compute(postgres, terms);
      assert.deepEqual(remainder, []);
      if (!("rates" in terms)) assert.deepEqual(what_if.usage, real.usage);
    }
  }
});

Deno.test("reading a month ends when its signal aborts, and gives its connection back", async () => {
  await using subject = await openPostgresStore();
  await play(subject, 2);
  const months = new PostgresMonths(subject.pool, KEYS_A_PAGE);
  const aborting = new AbortController();
  let batches = 0;
  const reading = months.read(ACME, NOVEMBER, aborting.signal, async (_, contacts) => {
    for await (const _batch of contacts) if (++batches === 1) aborting.abort();
  });
  await assert.rejects(reading, { name: "AbortError" });
  assert.equal(batches, 1);
  assert.deepEqual([subject.pool.totalCount, subject.pool.idleCount], [1, 1]);
  const { rows: [row] } = await subject.pool.query("select now() = statement_timestamp() as is_idle");
  assert.deepEqual(row, { is_idle: true });
});

Deno.test("a company that does not exist has no months", async () => {
  await using subject = await openPostgresStore();
  const months = new PostgresMonths(subject.pool);
  const read = await months.read("nobody" as CompanyId, NOVEMBER, NEVER, () => Promise.resolve("read"));
  assert.equal(read, undefined);
});
