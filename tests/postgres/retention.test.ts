import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { Client } from "../../src/postgres/connection.ts";
import { Retention } from "../../src/postgres/retention.ts";
import { createCitusDatabase, testOnCitus } from "../support/citus.ts";
import { type TestDatabase, withDatabase } from "../support/database.ts";

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
const NOW_MS = at("2021-07-20T12:00:00Z");
/** 35 days before then is in June: data from May and earlier is past its retention time. */
const RETENTION_DAYS = 35;

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
/** SQL for the key of the company. */
const ACME = "company_key('acme')";
const [ANA, ANA_BSUID, BETO, CARLA] = [1, 2, 3, 4].map(uuid);

/**
 * Ana wrote in April with her phone and in June with her BSUID, Beto in May only, Carla in April before her erasure.
 * There are a usage, a send and a quarantined event on each side of the limit.
 */
const HISTORY = `
  select create_facts_partition(date '2021-04-01'), create_facts_partition(date '2021-05-01'),
    create_facts_partition(date '2021-06-01'), create_facts_partition(date '2021-07-01');
  insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through, due_at,
    created_at)
    values (${ACME}, 'acme', 'Acme', 'pt-BR', '', 0, 0, 0, '2021-07-19', 'infinity', '2021-04-01T00:00:00Z');
  insert into contacts (company, key, contact_id, by_phone, identifier, erased_at) values
    (${ACME}, '${ANA}', null, true, '5511987123456', null),
    (${ACME}, '${ANA_BSUID}', '${ANA}', false, 'BR.1', null),
    (${ACME}, '${BETO}', null, true, '5511985345678', null),
    (${ACME}, '${CARLA}', null, true, null, '2021-04-20T00:00:00Z');
  insert into facts (company, contact, occurred_at, id, kind, message, template, recorded_at)
    select ${ACME}, contact, at, 1, 'wrote', contact, false, at
    from (values ('${ANA}'::uuid, '2021-04-10T12:00:00Z'::timestamptz), ('${BETO}', '2021-05-31T23:59:59Z'),
      ('${ANA_BSUID}', '2021-06-01T00:00:00Z'), ('${CARLA}', '2021-04-10T12:00:00Z')) as wrote(contact, at);
  insert into usages (company, id, content, feature, quantity, credits, local_date, occurred_at, recorded_at)
    select ${ACME}, id, '${ANA}', 'f', 1, 1, at::date, at, at
    from (values ('old', '2021-05-31T23:59:59Z'::timestamptz), ('young', '2021-06-01T00:00:00Z')) as used(id, at);
  insert into sends (company, message, content, reply, sent_at) values
    (${ACME}, '${ANA}', '${ANA}', '{}', '2021-05-31T23:59:59Z'), (${ACME}, '${BETO}', '${BETO}', '{}', '2021-06-01T00:00:00Z');
  insert into quarantine (company, company_id, id, reason, event, received_at) values
    (company_key(''), '', '${ANA}', 'unknown_phone_number', '{"from":"5511987123456"}', '2021-05-31T23:59:59Z'),
    (${ACME}, 'acme', '${BETO}', 'too_old', '{}', '2021-06-01T00:00:00Z')`;

type HistoryTest = (at: { service_url: string; url: string; client: Client }) => Promise<void>;

function withHistory(test: HistoryTest): Promise<void> {
  return withDatabase((database) => withHistoryOn(database, test));
}

async function withHistoryOn({ service_url, url }: TestDatabase, test: HistoryTest): Promise<void> {
  const client = await connect(url, { application_name: "tests" });
  try {
    for (const statement of HISTORY.split(";")) await client.query(statement);
    await test({ service_url, url, client });
  } finally {
    await disconnect(client);
  }
}

async function runRetention(url: string, now_ms: number): ReturnType<Retention["run"]> {
  const retention = new Retention(url, RETENTION_DAYS);
  try {
    return await retention.run(now_ms);
  } finally {
    await retention.close();
  }
}

async function column(client: Client, sql: string): Promise<unknown[]> {
  const { rows } = await client.query({ text: sql, rowMode: "array" }) as unknown as { rows: unknown[][] };
  return rows.map(([value]) => value);
}

const PARTITIONS =
  "select relname from pg_class join pg_inherits on oid = inhrelid where inhparent = 'facts'::regclass order by 1";

const dropsMonths: HistoryTest = async ({ service_url, client }) => {
  assert.deepEqual(await runRetention(service_url, NOW_MS), { months: 2, rows: 3, identifiers: 1 });
  assert.deepEqual(await column(client, PARTITIONS), ["facts_2021_06", "facts_2021_07"]);
  assert.deepEqual(await column(client, "select id from usages"), ["young"]);
  assert.deepEqual(await column(client, "select message from sends"), [BETO]);
  assert.deepEqual(await column(client, "select id from quarantine"), [BETO]);
};

Deno.test("months past the retention time are dropped, with the rows of the same retention time", () =>
  withHistory(dropsMonths));

testOnCitus(
  "on Citus: months past the retention time are dropped, with the rows of the same retention time",
  async () => {
    await using database = await createCitusDatabase();
    await withHistoryOn(database, dropsMonths);
  },
);

Deno.test("a contact with a fact under any key keeps its identifiers; one without facts keeps only hashes", () =>
  withHistory(async ({ service_url, client }) => {
    await runRetention(service_url, NOW_MS);
    const named = await column(
      client,
      "select identifier from contacts where identifier is not null order by key",
    );
    assert.deepEqual(named, ["5511987123456", "BR.1"]);
    assert.deepEqual(await column(client, "select key from contacts order by key"), [
      ANA,
      ANA_BSUID,
      BETO,
      CARLA,
    ]);
    const erased = await column(client, "select key from contacts where erased_at is not null");
    assert.deepEqual(
      erased,
      [CARLA],
      "retention is not an erasure: a contact that returns is readable again",
    );
  }));

Deno.test("a second run finds nothing to do, and two concurrent runs delete once", () =>
  withHistory(async ({ service_url }) => {
    const runs = await Promise.all([runRetention(service_url, NOW_MS), runRetention(service_url, NOW_MS)]);
    assert.deepEqual(runs.map((run) => run?.months ?? 0).sort(), [0, 2]);
    await runRetention(service_url, NOW_MS);
    assert.equal(await runRetention(service_url, NOW_MS), undefined);
  }));

Deno.test("a run requested during another follows it, with its own instant", () =>
  withHistory(async ({ service_url, client }) => {
    const retention = new Retention(service_url, RETENTION_DAYS);
    const runs = await Promise.all([retention.run(at("2021-06-05T00:00:00Z")), retention.run(NOW_MS)]);
    assert.deepEqual(runs.map((run) => run?.months), [1, 1]);
    assert.deepEqual(await column(client, PARTITIONS), ["facts_2021_06", "facts_2021_07"]);
    const last = [retention.run(NOW_MS), retention.run(NOW_MS)];
    await retention.close();
    assert.deepEqual(
      await Promise.all(last),
      [undefined, undefined],
      "close waits for the running one and starts no other",
    );
  }));

Deno.test("while the facts are locked a run drops nothing and returns soon, and the next run drops them", () =>
  withHistory(async ({ service_url, url, client }) => {
    const holder = await connect(url, { application_name: "tests" });
    await holder.query("begin");
    await holder.query("select from facts limit 1");
    assert.equal(await runRetention(service_url, NOW_MS), undefined);
    assert.equal((await column(client, PARTITIONS)).length, 4);
    assert.deepEqual(await column(client, "select kept_from from retention"), [null]);
    assert.equal((await column(client, "select id from usages")).length, 2, "facts are dropped first");
    await holder.query("commit");
    await disconnect(holder);
    assert.equal((await runRetention(service_url, NOW_MS))?.months, 2);
  }));

Deno.test("without old data nothing is deleted, and the retention row says that all facts are stored", () =>
  withHistory(async ({ service_url, client }) => {
    assert.deepEqual(await runRetention(service_url, at("2021-05-06T00:00:00Z")), {
      months: 0,
      rows: 0,
      identifiers: 0,
    });
    assert.deepEqual(await column(client, "select kept_from from retention"), [null]);
    assert.equal(await runRetention(service_url, at("2021-06-04T23:59:59Z")), undefined);
    assert.equal(
      (await runRetention(service_url, at("2021-06-05T00:00:00Z")))?.months,
      1,
      "35 days after April's end",
    );
  }));
