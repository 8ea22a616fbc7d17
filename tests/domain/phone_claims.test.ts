import assert from "node:assert/strict";
import fc from "fast-check";
import { ownerAt, ownersAround, type PhoneClaim, soleOwnerFrom } from "../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { PhoneTimeline, timelineSteps } from "../support/phone_timeline.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NUMBER = "106540000000001";
const [ACME, BETA, GAMMA] = ["acme", "beta", "gamma"] as CompanyId[] as [CompanyId, CompanyId, CompanyId];

Deno.test("for any claims and releases, every time has the one owner of a naive fold", async () => {
  await fc.assert(fc.asyncProperty(timelineSteps(), async (steps) => {
    const store = new MemoryPhoneNumbers(new MemoryStore());
    const timeline = new PhoneTimeline(80);
    let minute = 10;
    for (const step of steps) {
      minute += step.after;
      const { company, from_before } = step;
      const from = from_before === undefined ? undefined : minute - from_before;
      if (step.do === "release") {
        await store.release(company, [], minute * MINUTE_MS);
        timeline.release(company, minute);
        continue;
      }
      const from_ms = from === undefined ? undefined : from * MINUTE_MS;
      const at_ms = minute * MINUTE_MS;
      const refused = await store.claim({ company, phone_number_ids: [NUMBER], at_ms, from_ms });
      assert.equal(refused.length === 0, timeline.claim(company, minute, from));
    }
    const claims = await store.claimsOf([NUMBER]);
    const owners = Array.from({ length: timeline.length }, (_, at) => ownerAt(claims, at * MINUTE_MS));
    assert.deepEqual(owners, owners.map((_, at) => timeline.ownerAt(at)));
    for (let from = 0; from < timeline.length; from++) {
      const [first, ...others] = new Set(owners.slice(from));
      const sole = others.length === 0 ? first : undefined;
      assert.equal(soleOwnerFrom(claims, from * MINUTE_MS), sole, `from minute ${from}`);
    }
  }));
});

Deno.test("a status may be of every owner of the 30 days before it and the 8 after it, the owner at its own time first", () => {
  const claims = claimsOf([ACME, undefined, 0], [BETA, 2, 4], [GAMMA, 5, 20]);
  const around = (day: number) => ownersAround(claims, day * DAY_MS);
  assert.deepEqual(around(3), [BETA, GAMMA, ACME]);
  assert.deepEqual(around(4.5), [GAMMA, BETA, ACME]);
  assert.deepEqual(around(29.9), [GAMMA, BETA, ACME]);
  assert.deepEqual(around(30), [GAMMA, BETA]);
  assert.deepEqual(around(34), [GAMMA]);
  assert.deepEqual(around(49.9), [GAMMA]);
  assert.deepEqual(around(50), []);
  assert.deepEqual(around(-2.9), [ACME, GAMMA, BETA]);
  assert.deepEqual(around(-3), [ACME, BETA]);
});

Deno.test("a number without claims has no owner", () => {
  assert.deepEqual([ownerAt([], 0), ownersAround([], 0), soleOwnerFrom([], 0)], [undefined, [], undefined]);
});

/** Builds claims from companies and days. */
function claimsOf(...spans: readonly [CompanyId, number | undefined, number | undefined][]): PhoneClaim[] {
  return spans.map(([company, from, until], index) => ({
    phone_number_id: NUMBER,
    claim: index + 1,
    company,
    owned_from_ms: from === undefined ? undefined : from * DAY_MS,
    claimed_at_ms: 0,
    released_at_ms: until === undefined ? undefined : until * DAY_MS,
  }));
}
