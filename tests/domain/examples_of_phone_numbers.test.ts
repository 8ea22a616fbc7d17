/** The worked examples of `src/domain/README.md` of phone numbers, by their numbers. */

import assert from "node:assert/strict";
import type { ContactEvent } from "../../src/domain/company/command.ts";
import { ownerAt, ownersAround, type PhoneClaim } from "../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { TestCompany } from "../support/company.ts";
import {
  ANA,
  BETO,
  CARLA,
  PHONE_NUMBER_ID,
  statusEvent,
  type StatusName,
  wroteEvent,
} from "../support/fixtures.ts";

Deno.test("E24: a number moves between companies", () => {
  const [acme, beta] = ["acme", "beta"].map(() => new TestCompany({ at: "2026-11-23 09:00" })) as [
    TestCompany,
    TestCompany,
  ];
  const claims: PhoneClaim[] = [
    claim(1, "acme", undefined, acme.ms("2026-11-23 12:00")),
    claim(2, "beta", acme.ms("2026-11-23 14:00"), undefined),
  ];
  const arrives = arrivalAt(claims, new Map([["acme", acme], ["beta", beta]]));
  const wrote = (id: string, at: string) => arrives(wroteEvent(ANA, acme.ms(`2026-11-23 ${at}`), id));
  const status = (name: StatusName, id: string, to: string, at: string) =>
    arrives(statusEvent(name, id, acme.ms(`2026-11-23 ${at}`), { to }));
  const charged = () => [acme.balance().consumed, beta.balance().consumed];

  assert.deepEqual([wrote("m0", "11:00"), charged()], ["acme", [1, 0]]);
  assert.deepEqual([status("sent", "w1", BETO, "11:01"), charged()], ["acme", [2, 0]]);
  assert.deepEqual([status("sent", "w3", CARLA, "11:02"), charged()], ["acme", [3, 0]]);
  assert.deepEqual([wrote("m1", "13:00"), charged()], [undefined, [3, 0]]);
  assert.deepEqual([status("delivered", "w1", BETO, "13:30"), charged()], ["acme", [3, 0]]);
  assert.deepEqual([status("failed", "w3", CARLA, "14:05"), charged()], ["acme", [2, 0]]);
  assert.deepEqual([wrote("m0", "11:00"), charged()], ["acme", [2, 0]]);
  assert.deepEqual([wrote("m2", "14:10"), charged()], ["beta", [2, 1]]);
  assert.deepEqual([status("sent", "w4", BETO, "14:15"), charged()], ["beta", [2, 2]]);
});

Deno.test("E37: a status comes weeks after its number moved", () => {
  const start = (at: string) => new TestCompany({ at: `2026-11-23 ${at}` });
  const [acme, beta] = [start("09:00"), start("09:00")];
  const moved_ms = acme.ms("2026-11-23 12:00");
  const claims = [claim(1, "acme", undefined, moved_ms), claim(2, "beta", moved_ms)];
  const arrives = arrivalAt(claims, new Map([["acme", acme], ["beta", beta]]));
  const status = (name: StatusName, id: string, to: string, at: string) => {
    for (const company of [acme, beta]) company.advanceTo(`2026-${at}`);
    return [arrives(statusEvent(name, id, acme.now_ms, { to })), chargedOf(acme), chargedOf(beta)];
  };
  assert.deepEqual(status("sent", "w1", ANA, "11-23 11:00"), ["acme", 1, 0]);
  assert.deepEqual(status("sent", "w2", BETO, "11-23 11:01"), ["acme", 2, 0]);
  assert.deepEqual(status("delivered", "w1", ANA, "12-02 09:00"), ["acme", 2, 0]);
  assert.deepEqual(status("delivered", "w2", BETO, "12-22 09:00"), ["acme", 2, 0]);
  assert.deepEqual(status("sent", "w5", BETO, "12-22 09:01"), ["beta", 2, 1]);
  assert.deepEqual(status("delivered", "w5", BETO, "12-24 09:00"), ["beta", 2, 1]);
});

/** Gives an event to its company, as the inbox does. The function returns the company, if there is one. */
function arrivalAt(claims: readonly PhoneClaim[], companies: ReadonlyMap<string, TestCompany>) {
  return (event: ContactEvent): string | undefined => {
    const around = event.type === "status" ? ownersAround(claims, event.at_ms) : [];
    const owner = around.find((name) => knows(companies.get(name)!, event)) ?? ownerAt(claims, event.at_ms);
    if (owner !== undefined) companies.get(owner)!.record(event);
    return owner;
  };
}

/** The credits of all months. */
function chargedOf({ store }: TestCompany): number {
  return [...store.periods.values()].reduce((sum, { consumed }) => sum + consumed, 0);
}

function claim(number: number, company: string, from_ms?: number, until_ms?: number): PhoneClaim {
  return {
    phone_number_id: PHONE_NUMBER_ID,
    claim: number,
    company: company as CompanyId,
    owned_from_ms: from_ms,
    claimed_at_ms: from_ms ?? 0,
    released_at_ms: until_ms,
  };
}

function knows(company: TestCompany, event: ContactEvent): boolean {
  if (event.type !== "status") return false;
  const { message_id, contact, callback_data } = event;
  const reply = company.execute({ type: "find_message", message_id, contact, callback_data });
  return reply.type === "message_found" && reply.known;
}
