import assert from "node:assert/strict";
import { Scheduler } from "../../actors/scheduler.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { isSettled, quiesce } from "../support/quiesce.ts";
import { ANA, BETO, CARLA } from "../support/fixtures.ts";
import { DAY_MS } from "../../src/time/units.ts";

Deno.test("a company is woken by its first command, and awake once however many ask at once", async () => {
  const house = new TestActors();
  await house.create();
  const roster = house.createSystem();
  await Promise.all([ANA, BETO, ANA].map((contact) => roster.execute(ACME, wrote(contact))));
  assert.equal(roster.active, 1);
  assert.equal(house.store.stored(ACME)!.head.epoch, 1);
  await roster.stop();
  assert.equal(roster.active, 0);
});

Deno.test("after a failed write the next command finds the company awake again, with what was committed", async () => {
  const house = new TestActors();
  await house.create();
  const roster = house.createSystem();
  await roster.execute(ACME, wrote(ANA));
  house.writer.script.push("lose_reply");
  assert.equal((await roster.execute(ACME, wrote(BETO))).type, "unavailable");
  assert.deepEqual(await roster.execute(ACME, wrote(BETO)), { type: "done" });
  assert.equal(balanceIn(await roster.execute(ACME, { type: "read_balance" })).consumed, 2);
  await roster.stop();
});

Deno.test("everybody who waits for a place to wake up in gets one, also when their company is awake by then", async () => {
  const house = new TestActors({ activating_max: 1 });
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) await house.create(company);
  const roster = house.createSystem();
  const asked = [...companies, ...companies, ...companies].map((company) =>
    roster.execute(company, wrote(ANA))
  );
  assert.deepEqual(await Promise.all(asked), asked.map(() => ({ type: "done" })));
  await roster.stop();
});

Deno.test("companies that nobody asks are put to rest, the others stay awake", async () => {
  const house = new TestActors();
  const roster = house.createSystem();
  for (const company of ["one", "two"] as CompanyId[]) await house.create(company);
  await roster.execute("one" as CompanyId, wrote(ANA));
  house.clock.at_ms += 59_000;
  await roster.execute("two" as CompanyId, wrote(ANA));
  house.clock.at_ms += 2_000;
  await roster.passivateIdle();
  assert.equal(roster.active, 1);
  await roster.stop();
});

Deno.test("past the bound of awake companies the one longest idle is put to rest", async () => {
  const house = new TestActors({ active_max: 2 });
  const roster = house.createSystem();
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) {
    await house.create(company);
    house.clock.at_ms += 1;
    await roster.execute(company, { type: "read_balance" });
  }
  await roster.passivateIdle();
  assert.equal(roster.active, 2);
  await roster.execute("one" as CompanyId, { type: "read_balance" });
  assert.equal(house.store.stored("one" as CompanyId)!.head.epoch, 2);
  assert.equal(house.store.stored("three" as CompanyId)!.head.epoch, 1);
  await roster.stop();
});

Deno.test("a company that is asked again is no longer the one longest idle", async () => {
  const house = new TestActors({ active_max: 2 });
  const roster = house.createSystem();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await house.create(company);
  for (const company of [one!, two!, one!, three!]) await roster.execute(company, { type: "read_balance" });
  await quiesce();
  assert.equal(roster.active, 2);
  await roster.execute(one!, { type: "read_balance" });
  assert.equal(house.store.stored(one!)!.head.epoch, 1);
  await roster.execute(two!, { type: "read_balance" });
  assert.equal(house.store.stored(two!)!.head.epoch, 2);
  await roster.stop();
});

Deno.test("past what all may hold in memory the longest idle are put to rest, and no more of them", async () => {
  const house = new TestActors({ total_items_in_memory_max: 4 });
  const roster = house.createSystem();
  for (const company of ["one", "two", "three"] as CompanyId[]) {
    await house.create(company);
    for (const contact of [ANA, BETO]) await roster.execute(company, wrote(contact));
  }
  await roster.passivateIdle();
  assert.equal(roster.active, 2);
  await roster.execute("three" as CompanyId, wrote(ANA));
  await roster.execute("one" as CompanyId, wrote(ANA));
  const epochOf = (company: string) => house.store.stored(company as CompanyId)!.head.epoch;
  assert.deepEqual(["one", "two", "three"].map(epochOf), [2, 1, 1]);
  await roster.stop();
});

Deno.test("past what may be under way in all companies a command is refused at once, and changes nothing", async () => {
  const house = new TestActors({ cost_in_flight_max: 3 });
  const roster = house.createSystem();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await house.create(company);
  house.writer.pause();
  const taken = [
    roster.execute(one!, wrote(ANA)),
    roster.execute(one!, wrote(BETO)),
    roster.execute(two!, wrote(ANA)),
  ];
  assert.equal(roster.cost_in_flight, 3);
  const refused = { type: "unavailable", reason: "overloaded", retry_after_s: 1 } as const;
  assert.deepEqual(await roster.execute(three!, wrote(ANA)), refused);
  assert.deepEqual(await roster.execute(two!, { type: "read_balance" }), refused);
  house.writer.resume();
  for (const answer of await Promise.all(taken)) assert.deepEqual(answer, { type: "done" });
  assert.equal(roster.cost_in_flight, 0);
  assert.equal(house.store.stored(three!)!.head.epoch, 0);
  assert.deepEqual(await roster.execute(three!, wrote(ANA)), { type: "done" });
  await roster.stop();
});

Deno.test("a command heavier than what all may have under way is taken when nothing else is", async () => {
  const house = new TestActors({ cost_in_flight_max: 2 });
  await house.create();
  const roster = house.createSystem();
  const recipients = [ANA, BETO, CARLA].map((phone) => ({ phone, bsuid: undefined }));
  const quote = { type: "quote", recipients, category: undefined } as const;
  house.writer.pause();
  const first = roster.execute(ACME, wrote(ANA));
  assert.equal((await roster.execute(ACME, quote)).type, "unavailable");
  house.writer.resume();
  await first;
  assert.equal((await roster.execute(ACME, quote)).type, "quote");
  await roster.stop();
});

Deno.test("only so many companies are woken at once; whoever waits in line is woken after", async () => {
  const house = new TestActors({ activating_max: 1 });
  const roster = house.createSystem();
  const companies = Array.from({ length: 10 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  const answers = await Promise.all(companies.map((company) => roster.execute(company, wrote(ANA))));
  assert.deepEqual(answers, companies.map(() => ({ type: "done" })));
  await roster.stop();
});

Deno.test("who waits in line is woken in the order they came, however many do", async () => {
  const house = new TestActors({ activating_max: 2 });
  const roster = house.createSystem();
  const companies = Array.from({ length: 40 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  const woken: CompanyId[] = [];
  const activate = house.store.activate.bind(house.store);
  house.store.activate = (company) => (woken.push(company), activate(company));
  const asked = [...companies, ...companies].map((company) => roster.execute(company, wrote(ANA)));
  await Promise.all(asked);
  assert.deepEqual(woken, companies);
  await roster.stop();
});

Deno.test("stopping answers what was taken and takes nothing more", async () => {
  const house = new TestActors();
  await house.create();
  const roster = house.createSystem();
  await roster.execute(ACME, { type: "read_balance" });
  house.writer.pause();
  const taken = roster.execute(ACME, wrote(ANA));
  const stopped = roster.stop();
  assert.equal((await roster.execute(ACME, wrote(BETO))).type, "unavailable");
  house.writer.resume();
  assert.deepEqual(await taken, { type: "done" });
  await stopped;
  assert.equal(house.entries().length, 1);
});

Deno.test("the sweep closes the day of every company that is due, and of no other", async () => {
  const house = new TestActors();
  const roster = house.createSystem();
  // More than are listed at once.
  const companies = Array.from({ length: 25 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  await house.create("tokyo" as CompanyId, "Asia/Tokyo");
  await house.create("los-angeles" as CompanyId, "America/Los_Angeles");
  // 00:30 in São Paulo the next day; in Tokyo it was midnight twelve hours before, in Los Angeles it is evening.
  house.clock.at_ms = MORNING_MS + 15.5 * 60 * 60_000;
  const sweep = new Scheduler(house.clock, house.store, roster, 2);
  assert.deepEqual(await sweep.runDue(), { closed: 26, failed: 0 });
  const closedThrough = (company: string) => house.store.stored(company as CompanyId)!.head.closed_through;
  for (const company of [...companies, "tokyo"]) assert.equal(closedThrough(company), "2026-11-23");
  assert.equal(closedThrough("los-angeles"), "2026-11-22");
  assert.deepEqual(await sweep.runDue(), { closed: 0, failed: 0 });
  await roster.stop();
});

Deno.test("three days of downtime are caught up in order, each day closed by itself", async () => {
  const house = new TestActors();
  await house.create();
  const roster = house.createSystem();
  house.clock.at_ms += 3 * DAY_MS;
  await new Scheduler(house.clock, house.store, roster, 10).runDue();
  assert.deepEqual([...house.store.stored(ACME)!.closed_days.keys()], [
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
  ]);
  await roster.stop();
});

Deno.test("a company that cannot be closed now does not keep the sweep from the others, nor spinning", async () => {
  const house = new TestActors();
  const roster = house.createSystem();
  for (const company of ["one", "two", "three"] as CompanyId[]) await house.create(company);
  house.clock.at_ms += DAY_MS;
  house.writer.script.push("refuse");
  const sweep = new Scheduler(house.clock, house.store, roster, 1);
  assert.deepEqual(await sweep.runDue(), { closed: 2, failed: 1 });
  assert.deepEqual(await sweep.runDue(), { closed: 1, failed: 0 });
  await roster.stop();
});

Deno.test("two sweeps at once follow each other, and close each day once", async () => {
  const house = new TestActors();
  await house.create();
  const roster = house.createSystem();
  house.clock.at_ms += DAY_MS;
  const sweep = new Scheduler(house.clock, house.store, roster, 10);
  const [first, second] = [sweep.runDue(), sweep.runDue()];
  assert.equal(await isSettled(first), true);
  assert.deepEqual([await first, await second], [{ closed: 1, failed: 0 }, { closed: 0, failed: 0 }]);
  assert.equal(house.store.stored(ACME)!.closed_days.size, 1);
  await roster.stop();
});
