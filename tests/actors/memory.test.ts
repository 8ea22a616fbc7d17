import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { MINUTE_MS } from "../../src/time/units.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { ANA, BETO } from "../support/fixtures.ts";
import { isSettled, quiesce } from "../support/quiesce.ts";

const DONE = { type: "done" } as const;
const [ONE, TWO] = ["one", "two"] as CompanyId[] as [CompanyId, CompanyId];
const phoneOf = (i: number) => `5511987${(600_000 + i)}`;

Deno.test("a flood of new people in many companies stays within total_items_in_memory_max, without a job", async () => {
  const actors = new TestActors({ total_items_in_memory_max: 40 });
  const system = actors.createSystem();
  const companies = Array.from({ length: 10 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await actors.create(company);
  for (let i = 0; i < 500; i++) {
    assert.deepEqual(await system.execute(companies[i % 10]!, wrote(phoneOf(i))), DONE);
    await quiesce();
    assert.ok(system.items_in_memory <= 40, `${system.items_in_memory} items after ${i + 1} people`);
  }
  assert.ok(system.items_in_memory > 0, "nothing is kept in memory");
  for (const company of companies) {
    assert.equal(balanceIn(await system.execute(company, { type: "read_balance" })).consumed, 50);
  }
  await system.stop();
  assert.equal(system.items_in_memory, 0);
});

Deno.test("a company that is never idle evicts between two turns when memory is full, and answers every command", async () => {
  const actors = new TestActors({ total_items_in_memory_max: 20 });
  await actors.create();
  const system = actors.createSystem();
  let pending: Promise<unknown> = Promise.resolve();
  let largest = 0;
  for (let i = 0; i < 200; i++) {
    // The next command is sent before the last one is answered.
    const answer = system.execute(ACME, wrote(phoneOf(i)));
    assert.deepEqual(await pending, i === 0 ? undefined : DONE);
    pending = answer;
    largest = Math.max(largest, system.items_in_memory);
  }
  await pending;
  assert.ok(largest <= 24, `${largest} items in memory`);
  assert.equal(balanceIn(await system.execute(ACME, { type: "read_balance" })).consumed, 200);
  await system.stop();
});

Deno.test("what is evicted is stored first: the time of a last message survives", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  await system.execute(ACME, wrote(ANA));
  await system.execute(ACME, wrote(ANA, MORNING_MS + 7_000));
  await system.relieve();
  assert.equal(system.items_in_memory, 0);
  const read = { type: "read_contact", contact: { phone: ANA, bsuid: undefined } } as const;
  const answer = await system.execute(ACME, read);
  assert.ok(answer.type === "contact");
  assert.equal(answer.view.meta_service_window_ends_at_ms, MORNING_MS + 7_000 + 24 * 60 * MINUTE_MS);
  await system.stop();
});

Deno.test("under memory pressure the companies idle longest are passivated until half of the items is left", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  for (const company of [ONE, TWO]) {
    await actors.create(company);
    for (const contact of [ANA, BETO]) await system.execute(company, wrote(contact));
  }
  const items = system.items_in_memory;
  await system.relieve();
  assert.deepEqual([system.active, system.items_in_memory], [1, items / 2]);
  await system.execute(TWO, wrote(ANA));
  assert.equal(actors.store.stored(TWO)!.head.epoch, 1);
  await system.stop();
});

Deno.test("a busy company evicts once its change is committed, and its caller gets the answer", async () => {
  const { actors, system, waiting, relieved } = await relieveBusyCompany();
  assert.equal(await isSettled(relieved), false);
  actors.writer.resume();
  assert.deepEqual(await waiting, DONE);
  await relieved;
  assert.deepEqual([system.active, system.items_in_memory], [1, 0]);
  await system.stop();
});

Deno.test("a company that fails while it should evict ends, and memory is freed", async () => {
  const { actors, system, waiting, relieved } = await relieveBusyCompany();
  actors.writer.script.push("lose_reply");
  actors.writer.resume();
  assert.equal((await waiting).type, "unavailable");
  await relieved;
  assert.deepEqual([system.active, system.items_in_memory], [0, 0]);
  assert.deepEqual(await system.execute(ACME, wrote(BETO)), DONE);
  await system.stop();
});

Deno.test("messages of one person that give a phone alone count as items", async () => {
  const actors = new TestActors({ total_items_in_memory_max: 10 });
  await actors.create();
  const system = actors.createSystem();
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(await system.execute(ACME, wrote(ANA, MORNING_MS + i * 1_000)), DONE);
    await quiesce();
    assert.ok(system.items_in_memory <= 10, `${system.items_in_memory} items after ${i + 1} messages`);
  }
  assert.equal(balanceIn(await system.execute(ACME, { type: "read_balance" })).consumed, 1);
  await system.stop();
});

/** Frees memory while a company waits for the commit of its second message. */
async function relieveBusyCompany() {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  await system.execute(ACME, wrote(ANA));
  actors.writer.pause();
  const waiting = system.execute(ACME, wrote(BETO));
  await quiesce();
  const relieved = system.relieve();
  return { actors, system, waiting, relieved };
}
