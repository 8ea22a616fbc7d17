import assert from "node:assert/strict";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import type { ArrivedEvent } from "../../actors/inbox.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { quarantineStore, quarantineWriter } from "../../src/adapters.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../support/memory_store/quarantine.ts";
import { ACME, MORNING_MS, TestActors } from "../support/actors.ts";
import { ANA, PHONE_NUMBER_ID, wroteEvent } from "../support/fixtures.ts";

/** The replay of a house, and what it replays. */
function opened(house: TestActors) {
  const numbers = new MemoryPhoneNumbers(house.store);
  const quarantine = new MemoryQuarantine(house.store);
  const directory = new PhoneDirectory(numbers);
  const roster = house.createSystem();
  const store = quarantineStore(quarantine);
  const replay = new QuarantineReplay({ clock: house.clock, companies: roster, directory, store });
  const keeping = quarantineWriter(quarantine, new Keyring(new Uint8Array(32)));
  const keep = (event: ArrivedEvent, at_ms = MORNING_MS) =>
    keeping.add([{ event, company: undefined }], at_ms);
  return { numbers, directory, roster, replay, keep };
}

Deno.test("an event that was kept back in the moment its number was claimed is metered without being asked for", async () => {
  const house = new TestActors();
  await house.create();
  const { numbers, directory, roster, replay, keep } = opened(house);
  const event = wroteEvent(ANA, MORNING_MS, "wamid.1");
  // Nobody had the number when it was looked up; the claim looked for what waits before this was kept.
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), 0);
  await keep(event);

  assert.equal(await replay.replayClaimed(), 0, "this process has not heard of the claim yet");
  await directory.refresh();
  assert.equal(await replay.replayClaimed(), 1);
  assert.equal(await replay.replayClaimed(), 0);
  assert.deepEqual(house.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await roster.stop();
});

Deno.test("what waits for a company that cannot be asked holds up nothing that came after it", async () => {
  const house = new TestActors();
  await house.create();
  const { numbers, directory, roster, replay, keep } = opened(house);
  // Who was to make this company crashed between its number and the rest of it.
  await numbers.claim("half-made" as CompanyId, ["half"], MORNING_MS);
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  await directory.refresh();
  await keep({ ...wroteEvent(ANA, MORNING_MS, "wamid.1"), phone_number_id: "half" }, MORNING_MS - 1);
  await keep(wroteEvent(ANA, MORNING_MS, "wamid.2"));

  assert.equal(await replay.replayClaimed(), 1);
  assert.deepEqual(house.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await roster.stop();
});

Deno.test("what waits for a number is tried many at a time, and written so", async () => {
  const house = new TestActors();
  await house.create();
  const { numbers, directory, roster, replay, keep } = opened(house);
  const waiting = Array.from(
    { length: 250 },
    (_, n) => wroteEvent(`55119${80000000 + n}`, MORNING_MS, `wamid.${n}`),
  );
  for (const event of waiting) await keep(event);
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  await directory.refresh();

  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), waiting.length);
  assert.equal(house.entries().length, waiting.length);
  assert.ok(house.writer.written.length <= 4, `${house.writer.written.length} writes`);
  assert.equal(await replay.replayClaimed(), 0);
  await roster.stop();
});
