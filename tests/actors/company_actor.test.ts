import assert from "node:assert/strict";
import { CompanyActor } from "../../actors/company_actor.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { isSettled, quiesce } from "../support/quiesce.ts";
import type { Change } from "../../src/domain/company/change.ts";
import type { ContactEvent } from "../../src/domain/company/command.ts";
import type { Trace } from "../../src/ports/runtime.ts";
import { ANA, BETO, CARLA, identifiersOf, statusEvent, wroteEvent } from "../support/fixtures.ts";

const DONE = { type: "done" };
const MINUTE_MS = 60_000;

Deno.test("ACTOR-1: commands are decided one at a time, in the order they arrive", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  const before = actor.execute({ type: "read_balance" });
  const writing = actor.execute(wrote(ANA));
  const after = actor.execute({ type: "read_balance" });
  assert.equal(balanceIn(await before).consumed, 0);
  assert.deepEqual(await writing, DONE);
  assert.equal(balanceIn(await after).consumed, 1);
});

Deno.test("ACTOR-2: a command is decided on a state brought up to the current time, however old the last command", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute(wrote(ANA));
  actors.clock.at_ms += 3 * 24 * 60 * MINUTE_MS;
  const balance = balanceIn(await actor.execute({ type: "read_balance" }));
  assert.equal(balance.closed_through, "2026-11-25");
  assert.equal(balance.open_inbound, 0);
});

Deno.test("ACTOR-2: while the time is uncertain no day is closed, and events are dated by their own timestamps", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  actors.clock.is_certain = false;
  actors.clock.at_ms += 24 * 60 * MINUTE_MS;
  assert.deepEqual(await actor.execute(wrote(ANA)), DONE);
  assert.deepEqual(await actor.execute(wrote(BETO, actors.clock.at_ms)), DONE);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).closed_through, "2026-11-22");
  actors.clock.is_certain = true;
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).closed_through, "2026-11-23");
  const stored = actors.store.stored(ACME)!;
  assert.deepEqual(stored.ledger.map(({ local_date, late }) => [local_date, late]), [
    ["2026-11-23", false],
    ["2026-11-24", false],
  ]);
});

Deno.test("ACTOR-3: no answer leaves before the changes it depends on are committed", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute({ type: "read_balance" });
  actors.writer.pause();
  const writing = actor.execute(wrote(ANA));
  await quiesce();
  // A duplicate message and a balance read: neither writes, and both depend on the first message.
  const duplicate = actor.execute(wrote(ANA));
  const reading = actor.execute({ type: "read_balance" });
  for (const waiting of [writing, duplicate, reading]) assert.equal(await isSettled(waiting), false);
  assert.deepEqual(actors.published, []);
  actors.writer.resume();
  assert.deepEqual(await writing, DONE);
  assert.deepEqual(await duplicate, DONE);
  assert.equal(balanceIn(await reading).consumed, 1);
  assert.deepEqual(actors.published.map(({ consumed }) => consumed), [1]);
});

for (const fate of ["refuse", "lose_reply"] as const) {
  Deno.test(`ACTOR-4: when a write ends in "${fate}", waiting callers get unavailable and retries charge nothing twice`, async () => {
    const actors = new TestActors();
    await actors.create();
    const actor = actors.actor();
    await actor.execute({ type: "read_balance" });
    actors.writer.script.push(fate);
    actors.writer.pause();
    const first = actor.execute(wrote(ANA));
    await quiesce();
    const second = actor.execute(wrote(BETO));
    actors.writer.resume();
    for (const answer of [await first, await second]) {
      assert.deepEqual(answer, { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 });
    }
    assert.ok(actor.has_ended);
    assert.equal((await actor.execute(wrote(ANA))).type, "unavailable");
    const next = actors.actor();
    assert.deepEqual(await next.execute(wrote(ANA)), DONE);
    assert.deepEqual(await next.execute(wrote(BETO)), DONE);
    assert.equal(balanceIn(await next.execute({ type: "read_balance" })).consumed, 2);
    assert.deepEqual(actors.entries().map(({ credits }) => credits), [-1, -1]);
  });
}

Deno.test("ACTOR-4: a fenced owner writes nothing more and answers taken_over", async () => {
  const actors = new TestActors();
  await actors.create();
  const first = actors.actor();
  await first.execute(wrote(ANA));
  const second = actors.actor();
  await second.execute({ type: "read_balance" });
  assert.deepEqual(await first.execute(wrote(BETO)), {
    type: "unavailable",
    reason: "taken_over",
    retry_after_s: 1,
  });
  assert.deepEqual(await second.execute(wrote(BETO)), DONE);
  assert.equal(actors.entries().length, 2);
});

Deno.test("ACTOR-4: a command that cannot be read ends the actor alone, before its decision", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  const answers = [
    actor.execute({ type: "record", events: [{} as ContactEvent], received_at_ms: MORNING_MS }),
    actor.execute(wrote(BETO)),
  ];
  const failed = { type: "unavailable", reason: "failed", retry_after_s: 1 };
  assert.deepEqual(await Promise.all(answers), [failed, failed]);
  assert.equal(actors.reported_errors.length, 1);
  assert.equal(actors.writer.written.length, 0);
});

Deno.test("ACTOR-4: an exception in a decision ends the actor, and nothing of the turn is stored", async () => {
  const actors = new TestActors();
  await actors.create();
  // Without a rate card the first message of a day throws in the middle of its decision.
  const unpriced = { ...actors.dependencies, rates: { current: () => new Map() } };
  const actor = new CompanyActor(ACME, unpriced, actors.limits, () => {});
  const answer = await actor.execute(wrote(BETO));
  assert.deepEqual(answer, { type: "unavailable", reason: "failed", retry_after_s: 1 });
  assert.equal(actors.reported_errors.length, 1);
  assert.equal(actors.writer.written.length, 0);
  assert.deepEqual(await actors.actor().execute(wrote(BETO)), DONE);
});

Deno.test("ACTOR-5: past the bound a command is rejected at once and changes nothing", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor(ACME, { queued_cost_max: 2 });
  const taken = [actor.execute(wrote(ANA)), actor.execute(wrote(BETO))];
  const refused = actor.execute(wrote("5511987650009"));
  assert.deepEqual(await refused, { type: "unavailable", reason: "overloaded", retry_after_s: 1 });
  for (const answer of taken) assert.deepEqual(await answer, DONE);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 2);
});

Deno.test("ACTOR-5: a command that costs more than the bound is accepted when nothing else waits", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor(ACME, { queued_cost_max: 1 });
  const events = [ANA, BETO].map((contact) => wroteEvent(contact, MORNING_MS, `wamid.${contact}`));
  assert.deepEqual(await actor.execute({ type: "record", events, received_at_ms: MORNING_MS }), DONE);
});

Deno.test("ACTOR-6: many contacts are loaded a thousand at a time, so that other companies run in between", async () => {
  const actors = new TestActors({ items_in_memory_max: 10_000 });
  await actors.create();
  const actor = actors.actor();
  const phones = Array.from({ length: 2_500 }, (_, i) => `5511987${600_000 + i}`);
  // The first and the last part know one contact each.
  await actor.execute(wrote(phones[0]!));
  await actor.execute(wrote(phones.at(-1)!));
  const fresh = actors.actor();
  const loads_before = actors.loads;
  const recipients = phones.map((phone) => ({ phone, bsuid: undefined }));
  const quote = await fresh.execute({ type: "quote", recipients, category: undefined });
  assert.equal(actors.loads - loads_before, 3);
  assert.ok(quote.type === "quote");
  assert.equal(quote.windows + quote.already_open, 2_500);
  // All are in memory now, whichever part they were loaded with.
  await fresh.execute({ type: "quote", recipients, category: undefined });
  assert.equal(actors.loads - loads_before, 3);
});

Deno.test("ACTOR-6: a contact is loaded from the store once", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute(wrote(ANA));
  await actor.execute(wrote(ANA, MORNING_MS + MINUTE_MS));
  assert.equal(actors.loads, 1);
  await actor.execute(wrote(BETO));
  assert.equal(actors.loads, 2);
});

Deno.test("ACTOR-7: balances are published in order of their version, each once", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await Promise.all([ANA, BETO, "5511987650003"].map((contact) => actor.execute(wrote(contact))));
  await actor.execute(wrote("5511987650004"));
  const versions = actors.published.map(({ version }) => version);
  assert.deepEqual(versions, [...new Set(versions)].sort((a, b) => a - b));
  assert.equal(actors.published.at(-1)!.consumed, 4);
});

Deno.test("ACTOR-8: a duplicate message is answered without a write", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute(wrote(ANA));
  const statements = actors.writer.written.length;
  for (let i = 0; i < 10; i++) assert.deepEqual(await actor.execute(wrote(ANA)), DONE);
  assert.equal(actors.writer.written.length, statements);
});

Deno.test("turns continue while a statement is in flight, and their changes share the next statement", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute({
    type: "quote",
    recipients: [ANA, BETO].map((phone) => ({ phone, bsuid: undefined })),
    category: undefined,
  });
  actors.writer.pause();
  const answers = [actor.execute(wrote(ANA))];
  await quiesce();
  answers.push(actor.execute(wrote(BETO)));
  await quiesce();
  answers.push(actor.execute(wrote(ANA, MORNING_MS - MINUTE_MS)));
  await quiesce();
  actors.writer.resume();
  await Promise.all(answers);
  assert.equal(actors.writer.written.length, 2);
});

Deno.test("after a restart in the middle of a window the next owner charges nothing again", async () => {
  const actors = new TestActors();
  await actors.create();
  await actors.actor().execute(wrote(ANA));
  const next = actors.actor();
  await next.execute(wrote(ANA, MORNING_MS + MINUTE_MS));
  assert.equal(balanceIn(await next.execute({ type: "read_balance" })).consumed, 1);
});

Deno.test("passivation stores the time of each person's last message, to the second", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute(wrote(ANA));
  await actor.execute(wrote(ANA, MORNING_MS + 7_000));
  await actor.passivate();
  assert.ok(actor.has_ended);
  const answer = await actors.actor().execute({
    type: "read_contact",
    contact: { phone: ANA, bsuid: undefined },
  });
  assert.ok(answer.type === "contact");
  assert.equal(answer.view.meta_service_window_ends_at_ms, MORNING_MS + 7_000 + 24 * 60 * MINUTE_MS);
});

Deno.test("an actor past items_in_memory_max evicts stored rows and continues", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor(ACME, { items_in_memory_max: 3 });
  const contacts = Array.from({ length: 20 }, (_, i) => `55119876500${10 + i}`);
  for (const contact of contacts) assert.deepEqual(await actor.execute(wrote(contact)), DONE);
  for (const contact of contacts) assert.deepEqual(await actor.execute(wrote(contact)), DONE);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 20);
  assert.equal(actors.entries().length, 20);
});

Deno.test("the messages of a person count as items in memory", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor(ACME, { items_in_memory_max: 4 });
  const loads: number[] = [];
  for (let i = 0; i < 5; i++) {
    const events = [statusEvent("sent", `wamid.${i}`, MORNING_MS + i)];
    assert.deepEqual(await actor.execute({ type: "record", events, received_at_ms: MORNING_MS + i }), DONE);
    loads.push(actors.loaded_contacts);
  }
  assert.deepEqual(loads, [1, 1, 1, 1, 2]);
});

Deno.test("commands for a company that does not exist are answered company_not_found", async () => {
  const actors = new TestActors();
  const actor = actors.actor();
  assert.deepEqual(await actor.execute({ type: "read_balance" }), { type: "company_not_found" });
  assert.ok(actor.has_ended);
});

Deno.test("ACTOR-9: each command of a turn makes a version, so two balances of one version are equal", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  await actor.execute({ type: "read_balance" });
  const send = {
    kind: "template",
    category: "utility",
    sent_at_ms: MORNING_MS,
    attribution: undefined,
  } as const;
  const answers = await Promise.all([
    actor.execute({ type: "report_send", send: { ...send, message_id: "1", to: identifiersOf(ANA) } }),
    actor.execute({ type: "report_send", send: { ...send, message_id: "2", to: identifiersOf(BETO) } }),
    actor.execute({ type: "read_balance" }),
  ]);
  assert.equal(actors.writer.written.length, 1);
  const balances = answers.map((answer) =>
    "balance" in answer && [answer.balance.version, answer.balance.consumed]
  );
  assert.deepEqual(balances, [[1, 1], [2, 2], [2, 2]]);
  assert.deepEqual(actors.published.map(({ version, consumed }) => [version, consumed]), [[2, 2]]);
  assert.equal(actors.store.stored(ACME)!.head.version, 2);
});

Deno.test("ACTOR-10: a commit has the traces of the callers whose commands it stores, and of no others", async () => {
  const actors = new TestActors();
  await actors.create();
  let caller: Trace | undefined;
  const commits: (readonly Trace[] | undefined)[] = [];
  const { journal } = actors.dependencies;
  const dependencies = {
    ...actors.dependencies,
    currentTrace: () => caller,
    journal: {
      commit: (change: Change, traces?: readonly Trace[]) => (commits.push(traces), journal.commit(change)),
    },
  };
  const actor = new CompanyActor(ACME, dependencies, actors.limits, () => {});
  const executeBy = (trace: Trace | undefined, contact: string) => {
    caller = trace;
    return actor.execute(wrote(contact));
  };
  const [ana, beto, carla] = [{ caller: "Ana's" }, { caller: "Beto's" }, { caller: "Carla's" }];
  await Promise.all([executeBy(ana, ANA), executeBy(undefined, CARLA), executeBy(beto, BETO)]);
  await executeBy(carla, "5511987650009");
  assert.deepEqual(commits, [[ana, beto], [carla]]);
});
