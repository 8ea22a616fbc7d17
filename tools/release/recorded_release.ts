/** Records a release: plays a history into an empty database of this version, reads its reports, and dumps it. */

import { connect, disconnect } from "../../src/postgres/connection.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { sleep } from "../../src/time/sleep.ts";
import { createDatabase } from "../../tests/support/database.ts";
import { type Client, ServiceProcess } from "../../tests/support/service.ts";
import { dumpData } from "./dump.ts";
import { BEGINS, ENDS, LAST_CLOSED, playHistory } from "./history.ts";
import { recordAnswers, type RecordedRelease } from "./record.ts";
import { Story } from "./story.ts";

/** An endpoint that no request reaches: `fetch` refuses its port. */
const UNREACHABLE = "http://127.0.0.1:1/alerts";
/**
 * Tables that the history leaves empty: days are reopened after a wrong clock only, the test clock is taken out, and one
 * node alone has no leases.
 */
const EMPTY = new Set(["nodes", "reopenings", "shard_leases", "test_clock"]);

/** A dump with what the release answered. */
export interface Dumped {
  readonly sql: string;
  readonly recorded: RecordedRelease;
}

/**
 * Records this version.
 *
 * @throws {Error} when a call fails, or a table has no row
 */
export async function recordRelease(): Promise<Dumped> {
  await using database = await createDatabase({ migrations: null });
  const { url } = database;
  await migrate({ url });
  await play(url);
  const answers = await answersAt(url, ENDS);
  await removeTestClock(url);
  const { sql, rows } = await dumpData(url);
  const empty = [...rows].filter(([name, count]) => count === 0 && !EMPTY.has(name)).map(([name]) => name);
  if (empty.length > 0) {
    throw new Error(`the history has no rows of ${empty}: add to tools/release/history.ts`);
  }
  return { sql, recorded: { at: ENDS, answers } };
}

/** Starts the service of this version on a database, with its clock at a time. */
export async function startAt(url: string, at: string): Promise<ServiceProcess> {
  await moveTestClock(url, at);
  // No retention but the shortest, so that it has deleted facts of the first month.
  return await ServiceProcess.start({ DATABASE_URL: url, FACTS_KEPT_DAYS: "35", LOG_LEVEL: "info" });
}

/** Returns what the service of this version answers about a database at a time. */
export async function answersAt(url: string, at: string): Promise<RecordedRelease["answers"]> {
  await using service = await startAt(url, at);
  return await recordAnswers(service.client);
}

async function play(url: string): Promise<void> {
  // The endpoint goes with the last closing: nothing is delivered to it when the dump is restored.
  await using endpoint = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { type, data } = await request.json();
      return new Response(null, {
        status: type === "month.closed" && data.period === LAST_CLOSED ? 410 : 204,
      });
    },
  );
  await using service = await startAt(url, BEGINS);
  const { client } = service;
  const story = new Story(service, Temporal.Instant.from(BEGINS));
  await playHistory(story, {
    endpoint: `http://127.0.0.1:${endpoint.addr.port}/alerts`,
    unreachable: UNREACHABLE,
  });
  while (!await hasGoneEndpoint(client)) await sleep(100);
}

async function hasGoneEndpoint(client: Client): Promise<boolean> {
  const { data } = await client.ok("GET", "/v1/webhook_endpoints");
  return data.some(({ status }: { readonly status: string }) => status === "gone");
}

async function moveTestClock(url: string, at: string): Promise<void> {
  const offset_ms = Temporal.Instant.from(at).epochMilliseconds - Date.now();
  await run(
    url,
    "insert into test_clock (offset_ms) values ($1) on conflict (only_row) do update set offset_ms = excluded.offset_ms",
    [offset_ms],
  );
}

async function removeTestClock(url: string): Promise<void> {
  await run(url, "delete from test_clock");
}

async function run(url: string, sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = await connect(url, { application_name: "poli-credits release" });
  try {
    await client.query(sql, [...values]);
  } finally {
    await disconnect(client);
  }
}
