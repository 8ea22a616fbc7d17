/**
 * The audit: recomputes every company from its facts and the history of its terms, and compares the result with all
 * other stored rows. It imports no rule of `src/domain`.
 *
 * - AUDIT-1 It writes nothing and locks nothing: each company is one snapshot, read in small pages with pauses.
 * - AUDIT-2 Its memory is bounded by one page and the sums of one company, for any number of facts.
 * - AUDIT-3 It reports every difference and continues.
 */

import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import { checkCosts } from "./costs.ts";
import { checkAccountDays, checkDays } from "./days.ts";
import { Sums } from "./difference.ts";
import type { CostCounts } from "./expected_costs.ts";
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

/** The scope of an audit. */
export interface AuditRequest {
  /** A `postgres://` URL. */
  readonly database_url: string;
  /** The service whose live balances are compared; undefined for none. */
  readonly service?: LiveService;
  /** Only these companies; undefined for all. */
  readonly companies?: readonly string[];
}

/** Receives the progress and findings of an audit. */
export interface AuditListener extends ExaminationListener {
  /** Called before each company: `number` of `total`. Companies created meanwhile are included. */
  onCompany(company: string, number: number, total: number): void;
}

/** The counts of an audit. */
export interface AuditReport {
  companies: number;
  live_balances: number;
  /** Whether the service could not be reached, so that not all balances were compared. */
  service_unreachable: boolean;
}

/** The statement timeout. Each statement reads a small page. */
const STATEMENT_MS_MAX = 60_000;
const COMPANIES_A_PAGE = 500;

/**
 * Audits companies one after the other.
 *
 * @throws {Error} when the database cannot be reached or read, a requested company does not exist, or the service
 * returns anything but a balance
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
      if (!found && request.companies !== undefined) {
        throw new Error(`company ${company} does not exist: check --company`);
      }
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
      `facts are stored from ${checked_from} on: earlier dates are compared within the ledger only`,
    );
  }
  const ledger = await replayLedger(examination);
  const expected = new Sums();
  const costs: CostCounts = new Map();
  await checkWindows(examination, expected, costs);
  await checkCosts(examination, costs);
  await checkUsages(examination, expected);
  await checkTotals(examination, ledger, expected);
  await checkPeriods(examination, ledger);
  await checkDays(examination);
  checkAccountDays(examination);
  checkHead(examination, ledger);
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
  else listener.onNote(company, "its live balance changes faster than it can be compared: not compared");
}
