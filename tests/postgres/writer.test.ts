import assert from "node:assert/strict";
import type { Change } from "../../src/domain/company/change.ts";
import { mergeChanges } from "../../src/domain/company/change.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { PostgresWriter } from "../../src/postgres/writer.ts";
import { createOwner, HISTORY } from "./company_history.ts";
import { normalized, rowsInMemory, type StoredRows } from "./stored_rows.ts";
import { at, CompanyOwner, newCompany, record, templateStatus, useAutomation, wrote } from "./owner.ts";
import { openPostgresStore, type PostgresStoreUnderTest } from "./test_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;
const BETA = "beta" as CompanyId;
const MARIA = "5511988887777";

Deno.test("after every step of a history the tables have the rows of the memory store", async () => {
  await using subject = await openPostgresStore();
  const memory = new MemoryStore();
  const [in_tables, in_memory] = [await createOwner(subject.store), await createOwner(memory)];
  let rows_in_tables: StoredRows | undefined;
  for (const step of HISTORY) {
    assert.deepEqual([...await subject.writer.write([await step(in_tables)])], [ACME]);
    await memory.write([await step(in_memory)]);
    rows_in_tables = await subject.storedRows(ACME);
    assert.deepEqual(normalized(rows_in_tables), normalized(rowsInMemory(memory.stored(ACME)!)));
  }
  // The history must have rows for every table.
  for (const [table, rows] of Object.entries(rows_in_tables!)) assert.ok(Object.keys(rows).length > 0, table);
});

Deno.test("a whole history in one statement leaves the same rows as one statement per step", async () => {
  await using subject = await openPostgresStore();
  const memory = new MemoryStore();
  const [in_tables, in_memory] = [await createOwner(subject.store), await createOwner(memory)];
  const changes: Change[] = [];
  for (const step of HISTORY) {
    changes.push(await step(in_tables));
    await memory.write([await step(in_memory)]);
  }
  assert.deepEqual([...await subject.writer.write([changes.reduce(mergeChanges)])], [ACME]);
  // One statement records all of it at one time.
  const { contacts, ...others } = await subject.storedRows(ACME);
  assert.equal(new Set(contacts.map(({ known_since_ms }) => known_since_ms)).size, 1);
  const { contacts: contacts_in_memory, ...others_in_memory } = rowsInMemory(memory.stored(ACME)!);
  const timeless = (rows: typeof contacts) => rows.map(({ known_since_ms: _, ...row }) => row);
  assert.deepEqual(
    normalized({ ...others, contacts: timeless(contacts) as never }),
    normalized({ ...others_in_memory, contacts: timeless(contacts_in_memory) as never }),
  );
});

Deno.test("each company of one statement gets its own rows", async () => {
  await using subject = await openPostgresStore();
  const companies = Array.from({ length: 40 }, (_, i) => `company-${i}` as CompanyId);
  const changes = await Promise.all(companies.map(async (company, i) => {
    const own = await createOwner(subject.store, company);
    const events = Array.from({ length: i + 1 }, (_, n) => wrote(`55119${10_000_000 + n}`, NOON));
    return (await own.decide(NOON, record(...events))).change;
  }));
  assert.equal((await subject.writer.write(changes)).size, 40);
  const { rows } = await subject.pool.query(
    `select company, count(*) from windows group by 1 having count(*) <>
      (select ledger_seq from companies c where c.key = windows.company)`,
  );
  assert.deepEqual(rows, []);
  assert.equal((await subject.storedRows("company-39" as CompanyId)).windows.length, 40);
});

Deno.test("WRITER-3: a change that Postgres rejects for its content fails alone, and is reported", async () => {
  await using subject = await openPostgresStore();
  const companies = ["a", "b", "c", "d", "e"] as CompanyId[];
  const changes = await Promise.all(companies.map(async (company) => {
    const own = await createOwner(subject.store, company);
    const { change } = await own.decide(NOON, useAutomation("run", 1));
    if (company !== "c") return change;
    const name = "a name with \0";
    const poison = {
      type: "profile_changed",
      name,
      locale: "en",
      country: undefined,
      phone_number_ids: [],
    } as const;
    return { ...change, events: [...change.events, poison] };
  }));
  assert.deepEqual([...await subject.writer.write(changes)].sort(), ["a", "b", "d", "e"]);
  // 22021: a character that is invalid in the encoding. The value is not reported.
  assert.deepEqual([subject.rejected, subject.errors], [[["c", "SQLSTATE 22021"]], []]);
  assert.equal((await subject.storedRows("c" as CompanyId)).ledger.length, 0);
  assert.equal((await subject.storedRows("d" as CompanyId)).ledger.length, 1);
});

Deno.test("characters that jsonb rejects are replaced, and the rest is stored", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const attributes = { "nul\0": "a\0b", half: "\ud83c", text: "não \\u0000" };
  const { change } = await own.decide(NOON, useAutomation("run-1", 1, attributes));
  assert.deepEqual([...await subject.writer.write([change])], [ACME]);
  assert.deepEqual((await subject.storedRows(ACME)).usages[0]!.attributes, {
    "nul\ufffd": "a\ufffdb",
    half: "\ufffd",
    text: "não \\u0000",
  });
});

Deno.test("WRITER-4: a write whose backend is killed rejects and writes nothing, and the next one works", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const journal = new GroupCommitJournal([subject.writer]);
  await using lock = await lockedCompany(subject, ACME);
  const { change } = await own.decide(NOON, record(wrote(MARIA, NOON)));
  const outcome = journal.commit(change);
  await lock.kill(await lock.waiting());
  assert.equal((await outcome).type, "unknown");
  await lock.release();
  assert.equal((await subject.storedRows(ACME)).facts.length, 0);
  const next = await (await CompanyOwner.of(subject.store, ACME)).decide(NOON, record(wrote(MARIA, NOON)));
  assert.deepEqual(await journal.commit(next.change), { type: "committed" });
  assert.equal(subject.errors.length, 1);
});

Deno.test("WRITER-4: a write over its time limit is cancelled and rejects, and the next one works", async () => {
  await using subject = await openPostgresStore();
  const [acme, beta] = [await createOwner(subject.store), await createOwner(subject.store, BETA)];
  const writer = new PostgresWriter(subject.url, { statement_timeout_ms: 1_000 });
  try {
    await using lock = await lockedCompany(subject, ACME);
    const blocked = await acme.decide(NOON, record(wrote(MARIA, NOON)));
    await assert.rejects(writer.write([blocked.change]), { code: "57014" });
    await lock.release();
    const next = await beta.decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual([...await writer.write([next.change])], [BETA]);
    assert.deepEqual([...await writer.write([blocked.change])], [ACME], "it had written nothing");
  } finally {
    await writer.close();
  }
});

Deno.test("an owner that loses its company during a write is fenced, and nothing is written", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  await using lock = await lockedCompany(subject, ACME);
  const { change } = await own.decide(NOON, record(wrote(MARIA, NOON)));
  const write = subject.writer.write([change]);
  await lock.waiting();
  await lock.run("update companies set epoch = epoch + 1");
  await lock.release();
  assert.deepEqual([...await write], []);
  assert.equal((await subject.storedRows(ACME)).facts.length, 0);
});

Deno.test("each UTC month of facts has its own partition, created when needed", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const instants = [NOON, at("2026-11-30T23:59:59Z"), at("2026-12-01T00:00:00Z"), at("2026-12-31T23:59:59Z")];
  for (const [i, instant] of instants.entries()) {
    const { change } = await own.decide(instant, record(wrote(`551199999000${i}`, instant)));
    assert.equal((await subject.writer.write([change])).size, 1);
  }
  const { rows } = await subject.pool.query(
    "select tableoid::regclass::text as partition, count(*)::int from facts group by 1 order by 1",
  );
  assert.deepEqual(rows, [{ partition: "facts_2026_11", count: 2 }, {
    partition: "facts_2026_12",
    count: 2,
  }]);
});

Deno.test("two lanes can need the same new partition at once", async () => {
  await using subject = await openPostgresStore();
  const second = new PostgresWriter(subject.url);
  try {
    const [acme, beta] = [await createOwner(subject.store), await createOwner(subject.store, BETA)];
    const changes = await Promise.all(
      [acme, beta].map(async (own) => (await own.decide(NOON, record(wrote(MARIA, NOON)))).change),
    );
    const writes = [subject.writer.write([changes[0]!]), second.write([changes[1]!])];
    assert.deepEqual((await Promise.all(writes)).map((written) => [...written]), [[ACME], [BETA]]);
  } finally {
    await second.close();
  }
});

Deno.test("while Postgres is unreachable, a burst of writes fails at once with few attempts to connect", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let attempts = 0;
  const serving = (async () => {
    for await (const connection of listener) {
      attempts++;
      connection.close();
    }
  })();
  const writer = new PostgresWriter(`postgres://user@127.0.0.1:${listener.addr.port}/none`);
  const memory = new MemoryStore();
  await memory.create(ACME, newCompany("Acme", NOON));
  const { change } = await (await CompanyOwner.of(memory, ACME)).decide(NOON, useAutomation("run-1", 1));
  for (let i = 0; i < 20; i++) await assert.rejects(writer.write([change]));
  assert.ok(attempts < 20, `${attempts} attempts`);
  await writer.close();
  listener.close();
  await serving;
});

Deno.test("a window whose opening message changes keeps one row", async () => {
  await using subject = await openPostgresStore();
  const own = await createOwner(subject.store);
  const later = record(templateStatus(MARIA, "wamid.b", "sent", NOON + 60_000));
  const earlier = record(templateStatus(MARIA, "wamid.a", "sent", NOON));
  for (const command of [later, earlier]) {
    await subject.writer.write([(await own.decide(NOON + 60_000, command)).change]);
  }
  const { windows, ledger } = await subject.storedRows(ACME);
  assert.deepEqual(windows.map(({ opened_at_ms, message }) => [opened_at_ms, message]), [[
    NOON,
    own.state.keyring.message("wamid.a"),
  ]]);
  assert.equal(ledger.length, 1);
});

interface CompanyLock extends AsyncDisposable {
  /** Resolves to the pid of the backend that waits for the lock. */
  waiting(): Promise<number>;
  kill(pid: number): Promise<void>;
  run(sql: string): Promise<void>;
  /** Commits, which releases the lock. */
  release(): Promise<void>;
}

/** Locks the row of a company, so that a write of it waits. */
async function lockedCompany(subject: PostgresStoreUnderTest, company: CompanyId): Promise<CompanyLock> {
  const holder = await connect(subject.superuser_url, { application_name: "holder" });
  await holder.query("begin");
  await holder.query("select from companies where company_id = $1 for update", [company]);
  return {
    async waiting() {
      for (;;) {
        const { rows } = await subject.pool.query<{ pid: number }>(
          `select pid from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()`,
        );
        if (rows[0] !== undefined) return rows[0].pid;
      }
    },
    kill: async (pid) => void await holder.query("select pg_terminate_backend($1, 5000)", [pid]),
    run: async (sql) => void await holder.query(sql),
    release: async () => void await holder.query("commit"),
    [Symbol.asyncDispose]: () => disconnect(holder),
  };
}
