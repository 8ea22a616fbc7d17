/**
 * The audit: recomputes every company from its facts and the history of its terms, and compares what comes of it
 * with all that is kept beside them. Its route is its own: nothing here imports a rule of `src/domain`.
 *
 * - N1 It writes nothing and locks nothing: each company is one snapshot, read in small pages, with a rest after each.
 * - N2 Its memory is bounded by one page and by the sums of one company, whatever the number of facts.
 * - N3 It tells every difference, and goes on.
 */

import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import { Sums } from "./difference.ts";
import { type ExaminationListener, examine } from "./examination.ts";
import { checkHead } from "./head.ts";
import { replayLedger } from "./ledger.ts";
import { checkLiveBalance, type LiveService } from "./live.ts";
import { checkPeriods } from "./periods.ts";
import { SESSION, Snapshot } from "./snapshot.ts";
import * as statements from "./statements.ts";
import { checkTotals } from "./totals.ts";
import { checkUsages } from "./usages.ts";
import { checkWindows } from "./windows.ts";

/** What is to be audited. */
export interface AuditRequest {
  /** A `postgres://` URL. */
  readonly database_url: string;
  /** Whose live balances are compared; undefined: nobody's. */
  readonly service?: LiveService;
  /** Only these companies; all of them unless given. */
  readonly companies?: readonly string[];
}

/** Who hears how an audit goes. */
export interface AuditListener extends ExaminationListener {
  /** A company is begun: `number` of `total`, which more may have been added to meanwhile. */
  onCompany(company: string, number: number, total: number): void;
}

/** What an audit did. */
export interface AuditReport {
  companies: number;
  live_balances: number;
  /** The service could not be reached: its balances were not compared, or not all. */
  service_unreachable: boolean;
}

/** A statement is a small page: one that runs longer than this is cut off. */
const STATEMENT_MS_MAX = 60_000;
const COMPANIES_A_PAGE = 500;

/**
 * Audits companies one after the other.
 *
 * @throws {Error} when the database cannot be reached or read, a company that is asked for is not there, or the
 * service answers with anything but a balance
 */
export async function audit(request: AuditRequest, listener: AuditListener): Promise<AuditReport> {
  const client = await connect(request.database_url, {
    application_name: "poli-credits audit",
    statement_timeout_ms: STATEMENT_MS_MAX,
  });
  try {
    await client.query(SESSION);
    const { rows } = await client.query<{ count: bigint }>(statements.COUNT_COMPANIES);
    const total = request.companies?.length ?? Number(rows[0]!.count);
    const report: AuditReport = { companies: 0, live_balances: 0, service_unreachable: false };
    for await (const company of request.companies ?? companiesIn(client)) {
      report.companies++;
      listener.onCompany(company, report.companies, Math.max(total, report.companies));
      const found = await auditCompany(client, company, listener);
      if (!found && request.companies !== undefined) throw new Error(`there is no company ${company}`);
      if (request.service !== undefined) await auditLive(client, company, request.service, listener, report);
    }
    return report;
  } finally {
    await disconnect(client);
  }
}

async function* companiesIn(client: Client): AsyncGenerator<string> {
  let after = "";
  while (true) {
    const { rows } = await client.query<{ company_id: string }>(statements.COMPANIES_AFTER, [
      after,
      COMPANIES_A_PAGE,
    ]);
    for (const { company_id } of rows) yield company_id;
    if (rows.length < COMPANIES_A_PAGE) return;
    after = rows.at(-1)!.company_id;
  }
}

/** @returns false when there is no such company */
async function auditCompany(
  client: Client,
  company: string,
  listener: ExaminationListener,
): Promise<boolean> {
  await using snapshot = await Snapshot.open(client);
  const examination = await examine(company, snapshot, listener);
  if (examination === undefined) return false;
  const { checked_from } = examination;
  if (checked_from !== "") {
    listener.onNote(
      company,
      `the facts of ${checked_from} and later are kept: earlier dates are compared within the ledger only`,
    );
  }
  const books = await replayLedger(examination);
  const expected = new Sums();
  await checkWindows(examination, expected);
  await checkUsages(examination, expected);
  await checkTotals(examination, books, expected);
  await checkPeriods(examination, books);
  checkHead(examination, books);
  return true;
}

async function auditLive(
  client: Client,
  company: string,
  service: LiveService,
  listener: ExaminationListener,
  report: AuditReport,
): Promise<void> {
  if (report.service_unreachable) return;
  const outcome = await checkLiveBalance(client, company, service, listener);
  if (outcome === "compared") report.live_balances++;
  else if (outcome === "unreachable") report.service_unreachable = true;
  else listener.onNote(company, "its live balance moves faster than it can be compared: it was left out");
}
