/** Reads what a release answered about a history, to compare it with what a later version answers. */

import type { Client } from "../../tests/support/service.ts";

/** Answers by the path of the call. */
export type Recording = Readonly<Record<string, unknown>>;

/** Where a recording was made. */
export interface RecordedRelease {
  /** The time of the service's clock: an RFC 3339 instant. The comparison starts at the same time. */
  readonly at: string;
  readonly answers: Recording;
}

/** These fields are of the moment of the call, and not of the history. */
const OF_THE_MOMENT = new Set([
  "as_of",
  "last_used_at",
  // Deliveries go on by the machine's clock.
  "last_delivered_at",
  "last_failed_at",
  "last_failure",
]);

const GROUPS = "day,feature,direction,attribute:team,phone_number_id";
const PAGE = 200;

/** Reads every report of every company, the settings, and what belongs to no company. */
export async function recordAnswers(client: Client): Promise<Recording> {
  const answers: Record<string, unknown> = {};
  const read = async (path: string) => answers[path] = withoutMoment(await client.ok("GET", path));
  const list = async (path: string) => answers[path] = await wholeList(client, path);
  const companies = await list("/v1/companies") as { readonly company: string }[];
  for (const path of ["/v1/features", "/v1/quarantine", "/v1/keys", "/v1/webhook_endpoints"]) {
    await list(path);
  }
  for (const { company } of companies) {
    const path = `/v1/companies/${company}`;
    const { phone_number_ids } = await read(path) as { readonly phone_number_ids: readonly string[] };
    for (const number of phone_number_ids) await read(`/v1/phone_numbers/${number}`);
    const contract = await client.call("GET", `${path}/contract`);
    answers[`${path}/contract`] = contract.status === 200 ? withoutMoment(contract.body) : contract.status;
    for (const part of ["balance", "features", "alert_thresholds"]) await read(`${path}/${part}`);
    for (const part of ["ledger", "windows", "alerts"]) await list(`${path}/${part}`);
    const statements = await list(`${path}/statements`) as { readonly period: string }[];
    for (const { period } of statements) {
      const dates = `from=${period}-01&to=${lastDate(period)}`;
      for (const as_of of ["close", "now"]) {
        await read(`${path}/usage?${dates}&as_of=${as_of}&group_by=${GROUPS}`);
      }
    }
  }
  return answers;
}

/** Reads all pages of a list. */
async function wholeList(client: Client, path: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let cursor = "";;) {
    const { data, next_cursor = null } = await client.ok("GET", `${path}?limit=${PAGE}${cursor}`);
    rows.push(...data);
    if (next_cursor === null) return withoutMoment(rows) as unknown[];
    cursor = `&cursor=${next_cursor}`;
  }
}

/** Returns a value without the fields of the moment, at any depth. */
function withoutMoment(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMoment);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !OF_THE_MOMENT.has(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutMoment(part)]));
}

function lastDate(month: string): string {
  return `${month}-${Temporal.PlainYearMonth.from(month).daysInMonth}`;
}
