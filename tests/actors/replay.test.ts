import assert from "node:assert/strict";
import { PhoneDirectory } from "../../actors/directory.ts";
import { Replay } from "../../actors/replay.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import { keptEvents, quarantineOf } from "../../src/fittings.ts";
import { MemoryPhoneNumbers } from "../../src/store/memory/phone_numbers.ts";
import { MemoryQuarantine } from "../../src/store/memory/quarantine.ts";
import { ACME, MORNING_MS, TestHouse } from "../support/actors.ts";
import { ANA, NUMBER, wroteEvent } from "../support/plain.ts";

Deno.test("an event that was kept back in the moment its number was claimed is metered without being asked for", async () => {
  const house = new TestHouse();
  await house.create();
  const numbers = new MemoryPhoneNumbers(house.store);
  const quarantine = new MemoryQuarantine(house.store);
  const directory = new PhoneDirectory(numbers);
  const roster = house.roster();
  const replay = new Replay({
    clock: house.clock,
    companies: roster,
    directory,
    store: keptEvents(quarantine),
  });
  const keeping = quarantineOf(quarantine, new Keyring(new Uint8Array(32)));
  const event = wroteEvent(ANA, MORNING_MS, "wamid.1");
  // Nobody had the number when it was looked up; the claim looked for what waits before this was kept.
  await numbers.claim(ACME, [NUMBER], MORNING_MS);
  assert.equal(await replay.numbers([NUMBER]), 0);
  await keeping.keep([{ event, company: undefined }], MORNING_MS);

  assert.equal(await replay.claimed(), 0, "this process has not heard of the claim yet");
  await directory.refresh();
  assert.equal(await replay.claimed(), 1);
  assert.equal(await replay.claimed(), 0);
  assert.deepEqual(house.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await roster.stop();
});
