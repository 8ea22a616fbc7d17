import assert from "node:assert/strict";
import { shardOf } from "../../actors/placement/shards.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { CompanyActivator } from "../../src/postgres/activation.ts";
import { ResilientConnection } from "../../src/postgres/resilient_connection.ts";
import { ContactLoader } from "../../src/postgres/contact_loader.ts";
import { createOwner } from "./company_history.ts";
import { at, CompanyOwner, newCompany, record, useAutomation, wrote } from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;

/** `activate` as one statement, for comparison. */
const ALL_IN_ONE = `
  with raised as (
    update companies set epoch = epoch + 1 where company_id = $1 returning company_id, epoch, version
  )
  select epoch::int, version::int, (select sum(units) from day_totals d where d.company_id = r.company_id)::int as units
  from raised r`;

Deno.test("the due companies of shards are those whose shard nodes compute alike", async () => {
  await using subject = await openPostgresStore();
  const ids = Array.from({ length: 40 }, (_, n) => `company-${n}` as CompanyId);
  for (const id of ids) await subject.store.create(id, newCompany(id, NOON));
  const due = (shards?: readonly number[]) => subject.store.dueCompanies(NOON + 48 * 3_600_000, 100, shards);
  assert.deepEqual((await due()).toSorted(), ids.toSorted());
  const some = Array.from({ length: 128 }, (_, n) => 2 * n);
  const expected = ids.filter((id) => some.includes(shardOf(id)));
  assert.ok(expected.length > 5 && expected.length < 35);
  assert.deepEqual((await due(some)).toSorted(), expected.toSorted());
  assert.deepEqual(await due([]), []);
});

Deno.test("an activation that waits for the old owner's write reads all of that write", async () => {
  await using subject = await openPostgresStore();
  await createOwner(subject.store);
  const old_owner = await connect(subject.url, { application_name: "old owner" });
  const one_statement = await connect(subject.url, { application_name: "one statement" });
  try {
    for (const units of [1, 2]) {
      await old_owner.query("begin");
      await old_owner.query("update companies set version = $1", [units]);
      await old_owner.query(
        `insert into day_totals (company, company_id, local_date, feature, direction, units, credits)
          values (company_key('acme'), 'acme', '2026-11-23', 'whatsapp.inbound', 'inbound', $1, $1)
          on conflict (company, local_date, feature, direction) do update set units = excluded.units`,
        [units],
      );
      const waiting = units === 1
        ? one_statement.query(ALL_IN_ONE, [ACME])
        : subject.store.activate(ACME).then((activation) => ({ rows: [activation] }));
      await untilBlocked();
      await old_owner.query("commit");
      const [row] = (await waiting).rows;
      // Both return the new head; only a separate statement reads rows as new as the head.
      assert.equal(row.version, units);
      if (units === 1) assert.equal(row.units, null, "one statement reads the rows from before its wait");
      else assert.equal(row.totals[0].units, 2);
    }
  } finally {
    await Promise.all([disconnect(old_owner), disconnect(one_statement)]);
  }

  async function untilBlocked(): Promise<void> {
    for (;;) {
      const { rowCount } = await subject.pool.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      if (rowCount! > 0) return;
    }
  }
});

Deno.test("two owners that activate at once get different epochs", async () => {
  await using subject = await openPostgresStore();
  await createOwner(subject.store);
  const owners = await Promise.all(Array.from({ length: 8 }, () => CompanyOwner.of(subject.store, ACME)));
  const epochs = owners.map(({ state }) => state.epoch);
  assert.equal(new Set(epochs).size, 8);
  const newest = owners.find(({ state }) => state.epoch === Math.max(...epochs))!;
  for (const each of owners) {
    const { change } = await each.decide(NOON, useAutomation(`run-${each.state.epoch}`, 1));
    assert.equal((await subject.writer.write([change])).has(ACME), each === newest);
  }
});

Deno.test("companies activated at once need few statements, and each activation has its own epoch", async () => {
  await using subject = await openPostgresStore();
  const ids = Array.from({ length: 250 }, (_, i) => `company-${i}` as CompanyId);
  for (const id of ids) await subject.store.create(id, newCompany(id, NOON));
  const connection = new ResilientConnection(subject.url, { application_name: "counted" });
  let statements = 0;
  const activations = new CompanyActivator({
    query: (statement) => {
      statements++;
      return connection.query(statement);
    },
  });
  try {
    const requested = [ids[0]!, ...ids, "unknown" as CompanyId];
    const [first, ...others] = await Promise.all(requested.map((id) => activations.activate(id)));
    assert.equal(others.pop(), undefined);
    assert.deepEqual(others.map((activation) => activation!.name), ids);
    assert.deepEqual([first!.epoch, others[0]!.epoch, others[1]!.epoch], [1, 2, 1]);
    // The first company is requested twice, so its first activation is a batch alone; then come batches of 100.
    assert.equal(statements, 2 * 4);
  } finally {
    await connection.close();
  }
});

Deno.test("an activation reads the open months, and the months and days that can still change", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const months = ["2026-11-23", "2026-12-10", "2027-01-20", "2027-02-25"];
  for (const date of months) {
    const noon = at(`${date}T12:00:00Z`);
    await subject.writer.write([(await own.decide(noon, useAutomation(`run-${date}`, 1))).change]);
  }
  const { periods, totals } = (await subject.store.activate(ACME))!;
  assert.deepEqual(periods.map(({ month, closed }) => [month, closed]), [["2027-01", true], [
    "2027-02",
    false,
  ]]);
  assert.deepEqual(totals.map(({ local_date }) => local_date), ["2027-01-20", "2027-02-25"]);
});

Deno.test("requests during a batch form the next batch, across companies", async () => {
  await using subject = await openPostgresStore();
  const connection = new ResilientConnection(subject.url, { application_name: "counted" });
  let statements = 0;
  const loader = new ContactLoader({
    query: (statement) => {
      statements++;
      return connection.query(statement);
    },
  });
  try {
    const companies = Array.from({ length: 20 }, (_, i) => `company-${i}` as CompanyId);
    const phones = new Map<CompanyId, string>();
    for (const [i, company] of companies.entries()) {
      const own = await createOwner(subject.store, company);
      phones.set(company, own.state.keyring.contact(`551199999${1000 + i}`));
      const { change } = await own.decide(NOON, record(wrote(`551199999${1000 + i}`, NOON)));
      await subject.writer.write([change]);
    }
    const load = (company: CompanyId) =>
      loader.load(company, {
        contacts: [phones.get(company)! as never],
        messages: [],
        usage_ids: [],
        sends: [],
      });
    const first = load(companies[0]!);
    await Promise.resolve();
    const others = companies.slice(1).map(load);
    const loaded = await Promise.all([first, ...others]);
    assert.equal(statements, 2);
    loaded.forEach(({ people }, i) => assert.equal(people[0]!.id, phones.get(companies[i]!)));
  } finally {
    await connection.close();
  }
});

Deno.test("a key that Postgres rejects fails its own request only, not the others of the batch", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  await subject.writer.write([(await own.decide(NOON, useAutomation("run-1", 1))).change]);
  const load = (usage_id: string) =>
    subject.store.load(ACME, { contacts: [], messages: [], usage_ids: [usage_id], sends: [] });
  const [good, bad, other] = await Promise.allSettled([load("run-1"), load("run\0"), load("run-2")]);
  assert.equal(good.status === "fulfilled" && good.value.usages.length, 1);
  assert.equal(bad.status, "rejected");
  assert.equal(other.status === "fulfilled" && other.value.usages.length, 0);
});

Deno.test("loading uses a new connection after the old one was killed", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  await subject.writer.write([(await own.decide(NOON, useAutomation("run-1", 1))).change]);
  const missing = { contacts: [], messages: [], usage_ids: ["run-1"], sends: [] };
  await subject.store.load(ACME, missing);
  const superuser = await connect(subject.superuser_url, { application_name: "killer" });
  try {
    await superuser.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where application_name = 'poli-credits loader' and datname = current_database()`,
    );
  } finally {
    await disconnect(superuser);
  }
  // The loss may be detected only at the next use.
  await subject.store.load(ACME, missing).catch(() => {});
  assert.equal((await subject.store.load(ACME, missing)).usages.length, 1);
});

Deno.test("the epochs and versions of companies are read, unknown companies omitted", async () => {
  await using subject = await openPostgresStore();
  const owner = await createOwner(subject.store);
  const { change } = await owner.decide(NOON, record(wrote("5511987654321", NOON)));
  await subject.writer.write([change]);
  const heads = await subject.store.heads([ACME, "unknown" as CompanyId]);
  assert.deepEqual([...heads], [[ACME, { epoch: 1, version: 1 }]]);
});
