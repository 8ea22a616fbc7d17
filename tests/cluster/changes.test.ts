import assert from "node:assert/strict";
import { CheckedBus } from "../../actors/placement/checked_bus.ts";
import { ChangeAnnouncements, CHANGES } from "../../src/cluster/changes.ts";
import { ManualTime } from "../support/cluster/manual_time.ts";
import { MemoryBus } from "../support/cluster/memory_bus.ts";

/** A node that announces and receives changes. */
function createNode(bus: MemoryBus, id: string) {
  const time = new ManualTime();
  const received: string[] = [];
  const checked = new CheckedBus({
    bus: bus.of(id),
    timers: time,
    id,
    onRecovered: (subjects) => void (subjects.includes(CHANGES) && received.push("all")),
  });
  const announcements = new ChangeAnnouncements(checked);
  announcements.receive({
    rates: () => received.push("rates"),
    phoneNumbers: (numbers) => received.push(`numbers ${numbers}`),
  });
  const check = async () => {
    void checked.check();
    await time.advance(1_000);
  };
  return { announcements, received, check };
}

Deno.test("every node reads again at once what one announces", async () => {
  const bus = new MemoryBus();
  const [one, two] = [createNode(bus, "one"), createNode(bus, "two")];
  one.announcements.rates();
  one.announcements.phoneNumbers(["1", "2"]);
  await two.check();
  assert.deepEqual(two.received, ["rates", "numbers 1,2"]);
  assert.deepEqual(one.received, two.received);
});

Deno.test("a node that has lost the subscription to announcements reads everything again once it is back", async () => {
  const bus = new MemoryBus();
  const [one, two] = [createNode(bus, "one"), createNode(bus, "two")];
  bus.loseSubscriptions("two", CHANGES);
  one.announcements.rates();
  for (let check = 0; check < 2; check++) await two.check();
  assert.deepEqual(two.received, []);
  await two.check();
  assert.deepEqual(two.received, ["all"]);
  one.announcements.rates();
  await two.check();
  assert.deepEqual(two.received, ["all", "rates"]);
});
