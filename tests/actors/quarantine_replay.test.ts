import assert from "node:assert/strict";
import { EventRouter } from "../../actors/event_router.ts";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import type { ArrivedEvent } from "../../actors/event_router.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { quarantineStore, quarantineWriter } from "../../src/adapters.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../support/memory_store/quarantine.ts";
import { ACME, MORNING_MS, TestActors } from "../support/actors.ts";
import { HOUR_MS } from "../../src/time/units.ts";
import { ANA, PHONE_NUMBER_ID, statusEvent, wroteEvent } from "../support/fixtures.ts";

const BETA = "beta" as CompanyId;

/** Returns a replay with its quarantine and directory. */
function replayOn(actors: TestActors, readsField = (_field: string) => true) {
  const numbers = new MemoryPhoneNumbers(actors.store);
  const quarantine = new MemoryQuarantine(actors.store);
  const directory = new PhoneDirectory(actors.clock, numbers);
  const system = actors.createSystem();
  const store = quarantineStore(quarantine);
  const replay = new QuarantineReplay({
    clock: actors.clock,
    companies: system,
    router: new EventRouter(system),
    directory,
    store,
    readsField,
  });
  const writer = quarantineWriter(quarantine, new Keyring(new Uint8Array(32)));
  const quarantineEvent = (event: ArrivedEvent, at_ms = MORNING_MS) =>
    writer.add([{ event, company: undefined }], at_ms);
  return { numbers, directory, system, replay, quarantineEvent, quarantine };
}

function claimOf(company: CompanyId, number: string, at_ms = MORNING_MS) {
  return { company, phone_number_ids: [number], at_ms, from_ms: undefined };
}

Deno.test("an event quarantined while its number was being claimed is metered by replayClaimed", async () => {
  const actors = new TestActors();
  await actors.create();
  const { numbers, system, replay, quarantineEvent } = replayOn(actors);
  const event = wroteEvent(ANA, MORNING_MS, "wamid.1");
  // The event looks its number up before the claim, and is quarantined after the claim replayed.
  await numbers.claim(claimOf(ACME, PHONE_NUMBER_ID));
  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), 0);
  await quarantineEvent(event);

  // This process has not refreshed since the claim: the replay reads it.
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
  await numbers.claim(claimOf("half-made" as CompanyId, "half"));
  await numbers.claim(claimOf(ACME, PHONE_NUMBER_ID));
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
  await numbers.claim(claimOf(ACME, PHONE_NUMBER_ID));
  await directory.refresh();

  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), waiting.length);
  assert.equal(actors.entries().length, waiting.length);
  assert.ok(actors.writer.written.length <= 4, `${actors.writer.written.length} writes`);
  assert.equal(await replay.replayClaimed(), 0);
  await system.stop();
});

Deno.test("entries of two owners are replayed to the owner at their own time, however long ago", async () => {
  const actors = new TestActors();
  await actors.create();
  await actors.create(BETA);
  const { numbers, system, replay, quarantineEvent } = replayOn(actors);
  const day_ms = 86_400_000;
  const [long_ago_ms, between_ms] = [MORNING_MS - 20 * day_ms, MORNING_MS - 17.5 * day_ms];
  for (const [id, at_ms] of [["1", long_ago_ms], ["2", between_ms], ["3", MORNING_MS]] as const) {
    await quarantineEvent(wroteEvent(ANA, at_ms, `wamid.${id}`), at_ms);
  }
  await numbers.claim(claimOf(ACME, PHONE_NUMBER_ID, long_ago_ms - 1));
  await numbers.release(ACME, [], between_ms - 1);
  await numbers.claim(claimOf(BETA, PHONE_NUMBER_ID, between_ms + 1));

  assert.equal(await replay.replayClaimed(), 2);
  const charged = [ACME, BETA].map((company) => actors.entries(company).map(({ credits }) => credits));
  assert.deepEqual(charged, [[-1], [-1]]);
  assert.equal(await replay.replayClaimed(), 0);
  await system.stop();
});

Deno.test("a quarantined status is replayed to the former owner that knows its message", async () => {
  const actors = new TestActors();
  await actors.create();
  await actors.create(BETA);
  const { numbers, system, replay, quarantineEvent } = replayOn(actors);
  const sent = statusEvent("sent", "wamid.1", MORNING_MS - 60_000);
  await system.execute(ACME, { type: "record", events: [sent], received_at_ms: MORNING_MS });
  await numbers.claim(claimOf(ACME, PHONE_NUMBER_ID, MORNING_MS - 120_000));
  await numbers.release(ACME, [], MORNING_MS - 30_000);
  await numbers.claim(claimOf(BETA, PHONE_NUMBER_ID, MORNING_MS - 30_000));
  await quarantineEvent(statusEvent("failed", "wamid.1", MORNING_MS));

  assert.equal(await replay.replayNumbers([PHONE_NUMBER_ID]), 1);
  assert.deepEqual(actors.entries().map(({ credits }) => credits), [-1, 1]);
  assert.deepEqual(actors.entries(BETA), []);
  await system.stop();
});

Deno.test("two statuses of one message that wait for a moved number are charged to one company", async () => {
  const actors = new TestActors();
  await actors.create(ACME);
  await actors.create(BETA);
  const { numbers, directory, system, replay, quarantineEvent } = replayOn(actors);
  const number = (company: CompanyId, from_ms: number) => ({
    company,
    phone_number_ids: [PHONE_NUMBER_ID],
    at_ms: MORNING_MS,
    from_ms,
  });
  const template = { template: true, category: "utility" } as const;
  await quarantineEvent(statusEvent("sent", "wamid.1", MORNING_MS - 3_000, template));
  await quarantineEvent(statusEvent("delivered", "wamid.1", MORNING_MS + 1_000, template));
  await numbers.claim(number(ACME, MORNING_MS - 60_000));
  await numbers.release(ACME, [], MORNING_MS);
  await numbers.claim(number(BETA, MORNING_MS));
  await directory.refresh();
  assert.equal(await replay.replayClaimed(), 2);
  const charged = [ACME, BETA].map((company) =>
    actors.store.stored(company)!.ledger.filter(({ type }) => type === "consumption").length
  );
  assert.equal(charged[0]! + charged[1]!, 1);
  await system.stop();
});

Deno.test("an event of the future is metered by itself when its time has come, and charged once", async () => {
  const actors = new TestActors();
  await actors.create();
  const { system, replay } = replayOn(actors);
  const record = (at_ms: number, id: string) =>
    system.execute(ACME, {
      type: "record",
      events: [wroteEvent(ANA, at_ms, id)],
      received_at_ms: actors.clock.at_ms,
    });
  await record(MORNING_MS + HOUR_MS, "wamid.1");
  await record(MORNING_MS + 24 * HOUR_MS, "wamid.2");
  assert.equal(await replay.replayDue(), 0);
  actors.clock.at_ms += HOUR_MS;
  assert.equal(await replay.replayDue(), 1);
  assert.equal(await replay.replayDue(), 0);
  actors.clock.at_ms += 30 * HOUR_MS;
  assert.equal(await replay.replayDue(), 1);
  assert.deepEqual(actors.entries().map(({ type, credits }) => [type, credits]), [
    ["consumption", -1],
    ["consumption", -1],
  ]);
  await system.stop();
});

Deno.test("many events whose time has come are all metered by one call, although some stay as they are", async () => {
  const actors = new TestActors();
  await actors.create();
  const { system, replay, quarantine } = replayOn(actors);
  const events = Array.from({ length: 450 }, (_, i) => {
    const event = wroteEvent(String(5_511_987_660_000 + i), MORNING_MS + HOUR_MS, `wamid.${i}`);
    return { event, received_at_ms: MORNING_MS, phone_number_id: undefined };
  });
  await quarantine.add(events.map((event, i) => {
    const id = `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
    // Every tenth waits for a company that does not exist.
    const company = i % 10 === 0 ? BETA : ACME;
    return { ...event, reason: "in_the_future" as const, id, company };
  }));
  actors.clock.at_ms += HOUR_MS;
  assert.equal(await replay.replayDue(), 405);
  await system.stop();
});

Deno.test("an event that arrived while the clock was ahead is not too old once the clock is right", async () => {
  const actors = new TestActors();
  await actors.create();
  const { system, replay } = replayOn(actors);
  // The clock was 45 days ahead when the event arrived.
  const received_at_ms = MORNING_MS + 45 * 24 * HOUR_MS;
  const events = [wroteEvent(ANA, MORNING_MS, "wamid.1")];
  await system.execute(ACME, { type: "record", events, received_at_ms });
  // An uncertain clock proves nothing.
  actors.clock.is_certain = false;
  assert.equal((await replay.replayAll({ reason: "too_old", limit: 10 })).metered, 0);
  actors.clock.is_certain = true;
  assert.deepEqual(await replay.replayAll({ reason: "too_old", limit: 10 }), {
    metered: 1,
    kept: new Map(),
    unavailable: 0,
    last: undefined,
  });
  assert.deepEqual(actors.entries().map(({ type, credits }) => [type, credits]), [["consumption", -1]]);
  await system.stop();
});
