import assert from "node:assert/strict";
import { Scheduler } from "../../actors/scheduler.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { isSettled, quiesce } from "../support/quiesce.ts";
import { ANA, BETO, CARLA } from "../support/fixtures.ts";
import { DAY_MS } from "../../src/time/units.ts";

Deno.test("the first command activates a company, once however many arrive together", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  await Promise.all([ANA, BETO, ANA].map((contact) => system.execute(ACME, wrote(contact))));
  assert.equal(system.active, 1);
  assert.equal(actors.store.stored(ACME)!.head.epoch, 1);
  await system.stop();
  assert.equal(system.active, 0);
});

Deno.test("after a failed write the next command activates the company again with the committed state", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  await system.execute(ACME, wrote(ANA));
  actors.writer.script.push("lose_reply");
  assert.equal((await system.execute(ACME, wrote(BETO))).type, "unavailable");
  assert.deepEqual(await system.execute(ACME, wrote(BETO)), { type: "done" });
  assert.equal(balanceIn(await system.execute(ACME, { type: "read_balance" })).consumed, 2);
  await system.stop();
});

Deno.test("every command that waits for an activation slot is answered, also when its company is active by then", async () => {
  const actors = new TestActors({ activating_max: 1 });
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) await actors.create(company);
  const system = actors.createSystem();
  const answers = [...companies, ...companies, ...companies].map((company) =>
    system.execute(company, wrote(ANA))
  );
  assert.deepEqual(await Promise.all(answers), answers.map(() => ({ type: "done" })));
  await system.stop();
});

Deno.test("idle companies are passivated and the others stay active", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  for (const company of ["one", "two"] as CompanyId[]) await actors.create(company);
  await system.execute("one" as CompanyId, wrote(ANA));
  actors.clock.at_ms += 59_000;
  await system.execute("two" as CompanyId, wrote(ANA));
  actors.clock.at_ms += 2_000;
  await system.passivateIdle();
  assert.equal(system.active, 1);
  await system.stop();
});

Deno.test("past active_max the company that is idle longest is passivated", async () => {
  const actors = new TestActors({ active_max: 2 });
  const system = actors.createSystem();
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) {
    await actors.create(company);
    actors.clock.at_ms += 1;
    await system.execute(company, { type: "read_balance" });
  }
  await system.passivateIdle();
  assert.equal(system.active, 2);
  await system.execute("one" as CompanyId, { type: "read_balance" });
  assert.equal(actors.store.stored("one" as CompanyId)!.head.epoch, 2);
  assert.equal(actors.store.stored("three" as CompanyId)!.head.epoch, 1);
  await system.stop();
});

Deno.test("a company that gets another command is no longer the one idle longest", async () => {
  const actors = new TestActors({ active_max: 2 });
  const system = actors.createSystem();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await actors.create(company);
  for (const company of [one!, two!, one!, three!]) await system.execute(company, { type: "read_balance" });
  await quiesce();
  assert.equal(system.active, 2);
  await system.execute(one!, { type: "read_balance" });
  assert.equal(actors.store.stored(one!)!.head.epoch, 1);
  await system.execute(two!, { type: "read_balance" });
  assert.equal(actors.store.stored(two!)!.head.epoch, 2);
  await system.stop();
});

Deno.test("past total_items_in_memory_max the companies idle longest are passivated, and no more than needed", async () => {
  // Each contact counts twice: a message that gives a phone alone is kept with its sender.
  const actors = new TestActors({ total_items_in_memory_max: 8 });
  const system = actors.createSystem();
  for (const company of ["one", "two", "three"] as CompanyId[]) {
    await actors.create(company);
    for (const contact of [ANA, BETO]) await system.execute(company, wrote(contact));
  }
  assert.equal(system.active, 2);
  await system.execute("three" as CompanyId, wrote(ANA));
  await system.execute("one" as CompanyId, wrote(ANA));
  const epochOf = (company: string) => actors.store.stored(company as CompanyId)!.head.epoch;
  assert.deepEqual(["one", "two", "three"].map(epochOf), [2, 1, 1]);
  await system.stop();
});

Deno.test("past cost_in_flight_max a command is rejected at once and changes nothing", async () => {
  const actors = new TestActors({ cost_in_flight_max: 3 });
  const system = actors.createSystem();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await actors.create(company);
  actors.writer.pause();
  const taken = [
    system.execute(one!, wrote(ANA)),
    system.execute(one!, wrote(BETO)),
    system.execute(two!, wrote(ANA)),
  ];
  assert.equal(system.cost_in_flight, 3);
  const refused = { type: "unavailable", reason: "overloaded", retry_after_s: 1 } as const;
  assert.deepEqual(await system.execute(three!, wrote(ANA)), refused);
  assert.deepEqual(await system.execute(two!, { type: "read_balance" }), refused);
  actors.writer.resume();
  for (const answer of await Promise.all(taken)) assert.deepEqual(answer, { type: "done" });
  assert.equal(system.cost_in_flight, 0);
  assert.equal(actors.store.stored(three!)!.head.epoch, 0);
  assert.deepEqual(await system.execute(three!, wrote(ANA)), { type: "done" });
  await system.stop();
});

Deno.test("a command that costs more than cost_in_flight_max is accepted when nothing else is in flight", async () => {
  const actors = new TestActors({ cost_in_flight_max: 2 });
  await actors.create();
  const system = actors.createSystem();
  const recipients = [ANA, BETO, CARLA].map((phone) => ({ phone, bsuid: undefined }));
  const quote = { type: "quote", recipients, category: undefined } as const;
  actors.writer.pause();
  const first = system.execute(ACME, wrote(ANA));
  assert.equal((await system.execute(ACME, quote)).type, "unavailable");
  actors.writer.resume();
  await first;
  assert.equal((await system.execute(ACME, quote)).type, "quote");
  await system.stop();
});

Deno.test("companies past activating_max wait and are activated later", async () => {
  const actors = new TestActors({ activating_max: 1 });
  const system = actors.createSystem();
  const companies = Array.from({ length: 10 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await actors.create(company);
  const answers = await Promise.all(companies.map((company) => system.execute(company, wrote(ANA))));
  assert.deepEqual(answers, companies.map(() => ({ type: "done" })));
  await system.stop();
});

Deno.test("waiting companies are activated in the order of their commands", async () => {
  const actors = new TestActors({ activating_max: 2 });
  const system = actors.createSystem();
  const companies = Array.from({ length: 40 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await actors.create(company);
  const activated: CompanyId[] = [];
  const activate = actors.store.activate.bind(actors.store);
  actors.store.activate = (company) => (activated.push(company), activate(company));
  const answers = [...companies, ...companies].map((company) => system.execute(company, wrote(ANA)));
  await Promise.all(answers);
  assert.deepEqual(activated, companies);
  await system.stop();
});

Deno.test("stop answers accepted commands and rejects new ones", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  await system.execute(ACME, { type: "read_balance" });
  actors.writer.pause();
  const taken = system.execute(ACME, wrote(ANA));
  const stopped = system.stop();
  assert.equal((await system.execute(ACME, wrote(BETO))).type, "unavailable");
  actors.writer.resume();
  assert.deepEqual(await taken, { type: "done" });
  await stopped;
  assert.equal(actors.entries().length, 1);
});

Deno.test("the scheduler closes the day of every due company and of no other", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  // More than the scheduler lists at once.
  const companies = Array.from({ length: 25 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await actors.create(company);
  await actors.create("tokyo" as CompanyId, "Asia/Tokyo");
  await actors.create("los-angeles" as CompanyId, "America/Los_Angeles");
  // 00:30 in São Paulo the next day; in Tokyo it was midnight twelve hours before, in Los Angeles it is evening.
  actors.clock.at_ms = MORNING_MS + 15.5 * 60 * 60_000;
  const scheduler = new Scheduler(actors.clock, actors.store, system, 2);
  assert.deepEqual(await scheduler.runDue(), { closed: 26, failed: 0 });
  const closedThrough = (company: string) => actors.store.stored(company as CompanyId)!.head.closed_through;
  for (const company of [...companies, "tokyo"]) assert.equal(closedThrough(company), "2026-11-23");
  assert.equal(closedThrough("los-angeles"), "2026-11-22");
  assert.deepEqual(await scheduler.runDue(), { closed: 0, failed: 0 });
  await system.stop();
});

Deno.test("the scheduler closes no day while the time is uncertain, also when it becomes so during a run", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  for (const company of ["one", "two", "three"] as CompanyId[]) await actors.create(company);
  actors.clock.at_ms += DAY_MS;
  actors.clock.is_certain = false;
  const scheduler = new Scheduler(actors.clock, actors.store, system, 1);
  assert.deepEqual(await scheduler.runDue(), { closed: 0, failed: 0 });
  actors.clock.is_certain = true;
  const running = scheduler.runDue();
  actors.clock.is_certain = false;
  await running;
  const closed = () => actors.store.storedCompanies().map(({ closed_days }) => closed_days.size);
  assert.deepEqual(closed(), [0, 0, 0]);
  actors.clock.is_certain = true;
  await scheduler.runDue();
  assert.deepEqual(closed(), [1, 1, 1]);
  await system.stop();
});

Deno.test("after three days of downtime each day is closed by itself, in order", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  actors.clock.at_ms += 3 * DAY_MS;
  await new Scheduler(actors.clock, actors.store, system, 10).runDue();
  assert.deepEqual([...actors.store.stored(ACME)!.closed_days.keys()], [
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
  ]);
  await system.stop();
});

Deno.test("a company that fails to close delays no other, and the scheduler does not retry it in the same run", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  for (const company of ["one", "two", "three"] as CompanyId[]) await actors.create(company);
  actors.clock.at_ms += DAY_MS;
  actors.writer.script.push("refuse");
  const scheduler = new Scheduler(actors.clock, actors.store, system, 1);
  assert.deepEqual(await scheduler.runDue(), { closed: 2, failed: 1 });
  assert.deepEqual(await scheduler.runDue(), { closed: 1, failed: 0 });
  await system.stop();
});

Deno.test("concurrent runs follow each other and close each day once", async () => {
  const actors = new TestActors();
  await actors.create();
  const system = actors.createSystem();
  actors.clock.at_ms += DAY_MS;
  const scheduler = new Scheduler(actors.clock, actors.store, system, 10);
  const [first, second] = [scheduler.runDue(), scheduler.runDue()];
  assert.equal(await isSettled(first), true);
  assert.deepEqual([await first, await second], [{ closed: 1, failed: 0 }, { closed: 0, failed: 0 }]);
  assert.equal(actors.store.stored(ACME)!.closed_days.size, 1);
  await system.stop();
});

Deno.test("a repeated message is not answered from memory while the store is unconfirmed", async () => {
  const actors = new TestActors();
  await actors.create();
  let confirming: PromiseWithResolvers<void> | undefined;
  const system = actors.createSystem({ confirmStore: () => confirming?.promise });
  await system.execute(ACME, wrote(ANA));
  confirming = Promise.withResolvers();
  const repeated = system.execute(ACME, wrote(ANA));
  await quiesce();
  assert.equal(await isSettled(repeated), false);
  confirming.resolve();
  assert.deepEqual(await repeated, { type: "done" });
  confirming = Promise.withResolvers();
  const unanswered = system.execute(ACME, wrote(ANA));
  confirming.reject(new Error("unreachable"));
  assert.equal((await unanswered).type, "unavailable");
  assert.equal(system.cost_in_flight, 0);
  confirming = undefined;
  await system.stop();
});

Deno.test("discarded actors write nothing, answer their commands unavailable, and start again from the store", async () => {
  const actors = new TestActors();
  const [one, two] = ["one", "two"] as CompanyId[];
  for (const company of [one!, two!]) await actors.create(company);
  const system = actors.createSystem();
  await system.execute(one!, wrote(ANA));
  const writes = actors.writer.written.length;
  actors.writer.pause();
  const waiting = system.execute(one!, wrote(BETO));
  await quiesce();
  const activating = system.execute(two!, wrote(ANA));
  system.discardAll();
  assert.equal(system.active, 0);
  assert.deepEqual([(await waiting).type, (await activating).type], ["unavailable", "unavailable"]);
  actors.writer.resume();
  await quiesce();
  const later = actors.writer.written.slice(writes).flat().filter(({ company }) => company === two);
  assert.deepEqual(later, [], "an actor that was discarded while it activated writes nothing");
  assert.deepEqual(await system.execute(one!, wrote(BETO)), { type: "done" });
  assert.equal(balanceIn(await system.execute(one!, { type: "read_balance" })).consumed, 2);
  await system.stop();
});

Deno.test("idle actors are compared with the store: one taken over is discarded, one ahead of the store is named", async () => {
  const actors = new TestActors();
  const system = actors.createSystem();
  const companies = ["same", "taken", "earlier", "absent", "busy"] as CompanyId[];
  for (const company of companies) {
    await actors.create(company);
    await system.execute(company, wrote(ANA));
  }
  const heads = new Map(companies.map((company) => {
    const { epoch, version } = actors.store.stored(company)!.head;
    return [company, { epoch, version }];
  }));
  const [, taken, earlier, absent, busy] = companies as [
    CompanyId,
    CompanyId,
    CompanyId,
    CompanyId,
    CompanyId,
  ];
  assert.deepEqual(await system.compareWithStore(() => Promise.resolve(heads)), []);
  heads.set(taken, { epoch: 2, version: 5 });
  heads.set(earlier, { epoch: 1, version: 0 });
  heads.delete(absent);
  const differing = await system.compareWithStore(async () => {
    // It has a later version than the one that was read: that is no difference.
    await system.execute(busy, wrote(BETO));
    return heads;
  });
  assert.deepEqual(differing, [earlier, absent]);
  assert.equal(system.active, companies.length - 1);
  await system.stop();
});

Deno.test("ACTOR-11: a company whose lease has ended when its rows are read is given up, and nothing is written", async () => {
  const actors = new TestActors();
  await actors.create();
  let is_leased = true;
  const system = actors.createSystem({
    mayActivate: () => is_leased,
    store: {
      ...actors.dependencies.store,
      activate: async (company, at_ms) => {
        const rows = await actors.store.activate(company, at_ms);
        is_leased = false;
        return rows;
      },
    },
  });
  const answer = await system.execute(ACME, wrote(ANA));
  assert.deepEqual(answer, { type: "unavailable", reason: "taken_over", retry_after_s: 1 });
  assert.deepEqual(actors.writer.written, []);
  assert.equal(system.active, 0);
});
