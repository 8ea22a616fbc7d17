import { setImmediate } from "node:timers/promises";
import { type Alert, alertOfMonth, quarantineAlert } from "../domain/alerts.ts";
import { monthOf } from "../domain/calendar.ts";
import { checkClosedDays, type DayCheck, spikeAlert } from "../domain/closed_day_alerts.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import { DAY_MS, MINUTE_MS } from "../time/units.ts";
import type { AlertStore, CompanyPage, Findings, MonthQuery, Shards } from "./store.ts";

/** The part of the work that is this process's; another process has the rest. */
export interface OwnWork {
  /** The shards of companies whose alerts this process finds and delivers. */
  readonly shards: Shards;
  /** Whether this process does what belongs to no company. */
  readonly leads: boolean;
}

/** What an {@link AlertFinder} depends on. */
export interface AlertFinderDependencies {
  readonly store: AlertStore;
  readonly work: OwnWork;
  /** The service's clock, which decides when months end. */
  readonly clock: { now_ms(): number };
  /** The machine's clock, by which deliveries are due. */
  readonly system_clock: { now_ms(): number };
}

const MONTHS_AT_ONCE = 1_000;
/** Companies whose days are read at once. */
const COMPANIES_AT_ONCE = 25;
/** Raised alerts that are remembered, so that they are not raised again every minute. Past it, all are forgotten. */
const RAISED_MAX = 200_000;
/** Open months are scanned until this long after their start: a month, and the longest delay of its closing. */
const OPEN_MS_MAX = 70 * DAY_MS;
/** Months and days closed longer ago are not scanned: their alerts have been raised already. */
const CLOSED_AGO_MS_MAX = 7 * DAY_MS;
/** A row recorded before a scan can be committed after it: scans overlap by this. */
const SCAN_OVERLAP_MS = 10 * MINUTE_MS;

/** Finds what companies must be alerted about in the committed rows, and raises it (ALERT-1). */
export class AlertFinder {
  readonly #dependencies: AlertFinderDependencies;
  /** Keys of the alerts of months that were raised for `#raised_for`: raising them again would change nothing. */
  readonly #raised = new Set<string>();
  /** The ids of the live endpoints at the last scan, joined. */
  #raised_for = "";
  /** Start of the last complete scan for these endpoints, by the service's clock. */
  #scanned_at_ms = -Infinity;
  /** The shards of that scan. */
  #scanned_shards: Shards;
  /** The reopenings before the last scan. */
  #reopenings = 0;

  constructor(dependencies: AlertFinderDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Raises the alerts that are due.
   *
   * @param endpoint_ids the live endpoints
   * @throws when the store cannot be reached; what was not raised is found again
   */
  async run(endpoint_ids: readonly string[], stopping: AbortSignal): Promise<void> {
    const { clock, work: { shards } } = this.#dependencies;
    if (shards?.length === 0) return;
    const now_ms = clock.now_ms();
    await this.#prepareScan(endpoint_ids, shards);
    await this.#findMonths(now_ms, shards, stopping);
    // Before the days: a day that is checked is no longer compared while it runs.
    await this.#findBusyDays(now_ms, shards, stopping);
    await this.#findClosedDays(now_ms, shards, stopping);
    await this.#findQuarantined(now_ms, shards);
    if (stopping.aborted) return;
    this.#scanned_at_ms = now_ms;
    this.#scanned_shards = shards;
  }

  /** Scans everything again, also what happened before the last scan, if that may have alerts by now. */
  async #prepareScan(endpoint_ids: readonly string[], shards: Shards): Promise<void> {
    const raised_for = endpoint_ids.join();
    const reopenings = await this.#dependencies.store.countReopenings();
    // A new endpoint may need alerts that the others got already. Alerts of closings that were reopened are forgotten.
    if (
      raised_for !== this.#raised_for || reopenings !== this.#reopenings || this.#raised.size > RAISED_MAX
    ) {
      this.#raised.clear();
      this.#scanned_at_ms = -Infinity;
    }
    this.#raised_for = raised_for;
    this.#reopenings = reopenings;
    // The process that had a shard before may have ended before it found what is due.
    const scanned = new Set(this.#scanned_shards);
    if (shards?.some((shard) => !scanned.has(shard))) this.#scanned_at_ms = -Infinity;
  }

  async #findMonths(now_ms: number, shards: Shards, stopping: AbortSignal): Promise<void> {
    const query = {
      shards,
      from: monthOf(dateOf(now_ms - OPEN_MS_MAX)),
      closed_since_ms: Math.max(this.#scanned_at_ms - SCAN_OVERLAP_MS, now_ms - CLOSED_AGO_MS_MAX),
    };
    let after: MonthQuery["after"];
    do {
      if (stopping.aborted) return;
      const months = await this.#dependencies.store.monthsToReport({
        ...query,
        after,
        limit: MONTHS_AT_ONCE,
      });
      const alerts = months.map(alertOfMonth).filter((alert) => alert !== undefined);
      const fresh = alerts.filter((alert) => !this.#raised.has(keyOf(alert)));
      await this.#raise({ alerts: fresh, checks: [] }, now_ms);
      for (const alert of fresh) this.#raised.add(keyOf(alert));
      const last = months.at(-1);
      after = months.length < MONTHS_AT_ONCE || last === undefined
        ? undefined
        : { company: last.company, month: last.period.month };
    } while (after !== undefined);
  }

  async #findBusyDays(now_ms: number, shards: Shards, stopping: AbortSignal): Promise<void> {
    await this.#eachPage(shards, stopping, async (page) => {
      const days = await this.#dependencies.store.busyDays(page);
      const alerts = days.map((day) => spikeAlert(day, day.date, now_ms)).filter((alert) =>
        alert !== undefined
      );
      await this.#raise({ alerts, checks: [] }, now_ms);
      return days;
    });
  }

  async #findClosedDays(now_ms: number, shards: Shards, stopping: AbortSignal): Promise<void> {
    const closed_since_ms = now_ms - CLOSED_AGO_MS_MAX;
    await this.#eachPage(shards, stopping, async (page) => {
      const days = await this.#dependencies.store.uncheckedDays({ closed_since_ms, ...page });
      const checks: DayCheck[] = [];
      for (const unchecked of days) {
        checks.push(checkClosedDays(unchecked));
        // Requests run between two companies: at midnight thousands of them have a forecast, each of about a millisecond.
        await setImmediate();
      }
      await this.#raise({ alerts: [], checks }, now_ms);
      return days;
    });
  }

  async #findQuarantined(now_ms: number, shards: Shards): Promise<void> {
    const since_ms = Math.max(this.#scanned_at_ms - SCAN_OVERLAP_MS, now_ms - DAY_MS);
    const days = await this.#dependencies.store.quarantinedDays(since_ms, shards);
    const alerts = days.map(({ company, date, waiting }) => quarantineAlert(company, date, waiting, now_ms));
    await this.#raise({ alerts, checks: [] }, now_ms);
  }

  /** Runs a step for each page of companies. */
  async #eachPage(
    shards: Shards,
    stopping: AbortSignal,
    step: (page: CompanyPage) => Promise<readonly { readonly company: CompanyId }[]>,
  ): Promise<void> {
    let after: CompanyId | undefined;
    do {
      if (stopping.aborted) return;
      const page = await step({ after, limit: COMPANIES_AT_ONCE, shards });
      after = page.length < COMPANIES_AT_ONCE ? undefined : page.at(-1)!.company;
    } while (after !== undefined);
  }

  async #raise(findings: Findings, raised_at_ms: number): Promise<void> {
    if (findings.alerts.length + findings.checks.length === 0) return;
    const { store, system_clock } = this.#dependencies;
    await store.raise(findings, { raised_at_ms, due_at_ms: system_clock.now_ms() });
  }
}

function keyOf({ data: { company }, topic, level }: Alert): string {
  return `${company} ${topic} ${level}`;
}

/** Returns the UTC date of an instant. The date of a company can differ by a day, which the scan's limits allow for. */
function dateOf(at_ms: number): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString().slice(0, 10) as LocalDate;
}
