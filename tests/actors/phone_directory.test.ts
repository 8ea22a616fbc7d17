import assert from "node:assert/strict";
import fc from "fast-check";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { ownerAt } from "../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MORNING_MS } from "../support/actors.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { PhoneTimeline, timelineSteps } from "../support/phone_timeline.ts";

const [ACME, BETA] = ["acme", "beta"] as CompanyId[] as [CompanyId, CompanyId];
const DAY_MS = 86_400_000;

/** Returns a directory on a store whose readings arrive when the test resumes them. */
function directoryOn(clock = { at_ms: MORNING_MS, now_ms: (): number => clock.at_ms }) {
  const numbers = new MemoryPhoneNumbers(new MemoryStore());
  const readings: (() => void)[] = [];
  const read = async <T>(rows: Promise<T>): Promise<T> => {
    const result = await rows;
    const { promise, resolve } = Promise.withResolvers<void>();
    readings.push(resolve);
    await promise;
    return result;
  };
  const directory = new PhoneDirectory(clock, {
    claimsSince: (ended_after_ms) => read(numbers.claimsSince(ended_after_ms)),
    claimsOf: (ids) => read(numbers.claimsOf(ids)),
  });
  /** Waits until every reading so far has arrived. */
  const arrive = async (reading: Promise<void>) => {
    await flush();
    for (const resume of readings.splice(0)) resume();
    await reading;
  };
  const claim = (company: CompanyId, number: string, at_ms = clock.at_ms) =>
    numbers.claim({ company, phone_number_ids: [number], at_ms, from_ms: undefined });
  return { clock, numbers, readings, directory, arrive, claim };
}

const flush = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

Deno.test("a number with one owner is that company's, without its claims", async () => {
  const { directory, arrive, claim } = directoryOn();
  await claim(ACME, "1");
  assert.equal(directory.soleOwnerOf("1"), undefined);
  await arrive(directory.refresh());
  assert.deepEqual([directory.soleOwnerOf("1"), directory.soleOwnerOf("2")], [ACME, undefined]);
});

Deno.test("a claim of another process is seen when its number is looked up", async () => {
  const { directory, arrive, claim } = directoryOn();
  await claim(BETA, "2");
  await arrive(directory.lookUp(["1", "2"]));
  assert.deepEqual([directory.soleOwnerOf("1"), directory.soleOwnerOf("2")], [undefined, BETA]);
});

Deno.test("a former owner matters for 39 days, then the number has one owner again", async () => {
  const { clock, numbers, directory, arrive, claim } = directoryOn();
  await claim(ACME, "1", MORNING_MS - DAY_MS);
  await numbers.release(ACME, [], MORNING_MS);
  await claim(BETA, "1");
  await claim(ACME, "2", MORNING_MS - DAY_MS);
  await numbers.release(ACME, [], MORNING_MS);
  for (
    const [days, companies, sole] of [[0, [ACME, BETA], undefined], [38, [ACME, BETA], undefined], [39, [
      BETA,
    ], BETA]] as const
  ) {
    clock.at_ms = MORNING_MS + days * DAY_MS;
    await arrive(directory.refresh());
    assert.deepEqual(directory.claimsOf("1").map(({ company }) => company), companies);
    assert.equal(directory.soleOwnerOf("1"), sole);
    assert.equal(directory.claimsOf("2").length, days < 39 ? 1 : 0);
  }
});

Deno.test("a slow reading does not replace a newer one, nor a number that was claimed meanwhile", async () => {
  const { clock, numbers, readings, directory, arrive, claim } = directoryOn();
  await claim(ACME, "1");
  const slow = directory.refresh();
  await flush();
  const resume = readings.splice(0);
  await numbers.release(ACME, [], clock.at_ms);
  await claim(BETA, "1");
  await claim(BETA, "2");
  await arrive(directory.lookUp(["1", "2"]));
  for (const reading of resume) reading();
  await slow;
  assert.equal(ownerAt(directory.claimsOf("1"), clock.at_ms), BETA);
  assert.equal(directory.soleOwnerOf("2"), BETA);
});

Deno.test("for any claims, releases and readings, an event has the one owner of a naive fold", async () => {
  const minute_ms = 60_000;
  const reading = fc.constantFrom("none", "refresh", "look up", "slow refresh", "slow look up", "arrive");
  await fc.assert(fc.asyncProperty(timelineSteps(), fc.array(reading), async (steps, actions) => {
    const { clock, numbers, readings, directory, arrive } = directoryOn();
    const timeline = new PhoneTimeline(80);
    const begin_ms = clock.at_ms - 10 * minute_ms;
    let minute = 10;
    for (const [index, { do: kind, company, after, from_before }] of steps.entries()) {
      minute += after;
      clock.at_ms = begin_ms + minute * minute_ms;
      if (kind === "release") {
        await numbers.release(company, [], clock.at_ms);
        timeline.release(company, minute);
      } else {
        const from = from_before === undefined ? undefined : minute - from_before;
        const from_ms = from === undefined ? undefined : begin_ms + from * minute_ms;
        await numbers.claim({ company, phone_number_ids: ["1"], at_ms: clock.at_ms, from_ms });
        timeline.claim(company, minute, from);
      }
      const action = actions[index] ?? "none";
      if (action === "arrive") { for (const resume of readings.splice(0)) resume(); }
      if (action === "refresh") await arrive(directory.refresh());
      if (action === "look up") await arrive(directory.lookUp(["1"]));
      if (action === "slow refresh") void directory.refresh();
      if (action === "slow look up") void directory.lookUp(["1"]);
      await flush();
    }
    // The last reading may overtake slow ones that began before.
    const last = readings.length;
    const done = directory.lookUp(["1"]);
    await flush();
    readings.splice(last, 1)[0]!();
    await done;
    await arrive(Promise.resolve());
    await flush();
    for (let at = 0; at < timeline.length; at++) {
      const owner = ownerAt(directory.claimsOf("1"), begin_ms + at * minute_ms);
      assert.equal(owner, timeline.ownerAt(at), `minute ${at}`);
      const sole = directory.soleOwnerOf("1");
      assert.ok(sole === undefined || sole === owner, `minute ${at} of a number with one owner`);
    }
  }));
});
