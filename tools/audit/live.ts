import type { Client } from "../../src/postgres/connection.ts";
import { formatInstant } from "./difference.ts";
import type { ExaminationListener } from "./examination.ts";
import { LocalDays, type SettingsRow } from "./local_days.ts";
import { Snapshot } from "./snapshot.ts";
import * as statements from "./statements.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The service whose live balances are compared. */
export interface LiveService {
  readonly url: string;
  readonly key: string;
}

/** The outcome of comparing one live balance. */
export type LiveOutcome = "compared" | "moving" | "unreachable";

interface BalanceRow {
  readonly version: bigint;
  readonly closed_through: string;
  readonly due_ms: bigint;
  readonly period: string;
  readonly granted: bigint;
  readonly consumed: bigint;
  readonly inbound: bigint;
  readonly outbound: bigint;
}

/** The most attempts: a busy company may change between its answer and the snapshot. */
const TRIES_MAX = 8;
const BUSY_PAUSE_MS = 1_000;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Compares the balance that the service returns with the ledger and the windows of the same version.
 *
 * @throws {Error} when the service returns anything but a balance
 */
export async function checkLiveBalance(
  client: Client,
  company: string,
  service: LiveService,
  listener: ExaminationListener,
): Promise<LiveOutcome> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    // First the service, then the database: a returned balance is committed, so the database is never behind it.
    const shown = await fetchBalance(company, service);
    if (shown === "unreachable") return shown;
    if (shown === "busy") {
      await sleep(BUSY_PAUSE_MS);
      continue;
    }
    const expected = await readBalance(client, company);
    if (expected === undefined) return "moving";
    if (Number(expected.version) < Number(shown.version)) {
      listener.onDifference({
        company,
        what: "version of the live balance",
        expected: `at most ${expected.version}, which is committed`,
        found: String(shown.version),
      });
      return "compared";
    }
    if (expected.version !== shown.version) continue;
    for (const [name, value] of Object.entries(expected)) {
      if (String(value) === String(shown[name])) continue;
      const what = `${name.replaceAll("_", " ")} of the live balance`;
      listener.onDifference({ company, what, expected: String(value), found: String(shown[name]) });
    }
    return "compared";
  }
  return "moving";
}

async function readBalance(client: Client, company: string): Promise<Record<string, unknown> | undefined> {
  await using snapshot = await Snapshot.open(client);
  const [row] = await snapshot.query<BalanceRow>(statements.BALANCE, [company]);
  if (row === undefined) return undefined;
  const settings = await snapshot.query<SettingsRow>(statements.SETTINGS, [company]);
  const { version, period, granted, consumed, closed_through } = row;
  const today = Temporal.PlainDate.from(closed_through).add({ days: 1 }).toString();
  return {
    version: Number(version),
    time_zone: new LocalDays(settings, today, today).zoneOn(today),
    period,
    granted,
    consumed,
    available: granted > consumed ? granted - consumed : 0n,
    excess: consumed > granted ? consumed - granted : 0n,
    closed_through,
    open_inbound_windows: row.inbound,
    open_outbound_windows: row.outbound,
    day_ends_at: formatInstant(Number(row.due_ms)),
  };
}

async function fetchBalance(
  company: string,
  { url, key }: LiveService,
): Promise<Record<string, unknown> | "unreachable" | "busy"> {
  const address = new URL(`/v1/companies/${encodeURIComponent(company)}/balance`, url);
  let response: Response;
  try {
    response = await fetch(address, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  } catch {
    return "unreachable";
  }
  const body = await response.json().catch(() => undefined);
  if (response.status === 503 || response.status === 429) return "busy";
  if (!response.ok || typeof body?.open_windows !== "object") {
    throw new Error(
      `${address.href} answered ${response.status}${body?.detail ? `: ${body.detail}` : ""}. ` +
        "Set --url to the service of this database, and --key to a key that may read its companies.",
    );
  }
  const { inbound, outbound, closes_at } = body.open_windows;
  return {
    ...body,
    open_inbound_windows: inbound,
    open_outbound_windows: outbound,
    day_ends_at: formatInstant(Temporal.Instant.from(closes_at).epochMilliseconds),
  };
}
