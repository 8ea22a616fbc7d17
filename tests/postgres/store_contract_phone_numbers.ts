/** The store contract of the claims of phone numbers. */

import assert from "node:assert/strict";
import type { ClaimRequest, PhoneClaim } from "../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import type { QuarantinedEvent } from "../../src/domain/company/event.ts";
import { ACME, BETA, BY_ID, type ContractCheck, MINUTE_MS, NOON } from "./store_under_test.ts";
import { newCompany } from "./owner.ts";

const LATER = NOON + MINUTE_MS;
const MUCH_LATER = LATER + MINUTE_MS;

/** Builds a claim of numbers. */
export function claimOf(
  company: CompanyId,
  phone_number_ids: readonly string[],
  at_ms = NOON,
  from_ms?: number,
): ClaimRequest {
  return { company, phone_number_ids, at_ms, from_ms };
}

/** Checks of phone numbers, by test name. */
export const PHONE_NUMBER_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "phone numbers are claimed together, or none if another company owns one": async ({ phone_numbers }) => {
    assert.deepEqual(await phone_numbers.claim(claimOf(ACME, ["1", "2", "2"])), []);
    assert.deepEqual(await phone_numbers.claim(claimOf(ACME, ["2", "3"])), []);
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, ["4", "3", "1"])), [
      { phone_number_id: "1", free_from_ms: undefined },
      { phone_number_id: "3", free_from_ms: undefined },
    ]);
    assert.deepEqual(shown(await phone_numbers.claimsOf(["4", "3"])), ["3.1 acme .. at 0"]);
    assert.deepEqual(await phone_numbers.claimsOf([]), []);
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, [])), []);
  },

  "a number has a name while its owner has it, and the next owner begins without one": async (
    { store, phone_numbers },
  ) => {
    await store.create(ACME, newCompany("Acme", NOON));
    const namesOf = async (company: CompanyId) => Object.fromEntries(await phone_numbers.namesOf(company));
    assert.equal(await phone_numbers.setName("1", "Counter"), false);
    await phone_numbers.claim(claimOf(ACME, ["1", "2", "3"]));
    assert.equal(await phone_numbers.setName("1", "Counter"), true);
    assert.equal(await phone_numbers.setName("2", "Delivery"), true);
    assert.equal(await phone_numbers.setName("2", undefined), true);
    assert.deepEqual(await namesOf(ACME), { 1: "Counter" });
    assert.deepEqual(await namesOf(BETA), {});
    await phone_numbers.release(ACME, ["2", "3"], LATER);
    assert.equal(await phone_numbers.setName("1", "Nobody's"), false);
    await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER));
    assert.deepEqual([await namesOf(ACME), await namesOf(BETA)], [{}, {}]);
    assert.equal(await phone_numbers.setName("1", "Reception"), true);
    assert.deepEqual([await namesOf(ACME), await namesOf(BETA)], [{}, { 1: "Reception" }]);
  },

  "released numbers are free, the others stay, and the next owner reads them": async (
    { store, phone_numbers },
  ) => {
    await store.create(ACME, newCompany("Acme", NOON));
    await phone_numbers.claim(claimOf(ACME, ["3", "1", "2"]));
    assert.deepEqual(await phone_numbers.release(ACME, ["2"], LATER), ["1", "3"]);
    assert.deepEqual(await phone_numbers.release(ACME, ["2"], MUCH_LATER), []);
    await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER));
    assert.deepEqual(shown(await phone_numbers.claimsSince(NOON)), [
      "1.1 acme ..1 at 0",
      "1.2 beta 2.. at 2",
      "2.1 acme .. at 0",
      "3.1 acme ..1 at 0",
    ]);
    assert.deepEqual(shown(await phone_numbers.claimsSince(LATER)), [
      "1.2 beta 2.. at 2",
      "2.1 acme .. at 0",
    ]);
    assert.deepEqual((await store.activate(ACME))!.phone_number_ids, ["2"]);
    assert.deepEqual((await store.list(BY_ID))[0]!.phone_number_ids, ["2"]);
  },

  "a number's first claim begins since the beginning, or when it says": async ({ phone_numbers }) => {
    await phone_numbers.claim(claimOf(ACME, ["1"], LATER));
    await phone_numbers.claim(claimOf(ACME, ["1", "2"], MUCH_LATER, LATER));
    assert.deepEqual(shown(await phone_numbers.claimsOf(["1", "2"])), [
      "1.1 acme .. at 1",
      "2.1 acme 1.. at 2",
    ]);
  },

  "a claim begins when another company's ended at the earliest, also by an older clock": async (
    { phone_numbers },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["1", "2"]));
    await phone_numbers.release(ACME, [], LATER);
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, ["1", "9"], MUCH_LATER, LATER - 1)), [
      { phone_number_id: "1", free_from_ms: LATER },
    ]);
    assert.deepEqual(await phone_numbers.claimsOf(["9"]), []);
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER, LATER)), []);
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, ["2"], NOON)), []);
    assert.deepEqual(shown(await phone_numbers.claimsOf(["1", "2"])), [
      "1.1 acme ..1 at 0",
      "1.2 beta 1.. at 2",
      "2.1 acme ..1 at 0",
      "2.2 beta 1.. at 0",
    ]);
  },

  "the time between two claims of one company is its own, unless it says otherwise": async (
    { phone_numbers },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["1", "2"]));
    await phone_numbers.release(ACME, [], LATER);
    await phone_numbers.claim(claimOf(ACME, ["1"], MUCH_LATER));
    await phone_numbers.claim(claimOf(ACME, ["2"], MUCH_LATER, MUCH_LATER));
    assert.deepEqual(shown(await phone_numbers.claimsOf(["1", "2"])), [
      "1.1 acme ..1 at 0",
      "1.2 acme 1.. at 2",
      "2.1 acme ..1 at 0",
      "2.2 acme 2.. at 2",
    ]);
  },

  "an owner may move the start of its claim back to the end of the one before, never forward": async (
    { phone_numbers },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["1"]));
    await phone_numbers.release(ACME, [], LATER);
    await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER));
    const shownNow = async () => shown(await phone_numbers.claimsOf(["1"]))[1];
    await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER, MUCH_LATER + MINUTE_MS));
    assert.equal(await shownNow(), "1.2 beta 2.. at 2");
    assert.deepEqual(await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER, NOON)), [
      { phone_number_id: "1", free_from_ms: LATER },
    ]);
    assert.equal(await shownNow(), "1.2 beta 2.. at 2");
    await phone_numbers.claim(claimOf(BETA, ["1"], MUCH_LATER, LATER));
    assert.equal(await shownNow(), "1.2 beta 1.. at 2");
  },

  "an event between two owners waits until a claim covers its time": async (
    { phone_numbers, quarantine },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["n1"]));
    await phone_numbers.release(ACME, [], LATER);
    const event = (n: number, at_ms: unknown): QuarantinedEvent => ({
      id: `00000000-0000-4000-8000-00000000000${n}`,
      reason: "unknown_phone_number",
      phone_number_id: "n1",
      received_at_ms: MUCH_LATER + n,
      event: { message_id: `wamid.${n}`, at_ms },
    });
    // An event without a readable time counts as of its arrival.
    await quarantine.add([event(1, NOON), event(2, LATER), event(3, MUCH_LATER), event(4, "soon")]);
    const waiting = async () => (await quarantine.waitingFor("n1", 10)).map(({ id }) => Number(id.at(-1)));
    assert.deepEqual([await waiting(), await quarantine.claimedNumbers()], [[1], ["n1"]]);
    await quarantine.markReplayed(event(1, NOON).id, MUCH_LATER, ACME);
    assert.deepEqual([await waiting(), await quarantine.claimedNumbers()], [[], []]);
    await phone_numbers.claim(claimOf(BETA, ["n1"], MUCH_LATER));
    assert.deepEqual([await waiting(), await quarantine.claimedNumbers()], [[3, 4], ["n1"]]);
    await phone_numbers.claim(claimOf(BETA, ["n1"], MUCH_LATER, LATER));
    assert.deepEqual(await waiting(), [2, 3, 4]);
  },
};

/** Formats claims, with times in minutes after noon: `number.claim company from..until at claimed`. */
function shown(claims: readonly PhoneClaim[]): string[] {
  const minutes = (at_ms: number | undefined) => at_ms === undefined ? "" : (at_ms - NOON) / MINUTE_MS;
  return claims.map(({ phone_number_id, claim, company, owned_from_ms, claimed_at_ms, released_at_ms }) =>
    `${phone_number_id}.${claim} ${company} ${minutes(owned_from_ms)}..${minutes(released_at_ms)} at ${
      minutes(claimed_at_ms)
    }`
  );
}
