import assert from "node:assert/strict";
import { rateCardStore } from "../../src/adapters.ts";
import { ChangeAnnouncements } from "../../src/cluster/changes.ts";
import { createSharedState } from "../../src/cluster/shared_state.ts";
import { type CompanyId, credits, type FeatureCode } from "../../src/domain/types.ts";
import { MORNING_MS } from "../support/actors.ts";
import { MemoryBus } from "../support/cluster/memory_bus.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryRateCard } from "../support/memory_store/rate_card.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { quiesce } from "../support/quiesce.ts";

const ACME = "acme" as CompanyId;
const FEATURE = "automation.run" as FeatureCode;
const RATE = { feature: FEATURE, credits: credits(2), name: undefined, effective_from: undefined };

/** Two nodes on one store and one bus. */
function createNodes() {
  const bus = new MemoryBus();
  const store = new MemoryStore();
  const card = new MemoryRateCard(store);
  const numbers = new MemoryPhoneNumbers(store);
  const createNode = (name: string) => {
    const announcements = new ChangeAnnouncements(bus.of(name));
    const state = createSharedState({
      clock: { now_ms: () => MORNING_MS },
      rates: rateCardStore(card),
      phone_numbers: numbers,
      announce: announcements,
    });
    announcements.receive(state.readers);
    const charges = () => state.rates.current().get(FEATURE)?.at(-1)?.credits;
    return { ...state, charges, ownerOf: (number: string) => state.directory.soleOwnerOf(number) };
  };
  const claim = () =>
    numbers.claim({ company: ACME, phone_number_ids: ["1"], at_ms: MORNING_MS, from_ms: undefined });
  return { bus, one: createNode("one"), two: createNode("two"), claim };
}

Deno.test("a rate that one node sets, and a number that one node claims, are so on every node at once", async () => {
  const { one, two, claim } = createNodes();
  await one.rate_card.setRate(RATE, "a test");
  await claim();
  await one.claims.lookUp(["1"]);
  await quiesce();
  for (const { charges, ownerOf } of [one, two]) assert.deepEqual([charges(), ownerOf("1")], [2, ACME]);
});

Deno.test("without the bus a node has them with its next reading of everything", async () => {
  const { bus, one, two, claim } = createNodes();
  bus.stop();
  await one.rate_card.setRate(RATE, "a test");
  await claim();
  await one.claims.lookUp(["1"]);
  await quiesce();
  assert.deepEqual([one.charges(), one.ownerOf("1")], [2, ACME]);
  assert.deepEqual([two.charges(), two.ownerOf("1")], [undefined, undefined]);
  two.readers.all();
  await quiesce();
  assert.deepEqual([two.charges(), two.ownerOf("1")], [2, ACME]);
});
