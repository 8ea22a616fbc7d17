/**
 * Measures the bytes on disk of an opening, of a template with its statuses and of a later message, by table and index,
 * and the bytes they add to the write-ahead log.
 *
 *     deno run -A tools/bench/disk.ts [CONTACTS]
 *
 * Twenty companies of the opening mix take part, in changes as the service writes them. Full page images are off: they
 * depend on the checkpoints, not on the rows. It starts a Postgres of its own in the temporary folder and removes it.
 */

import type { Change } from "../../src/domain/company/change.ts";
import { changeOf, isStored } from "../../src/domain/company/change.ts";
import { addLoaded, rateHistory, stateFrom } from "../../src/domain/company/activation.ts";
import type { Command, ContactEvent } from "../../src/domain/company/command.ts";
import { decide } from "../../src/domain/company/decide.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import { evolve } from "../../src/domain/company/evolve.ts";
import { collectMissing, MissingRows } from "../../src/domain/company/missing_rows.ts";
import { firstDays } from "../../src/domain/company/new_company.ts";
import type { CompanyState } from "../../src/domain/company/state.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { PostgresCompanyStore } from "../../src/postgres/companies.ts";
import { createPool, type Pool } from "../../src/postgres/connection.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { PostgresWriter } from "../../src/postgres/writer.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";
import { rateCardVersion } from "../../tests/support/fixtures.ts";
import {
  businessNumber,
  type Change as WebhookChange,
  customerWrote,
  numberedCustomer,
  templateStatuses,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";

const CONTACTS = 50_000;
const COMPANIES = 20;
/** Contacts of one company in one statement. */
const CONTACTS_AT_ONCE = 5;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const HOUR_S = 3_600;
/** Smaller growth is of tables that grow by their first page. */
const NOISE_BYTES = 5;
const SETTINGS = { full_page_writes: "off", max_wal_size: "8GB", autovacuum: "off" };
const RATE_CARD = rateHistory([INBOUND, OUTBOUND].map((feature) => rateCardVersion(feature, 1)));

/** What each contact and company do in one case. */
interface DiskCase {
  readonly name: string;
  changesOf(line: number, contact: number): readonly WebhookChange[];
}

/** The third case is of the contacts of the first one. */
const CASES: readonly DiskCase[] = [
  {
    name: "an opening: a contact with phone and BSUID writes for the first time",
    changesOf: (line, contact) => [wrote(line, contact, 2 * HOUR_S)],
  },
  {
    name: "a template to a new contact, with its statuses sent, delivered and read",
    changesOf(line, contact) {
      const spec = { id: wamid(`template ${contact}`), sent_at_s: NOW_MS / 1000 - HOUR_S };
      return templateStatuses(businessNumber(line), numberedCustomer(1_000_000 + contact), spec);
    },
  },
  {
    name: "a later message: the same contact writes an hour later",
    changesOf: (line, contact) => [wrote(line, contact, HOUR_S)],
  },
];

function wrote(line: number, contact: number, ago_s: number): WebhookChange {
  const message = {
    id: wamid(`message ${contact} ${ago_s}`),
    at_s: NOW_MS / 1000 - ago_s + secondOf(contact),
  };
  return customerWrote(businessNumber(line), numberedCustomer(contact), message);
}

/** Spreads the contacts of a company over an hour. */
function secondOf(contact: number): number {
  return (contact * 37 + Math.floor(contact / 36)) % HOUR_S;
}

async function main(): Promise<void> {
  const contacts = Number(Deno.args[0] ?? CONTACTS);
  const folder = await Deno.makeTempDir({ prefix: "poli-credits-disk-" });
  try {
    await Deno.chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres({ data_dir: `${folder}/postgres`, settings: SETTINGS });
    try {
      await migrate({ url: postgres.url });
      await measureCases(postgres.url, contacts);
    } finally {
      await postgres.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measureCases(url: string, contacts: number): Promise<void> {
  const pool = createPool(url, { application_name: "disk", max: 1, statement_timeout_ms: 0 });
  const writer = new PostgresWriter(url);
  const states = await createStates(pool, url);
  for (const { name, changesOf } of CASES) {
    const before = await sizesOf(pool);
    for (let first = 0; first < contacts; first += COMPANIES * CONTACTS_AT_ONCE) {
      const changes = states.map((state, line) => {
        const webhooks = Array.from(
          { length: CONTACTS_AT_ONCE },
          (_, i) => changesOf(line, first + line * CONTACTS_AT_ONCE + i),
        ).flat();
        return changeWith(state, readWebhook(webhookOf(...webhooks)).events as readonly ContactEvent[]);
      });
      const written = await writer.write(changes.filter(({ events }) => events.length > 0));
      if (written.size === 0) throw new Error(`nothing of a batch was written: ${name}`);
    }
    await pool.query("vacuum (analyze)");
    printSizes(name, before, await sizesOf(pool), contacts);
  }
  await writer.close();
  await pool.end();
}

/** Creates the companies and activates them. */
async function createStates(pool: Pool, url: string): Promise<CompanyState[]> {
  const store = new PostgresCompanyStore(pool, url);
  const states: CompanyState[] = [];
  for (let i = 0; i < COMPANIES; i++) {
    const company = `bench-0-${i + 1}` as CompanyId;
    await store.create(company, {
      name: company,
      locale: "pt-BR",
      time_zone: "America/Sao_Paulo",
      template_in_open_window: "charge",
      contact_secret: crypto.getRandomValues(new Uint8Array(32)),
      created_at_ms: NOW_MS,
      created_by: "bench",
      days: firstDays("America/Sao_Paulo", NOW_MS),
    });
    states.push(stateFrom((await store.activate(company))!, RATE_CARD));
  }
  await store.close();
  return states;
}

/** Decides events as the actor of a company does. Nobody among them is stored but not in memory. */
function changeWith(state: CompanyState, contact_events: readonly ContactEvent[]): Change {
  const command: Command = { type: "record", events: contact_events, received_at_ms: NOW_MS };
  const missing = new MissingRows();
  collectMissing(state, command, missing, NOW_MS);
  addLoaded(state, missing, { people: [], usages: [], sends: [] });
  const events: CompanyEvent[] = [];
  decide(state, (event) => (evolve(state, event), events.push(event)), command, NOW_MS);
  state.version++;
  return changeOf(state, events.filter(isStored), NOW_MS);
}

/** The bytes of each table (without indexes) and index, and of the write-ahead log so far. */
async function sizesOf(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; bytes: bigint }>(
    `select relname as name, pg_table_size(oid) as bytes from pg_class
      where relnamespace = current_schema()::regnamespace and relkind in ('r', 'i')
      union all select 'write-ahead log', pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::int8`,
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

function printSizes(
  name: string,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  contacts: number,
): void {
  const grown = [...after].map(([relation, bytes]) => ({
    relation,
    bytes_each: (bytes - (before.get(relation) ?? 0)) / contacts,
  })).filter(({ bytes_each }) => bytes_each >= NOISE_BYTES).sort((a, b) => b.bytes_each - a.bytes_each);
  const log = grown.find(({ relation }) => relation === "write-ahead log");
  const on_disk = grown.filter((each) => each !== log);
  const total = on_disk.reduce((sum, { bytes_each }) => sum + bytes_each, 0);
  console.log(`\n${name}: ${Math.round(total)} bytes`);
  for (const { relation, bytes_each } of [...on_disk, ...log === undefined ? [] : [log]]) {
    console.log(`  ${relation.padEnd(36)}${bytes_each.toFixed(0).padStart(6)}`);
  }
}

if (import.meta.main) await main();
