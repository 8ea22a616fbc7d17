import assert from "node:assert/strict";
import { CompanyActor } from "../../actors/company_actor.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { isSettled, quiesce } from "../support/quiesce.ts";
import { ANA, BETO, identifiersOf, statusEvent, wroteEvent } from "../support/fixtures.ts";

const DONE = { type: "done" };
const MINUTE_MS = 60_000;

Deno.test("A1: commands are decided one at a time, in the order they came", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  const before = actor.execute({ type: "read_balance" });
  const writing = actor.execute(wrote(ANA));
  const after = actor.execute({ type: "read_balance" });
  assert.equal(balanceIn(await before).consumed, 0);
  assert.deepEqual(await writing, DONE);
  assert.equal(balanceIn(await after).consumed, 1);
});

Deno.test("A2: a command finds the company brought up to now, however long nobody asked", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute(wrote(ANA));
  house.clock.at_ms += 3 * 24 * 60 * MINUTE_MS;
  const balance = balanceIn(await actor.execute({ type: "read_balance" }));
  assert.equal(balance.closed_through, "2026-11-25");
  assert.equal(balance.open_inbound, 0);
});

Deno.test("A3: no answer leaves before what it rests on is committed", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute({ type: "read_balance" });
  house.writer.pause();
  const writing = actor.execute(wrote(ANA));
  await quiesce();
  // The message again, and a look at the balance: neither writes, and both rest on the first.
  const again = actor.execute(wrote(ANA));
  const looking = actor.execute({ type: "read_balance" });
  for (const waiting of [writing, again, looking]) assert.equal(await isSettled(waiting), false);
  assert.deepEqual(house.published, []);
  house.writer.resume();
  assert.deepEqual(await writing, DONE);
  assert.deepEqual(await again, DONE);
  assert.equal(balanceIn(await looking).consumed, 1);
  assert.deepEqual(house.published.map(({ consumed }) => consumed), [1]);
});

for (const fate of ["refuse", "lose_reply"] as const) {
  Deno.test(`A4: when a write ends in "${fate}", whoever waits is told to try again, and nothing is counted twice`, async () => {
    const house = new TestActors();
    await house.create();
    const actor = house.actor();
    await actor.execute({ type: "read_balance" });
    house.writer.script.push(fate);
    house.writer.pause();
    const first = actor.execute(wrote(ANA));
    await quiesce();
    const second = actor.execute(wrote(BETO));
    house.writer.resume();
    for (const answer of [await first, await second]) {
      assert.deepEqual(answer, { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 });
    }
    assert.ok(actor.has_ended);
    assert.equal((await actor.execute(wrote(ANA))).type, "unavailable");
    const next = house.actor();
    assert.deepEqual(await next.execute(wrote(ANA)), DONE);
    assert.deepEqual(await next.execute(wrote(BETO)), DONE);
    assert.equal(balanceIn(await next.execute({ type: "read_balance" })).consumed, 2);
    assert.deepEqual(house.entries().map(({ credits }) => credits), [-1, -1]);
  });
}

Deno.test("A4: an owner that was shut out writes nothing more, and says so", async () => {
  const house = new TestActors();
  await house.create();
  const first = house.actor();
  await first.execute(wrote(ANA));
  const second = house.actor();
  await second.execute({ type: "read_balance" });
  assert.deepEqual(await first.execute(wrote(BETO)), {
    type: "unavailable",
    reason: "taken_over",
    retry_after_s: 1,
  });
  assert.deepEqual(await second.execute(wrote(BETO)), DONE);
  assert.equal(house.entries().length, 2);
});

Deno.test("A4: a bug in a decision ends the actor, and nothing of what was half decided is kept", async () => {
  const house = new TestActors();
  await house.create();
  // Without a rate card nothing can be priced, which the first message of a day finds out half way.
  const unpriced = { ...house.dependencies, rates: { current: () => new Map() } };
  const actor = new CompanyActor(ACME, unpriced, house.limits, () => {});
  const answer = await actor.execute(wrote(BETO));
  assert.deepEqual(answer, { type: "unavailable", reason: "failed", retry_after_s: 1 });
  assert.equal(house.reported_errors.length, 1);
  assert.equal(house.writer.written.length, 0);
  assert.deepEqual(await house.actor().execute(wrote(BETO)), DONE);
});

Deno.test("A5: past the bound a command is refused at once and changes nothing", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor(ACME, { queued_cost_max: 2 });
  const taken = [actor.execute(wrote(ANA)), actor.execute(wrote(BETO))];
  const refused = actor.execute(wrote("5511987650009"));
  assert.deepEqual(await refused, { type: "unavailable", reason: "overloaded", retry_after_s: 1 });
  for (const answer of taken) assert.deepEqual(await answer, DONE);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 2);
});

Deno.test("A5: a command heavier than the bound is taken when nothing else waits", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor(ACME, { queued_cost_max: 1 });
  const events = [ANA, BETO].map((contact) => wroteEvent(contact, MORNING_MS, `wamid.${contact}`));
  assert.deepEqual(await actor.execute({ type: "record", events, received_at_ms: MORNING_MS }), DONE);
});

Deno.test("A6: the store is asked once for a contact, and not again", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute(wrote(ANA));
  await actor.execute(wrote(ANA, MORNING_MS + MINUTE_MS));
  assert.equal(house.loads, 1);
  await actor.execute(wrote(BETO));
  assert.equal(house.loads, 2);
});

Deno.test("A7: balances are published in order of their version, each once", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await Promise.all([ANA, BETO, "5511987650003"].map((contact) => actor.execute(wrote(contact))));
  await actor.execute(wrote("5511987650004"));
  const versions = house.published.map(({ version }) => version);
  assert.deepEqual(versions, [...new Set(versions)].sort((a, b) => a - b));
  assert.equal(house.published.at(-1)!.consumed, 4);
});

Deno.test("A8: what adds nothing is answered without a write", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute(wrote(ANA));
  const statements = house.writer.written.length;
  for (let i = 0; i < 10; i++) assert.deepEqual(await actor.execute(wrote(ANA)), DONE);
  assert.equal(house.writer.written.length, statements);
});

Deno.test("turns go on while a statement is in flight, and their changes share the next one", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute({
    type: "quote",
    recipients: [ANA, BETO].map((phone) => ({ phone, bsuid: undefined })),
    category: undefined,
  });
  house.writer.pause();
  const asked = [actor.execute(wrote(ANA))];
  await quiesce();
  asked.push(actor.execute(wrote(BETO)));
  await quiesce();
  asked.push(actor.execute(wrote(ANA, MORNING_MS - MINUTE_MS)));
  await quiesce();
  house.writer.resume();
  await Promise.all(asked);
  assert.equal(house.writer.written.length, 2);
});

Deno.test("a restart in the middle changes nothing: the next owner knows what the last one did", async () => {
  const house = new TestActors();
  await house.create();
  await house.actor().execute(wrote(ANA));
  const next = house.actor();
  await next.execute(wrote(ANA, MORNING_MS + MINUTE_MS));
  assert.equal(balanceIn(await next.execute({ type: "read_balance" })).consumed, 1);
});

Deno.test("passivation stores when people last wrote, to the second", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
  await actor.execute(wrote(ANA));
  await actor.execute(wrote(ANA, MORNING_MS + 7_000));
  await actor.passivate();
  assert.ok(actor.has_ended);
  const answer = await house.actor().execute({
    type: "read_contact",
    contact: { phone: ANA, bsuid: undefined },
  });
  assert.ok(answer.type === "contact");
  assert.equal(answer.view.meta_service_window_ends_at_ms, MORNING_MS + 7_000 + 24 * 60 * MINUTE_MS);
});

Deno.test("an actor that holds too much forgets what the store has, and goes on", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor(ACME, { items_in_memory_max: 3 });
  const contacts = Array.from({ length: 20 }, (_, i) => `55119876500${10 + i}`);
  for (const contact of contacts) assert.deepEqual(await actor.execute(wrote(contact)), DONE);
  for (const contact of contacts) assert.deepEqual(await actor.execute(wrote(contact)), DONE);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 20);
  assert.equal(house.entries().length, 20);
});

Deno.test("a person is held with their messages, which count as well", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor(ACME, { items_in_memory_max: 4 });
  const loads: number[] = [];
  for (let i = 0; i < 5; i++) {
    const events = [statusEvent("sent", `wamid.${i}`, MORNING_MS + i)];
    assert.deepEqual(await actor.execute({ type: "record", events, received_at_ms: MORNING_MS + i }), DONE);
    loads.push(house.loads);
  }
  assert.deepEqual(loads, [1, 1, 1, 1, 2]);
});

Deno.test("a company that does not exist is answered as such, also to whoever waited", async () => {
  const house = new TestActors();
  const actor = house.actor();
  assert.deepEqual(await actor.execute({ type: "read_balance" }), { type: "no_company" });
  assert.ok(actor.has_ended);
});

Deno.test("A9: commands of one turn make a version each, so that no two balances of one version differ", async () => {
  const house = new TestActors();
  await house.create();
  const actor = house.actor();
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
  assert.equal(house.writer.written.length, 1);
  const shown = answers.map((answer) =>
    "balance" in answer && [answer.balance.version, answer.balance.consumed]
  );
  assert.deepEqual(shown, [[1, 1], [2, 2], [2, 2]]);
  assert.deepEqual(house.published.map(({ version, consumed }) => [version, consumed]), [[2, 2]]);
  assert.equal(house.store.stored(ACME)!.head.version, 2);
});
