/**
 * Measures the heap that items in memory, active companies and commands in flight take, for the bounds in
 * `src/config/memory_limits.ts`.
 */

import { collectMissing, MissingRows } from "../../src/domain/company/missing_rows.ts";
import { addLoaded, rateHistory, stateFrom } from "../../src/domain/company/activation.ts";
import type { Command } from "../../src/domain/company/command.ts";
import { decide } from "../../src/domain/company/decide.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import { evolve } from "../../src/domain/company/evolve.ts";
import { itemsIn } from "../../src/domain/company/state.ts";
import type { CompanyState } from "../../src/domain/company/state.ts";
import { INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";
import { businessNumber, customerWrote, numberedCustomer, webhookOf } from "../../tests/support/payloads.ts";
import { rateCardVersion, statusEvent, wroteEvent } from "../../tests/support/fixtures.ts";
import { MapStore } from "../../tests/support/map_store.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const RATE_CARD = rateHistory([INBOUND, OUTBOUND].map((feature) => rateCardVersion(feature, 1)));
const COMPANIES = 1_000;
const PEOPLE = 50_000;

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run with --v8-flags=--expose-gc");

/** Returns the bytes that what `build` returns takes, divided by its count. */
function measure<T>(name: string, build: () => { value: T; count: number }): T {
  collect!(), collect!();
  const before = Deno.memoryUsage().heapUsed;
  const { value, count } = build();
  collect!(), collect!();
  const bytes = Deno.memoryUsage().heapUsed - before;
  console.log(`${name.padEnd(44)} ${Math.round(bytes / count).toLocaleString("en").padStart(8)} bytes`);
  return value;
}

function newState(): CompanyState {
  return stateFrom(new MapStore("America/Sao_Paulo", "charge", NOW_MS).activation(), RATE_CARD);
}

function execute(state: CompanyState, command: Command): CompanyEvent[] {
  const missing = new MissingRows();
  collectMissing(state, command, missing, NOW_MS);
  addLoaded(state, missing, { people: [], usages: [], sends: [] });
  const events: CompanyEvent[] = [];
  decide(state, (event) => (evolve(state, event), events.push(event)), command, NOW_MS);
  return events;
}

function identifiersOf(i: number) {
  const { phone, bsuid } = numberedCustomer(i);
  return { phone, bsuid, parent_bsuid: undefined };
}

measure("active company", () => ({ value: Array.from({ length: COMPANIES }, newState), count: COMPANIES }));
for (const kind of ["phone and bsuid", "phone only"] as const) {
  let state: CompanyState;
  measure(`person who wrote once, by ${kind}`, () => {
    state = newState();
    for (let i = 0; i < PEOPLE; i++) {
      const contact = identifiersOf(i);
      const from = kind === "phone only" ? { ...contact, bsuid: undefined } : contact;
      execute(state, {
        type: "record",
        events: [{ ...wroteEvent("5511987650001", NOW_MS, `wamid.${i}`), contact: from } as never],
        received_at_ms: NOW_MS,
      });
    }
    return { value: state, count: PEOPLE };
  });
  console.log(`  items a person: ${itemsIn(state!) / PEOPLE}`);
}
{
  let state: CompanyState;
  measure("person with one template, three statuses", () => {
    state = newState();
    for (let i = 0; i < PEOPLE; i++) {
      const contact = identifiersOf(i);
      for (const status of ["sent", "delivered", "read"] as const) {
        const event = { ...statusEvent(status, `wamid.${i}`, NOW_MS), contact };
        execute(state, { type: "record", events: [event as never], received_at_ms: NOW_MS });
      }
    }
    return { value: state, count: PEOPLE };
  });
  console.log(`  items a person: ${itemsIn(state!) / PEOPLE}`);
}
const line = businessNumber(1);
measure("event of a webhook that waits", () => {
  const value = Array.from({ length: 500 }, (_, batch) => {
    const changes = Array.from(
      { length: 100 },
      (_, i) =>
        customerWrote(line, numberedCustomer(batch * 100 + i), {
          id: `wamid.${batch}.${i}`,
          at_s: NOW_MS / 1000,
        }),
    );
    return readWebhook(JSON.parse(JSON.stringify(webhookOf(...changes)))).events;
  });
  return { value, count: PEOPLE };
});
const state = newState();
measure("change of a new person that waits, and person", () => {
  const value = Array.from({ length: PEOPLE }, (_, i) => {
    const contact = identifiersOf(i);
    return execute(state, {
      type: "record",
      events: [{ ...wroteEvent("5511987650001", NOW_MS, `wamid.${i}`), contact } as never],
      received_at_ms: NOW_MS,
    });
  });
  return { value, count: PEOPLE };
});
