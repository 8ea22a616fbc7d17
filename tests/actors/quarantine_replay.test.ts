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

/** Returns a replay with its quarantine and directory. */
function replayOn(actors: TestActors, readsField = (_field: string) => true) {
  const numbers = new MemoryPhoneNumbers(actors.store);
  const quarantine = new MemoryQuarantine(actors.store);
  const directory = new PhoneDirectory(numbers);
  const system = actors.createSystem();
  const store = quarantineStore(quarantine);
  const replay = new QuarantineReplay({
    clock: actors.clock,
    companies: system,
    directory,
    store,
    readsField,
  });
  const writer = quarantineWriter(quarantine, new Keyring(new Uint8Array(32)));
  const quarantineEvent = (event: ArrivedEvent, at_ms = MORNING_MS) =>
    writer.add([{ event, company: undefined }], at_ms);
  return { numbers, directory, system, replay, quarantineEvent };
}

Deno.test("an event quarantined while its number was being claimed is metered by replayClaimed", async () => {
  const actors = new TestActors();
  await actors.create();
  const { numbers, directory, system, replay, quarantineEvent } = replayOn(actors);
  const event = wroteEvent(ANA, MORNING_MS, "wamid.1");
  // The event looks its number up before the claim, and is quarantined after the claim replayed.
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), 0);
  await quarantineEvent(event);

  assert.equal(await replay.replayClaimed(), 0, "this process does not know the claim yet");
  await directory.refresh();
  assert.equal(await replay.replayClaimed(), 1);
  assert.equal(await replay.replayClaimed(), 0);
  assert.deepEqual(actors.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await system.stop();
});

Deno.test("entries of a company that cannot answer delay no later entries", async () => {
  const actors = new TestActors();
  await actors.create();
  const { numbers, directory, system, replay, quarantineEvent } = replayOn(actors);
  // The creation of this company crashed after claiming its number.
  await numbers.claim("half-made" as CompanyId, ["half"], MORNING_MS);
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  await directory.refresh();
  await quarantineEvent(
    { ...wroteEvent(ANA, MORNING_MS, "wamid.1"), phone_number_id: "half" },
    MORNING_MS - 1,
  );
  await quarantineEvent(wroteEvent(ANA, MORNING_MS, "wamid.2"));

  assert.equal(await replay.replayClaimed(), 1);
  assert.deepEqual(actors.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await system.stop();
});

Deno.test("entries of a number are replayed in batches that share writes", async () => {
  const actors = new TestActors();
  await actors.create();
  const { numbers, directory, system, replay, quarantineEvent } = replayOn(actors);
  const waiting = Array.from(
    { length: 250 },
    (_, n) => wroteEvent(`55119${80000000 + n}`, MORNING_MS, `wamid.${n}`),
  );
  for (const event of waiting) await quarantineEvent(event);
  await numbers.claim(ACME, [PHONE_NUMBER_ID], MORNING_MS);
  await directory.refresh();

  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), waiting.length);
  assert.equal(actors.entries().length, waiting.length);
  assert.ok(actors.writer.written.length <= 4, `${actors.writer.written.length} writes`);
  assert.equal(await replay.replayClaimed(), 0);
  await system.stop();
});
