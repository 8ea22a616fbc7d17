import assert from "node:assert/strict";
import { Sweep } from "../../actors/scheduler.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { ACME, balanceIn, MORNING_MS, TestHouse, wrote } from "../support/actors.ts";
import { isSettled, quiet } from "../support/quiesce.ts";
import { ANA, BETO, CARLA } from "../support/fixtures.ts";
import { DAY_MS } from "../../src/time/units.ts";

Deno.test("a company is woken by its first command, and awake once however many ask at once", async () => {
  const house = new TestHouse();
  await house.create();
  const roster = house.roster();
  await Promise.all([ANA, BETO, ANA].map((contact) => roster.ask(ACME, wrote(contact))));
  assert.equal(roster.awake, 1);
  assert.equal(house.store.stored(ACME)!.head.epoch, 1);
  await roster.stop();
  assert.equal(roster.awake, 0);
});

Deno.test("after a failed write the next command finds the company awake again, with what was committed", async () => {
  const house = new TestHouse();
  await house.create();
  const roster = house.roster();
  await roster.ask(ACME, wrote(ANA));
  house.writer.script.push("lose_reply");
  assert.equal((await roster.ask(ACME, wrote(BETO))).type, "unavailable");
  assert.deepEqual(await roster.ask(ACME, wrote(BETO)), { type: "done" });
  assert.equal(balanceIn(await roster.ask(ACME, { type: "read_balance" })).consumed, 2);
  await roster.stop();
});

Deno.test("everybody who waits for a place to wake up in gets one, also when their company is awake by then", async () => {
  const house = new TestHouse({ waking_max: 1 });
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) await house.create(company);
  const roster = house.roster();
  const asked = [...companies, ...companies, ...companies].map((company) => roster.ask(company, wrote(ANA)));
  assert.deepEqual(await Promise.all(asked), asked.map(() => ({ type: "done" })));
  await roster.stop();
});

Deno.test("companies that nobody asks are put to rest, the others stay awake", async () => {
  const house = new TestHouse();
  const roster = house.roster();
  for (const company of ["one", "two"] as CompanyId[]) await house.create(company);
  await roster.ask("one" as CompanyId, wrote(ANA));
  house.clock.at_ms += 59_000;
  await roster.ask("two" as CompanyId, wrote(ANA));
  house.clock.at_ms += 2_000;
  await roster.rest();
  assert.equal(roster.awake, 1);
  await roster.stop();
});

Deno.test("past the bound of awake companies the one longest idle is put to rest", async () => {
  const house = new TestHouse({ awake_max: 2 });
  const roster = house.roster();
  const companies = ["one", "two", "three"] as CompanyId[];
  for (const company of companies) {
    await house.create(company);
    house.clock.at_ms += 1;
    await roster.ask(company, { type: "read_balance" });
  }
  await roster.rest();
  assert.equal(roster.awake, 2);
  await roster.ask("one" as CompanyId, { type: "read_balance" });
  assert.equal(house.store.stored("one" as CompanyId)!.head.epoch, 2);
  assert.equal(house.store.stored("three" as CompanyId)!.head.epoch, 1);
  await roster.stop();
});

Deno.test("a company that is asked again is no longer the one longest idle", async () => {
  const house = new TestHouse({ awake_max: 2 });
  const roster = house.roster();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await house.create(company);
  for (const company of [one!, two!, one!, three!]) await roster.ask(company, { type: "read_balance" });
  await quiet();
  assert.equal(roster.awake, 2);
  await roster.ask(one!, { type: "read_balance" });
  assert.equal(house.store.stored(one!)!.head.epoch, 1);
  await roster.ask(two!, { type: "read_balance" });
  assert.equal(house.store.stored(two!)!.head.epoch, 2);
  await roster.stop();
});

Deno.test("past what all may hold in memory the longest idle are put to rest, and no more of them", async () => {
  const house = new TestHouse({ held_in_all_max: 4 });
  const roster = house.roster();
  for (const company of ["one", "two", "three"] as CompanyId[]) {
    await house.create(company);
    for (const contact of [ANA, BETO]) await roster.ask(company, wrote(contact));
  }
  await roster.rest();
  assert.equal(roster.awake, 2);
  await roster.ask("three" as CompanyId, wrote(ANA));
  await roster.ask("one" as CompanyId, wrote(ANA));
  const epochOf = (company: string) => house.store.stored(company as CompanyId)!.head.epoch;
  assert.deepEqual(["one", "two", "three"].map(epochOf), [2, 1, 1]);
  await roster.stop();
});

Deno.test("past what may be under way in all companies a command is refused at once, and changes nothing", async () => {
  const house = new TestHouse({ asked_weight_max: 3 });
  const roster = house.roster();
  const [one, two, three] = ["one", "two", "three"] as CompanyId[];
  for (const company of [one!, two!, three!]) await house.create(company);
  house.writer.hold();
  const taken = [roster.ask(one!, wrote(ANA)), roster.ask(one!, wrote(BETO)), roster.ask(two!, wrote(ANA))];
  assert.equal(roster.asked_weight, 3);
  const refused = { type: "unavailable", reason: "overloaded", retry_after_s: 1 } as const;
  assert.deepEqual(await roster.ask(three!, wrote(ANA)), refused);
  assert.deepEqual(await roster.ask(two!, { type: "read_balance" }), refused);
  house.writer.release();
  for (const answer of await Promise.all(taken)) assert.deepEqual(answer, { type: "done" });
  assert.equal(roster.asked_weight, 0);
  assert.equal(house.store.stored(three!)!.head.epoch, 0);
  assert.deepEqual(await roster.ask(three!, wrote(ANA)), { type: "done" });
  await roster.stop();
});

Deno.test("a command heavier than what all may have under way is taken when nothing else is", async () => {
  const house = new TestHouse({ asked_weight_max: 2 });
  await house.create();
  const roster = house.roster();
  const recipients = [ANA, BETO, CARLA].map((phone) => ({ phone, bsuid: undefined }));
  const quote = { type: "quote", recipients, category: undefined } as const;
  house.writer.hold();
  const first = roster.ask(ACME, wrote(ANA));
  assert.equal((await roster.ask(ACME, quote)).type, "unavailable");
  house.writer.release();
  await first;
  assert.equal((await roster.ask(ACME, quote)).type, "quote");
  await roster.stop();
});

Deno.test("only so many companies are woken at once; whoever waits in line is woken after", async () => {
  const house = new TestHouse({ waking_max: 1 });
  const roster = house.roster();
  const companies = Array.from({ length: 10 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  const answers = await Promise.all(companies.map((company) => roster.ask(company, wrote(ANA))));
  assert.deepEqual(answers, companies.map(() => ({ type: "done" })));
  await roster.stop();
});

Deno.test("who waits in line is woken in the order they came, however many do", async () => {
  const house = new TestHouse({ waking_max: 2 });
  const roster = house.roster();
  const companies = Array.from({ length: 40 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  const woken: CompanyId[] = [];
  const activate = house.store.activate.bind(house.store);
  house.store.activate = (company) => (woken.push(company), activate(company));
  const asked = [...companies, ...companies].map((company) => roster.ask(company, wrote(ANA)));
  await Promise.all(asked);
  assert.deepEqual(woken, companies);
  await roster.stop();
});

Deno.test("stopping answers what was taken and takes nothing more", async () => {
  const house = new TestHouse();
  await house.create();
  const roster = house.roster();
  await roster.ask(ACME, { type: "read_balance" });
  house.writer.hold();
  const taken = roster.ask(ACME, wrote(ANA));
  const stopped = roster.stop();
  assert.equal((await roster.ask(ACME, wrote(BETO))).type, "unavailable");
  house.writer.release();
  assert.deepEqual(await taken, { type: "done" });
  await stopped;
  assert.equal(house.entries().length, 1);
});

Deno.test("the sweep closes the day of every company that is due, and of no other", async () => {
  const house = new TestHouse();
  const roster = house.roster();
  // More than are listed at once.
  const companies = Array.from({ length: 25 }, (_, i) => `company-${i}` as CompanyId);
  for (const company of companies) await house.create(company);
  await house.create("tokyo" as CompanyId, "Asia/Tokyo");
  await house.create("los-angeles" as CompanyId, "America/Los_Angeles");
  // 00:30 in São Paulo the next day; in Tokyo it was midnight twelve hours before, in Los Angeles it is evening.
  house.clock.at_ms = MORNING_MS + 15.5 * 60 * 60_000;
  const sweep = new Sweep(house.clock, house.store, roster, 2);
  assert.deepEqual(await sweep.run(), { closed: 26, failed: 0 });
  const closedThrough = (company: string) => house.store.stored(company as CompanyId)!.head.closed_through;
  for (const company of [...companies, "tokyo"]) assert.equal(closedThrough(company), "2026-11-23");
  assert.equal(closedThrough("los-angeles"), "2026-11-22");
  assert.deepEqual(await sweep.run(), { closed: 0, failed: 0 });
  await roster.stop();
});

Deno.test("three days of downtime are caught up in order, each day closed by itself", async () => {
  const house = new TestHouse();
  await house.create();
  const roster = house.roster();
  house.clock.at_ms += 3 * DAY_MS;
  await new Sweep(house.clock, house.store, roster, 10).run();
  assert.deepEqual([...house.store.stored(ACME)!.closed_days.keys()], [
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
  ]);
  await roster.stop();
});

Deno.test("a company that cannot be closed now does not keep the sweep from the others, nor spinning", async () => {
  const house = new TestHouse();
  const roster = house.roster();
  for (const company of ["one", "two", "three"] as CompanyId[]) await house.create(company);
  house.clock.at_ms += DAY_MS;
  house.writer.script.push("refuse");
  const sweep = new Sweep(house.clock, house.store, roster, 1);
  assert.deepEqual(await sweep.run(), { closed: 2, failed: 1 });
  assert.deepEqual(await sweep.run(), { closed: 1, failed: 0 });
  await roster.stop();
});

Deno.test("two sweeps at once follow each other, and close each day once", async () => {
  const house = new TestHouse();
  await house.create();
  const roster = house.roster();
  house.clock.at_ms += DAY_MS;
  const sweep = new Sweep(house.clock, house.store, roster, 10);
  const [first, second] = [sweep.run(), sweep.run()];
  assert.equal(await isSettled(first), true);
  assert.deepEqual([await first, await second], [{ closed: 1, failed: 0 }, { closed: 0, failed: 0 }]);
  assert.equal(house.store.stored(ACME)!.closed_days.size, 1);
  await roster.stop();
});
