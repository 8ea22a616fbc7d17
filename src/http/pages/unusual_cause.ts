/** Finds the department, campaign or number that explains most of an unusual day. */

import { addDays } from "../../domain/calendar.ts";
import type { LabelledUsage } from "../../domain/reports.ts";
import type { CompanyId, LocalDate } from "../../domain/types.ts";
import { sleep } from "../../time/sleep.ts";
import type { UnusualCause } from "../../web/report/unusual_day.tsx";
import type { UsageTab } from "../../web/report/view.ts";
import { Problem } from "../kit/problems.ts";
import type { Grouping, LabelledReports } from "../resources/labelled_reports.ts";

/** How long a cause is reused. Its report reads every entry of its dates, and the page says as of when it is. */
const FRESH_MS = 300_000;
/** A cause is read again before that once a day's use is this multiple of what it was. */
const GROWN_TIMES = 1.5;
/** The longest that a page waits for a cause. A later rendering has it. */
const WAIT_MS = 300;
const CAUSES_MAX = 256;

/** The most specific first: of two that explain the same, the first is named. */
const KINDS = ["campaign", "department", "number"] as const satisfies readonly UsageTab[];

const GROUPING: Grouping = {
  groups: new Set(),
  by_phone_number_id: true,
  attributes: ["campaign", "department"],
};

/** An unusual day, and the closed days it is compared with. */
export interface UnusualDay {
  readonly today: LocalDate;
  readonly closed_days: number;
  /** Its use so far, and that of the usual day. */
  readonly consumed: number;
  readonly usual: number;
  /** When the page is read, and the version it shows. */
  readonly as_of: string;
  readonly version: number;
}

interface Known {
  readonly cause: UnusualCause | null;
  readonly read_at_ms: number;
  /** The use of the day when it was read. */
  readonly consumed: number;
}

/** The causes of unusual days, each read when a page needs it, and again after five minutes or as its day grows. */
export class UnusualCauses {
  readonly #labelled: LabelledReports;
  readonly #now_ms: () => number;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, Promise<void>>();
  /** How often causes were forgotten. A read that began before has the labels of before. */
  #times_forgotten = 0;

  /** @param now_ms a monotonic clock */
  constructor(labelled: LabelledReports, now_ms: () => number) {
    this.#labelled = labelled;
    this.#now_ms = now_ms;
  }

  /** Returns the last known cause, after a short wait for a newer one. Null if none is known that explains most. */
  async of(company: CompanyId, day: UnusualDay): Promise<UnusualCause | null> {
    const key = JSON.stringify([company, day.today]);
    const known = this.#known.get(key);
    if (known === undefined || this.#isOld(known, day)) {
      const running = this.#running.get(key) ?? this.#read(key, company, day);
      this.#running.set(key, running);
      const wait = new AbortController();
      await Promise.race([running, sleep(WAIT_MS, wait.signal)]);
      wait.abort();
    }
    const cause = this.#known.get(key)?.cause ?? null;
    return cause !== null && explains(cause, day.consumed - day.usual) ? cause : null;
  }

  /** Forgets every cause, so that the next rendering reads its labels again: some were erased. */
  forget(): void {
    this.#times_forgotten++;
    this.#known.clear();
    this.#running.clear();
  }

  #isOld({ read_at_ms, consumed }: Known, day: UnusualDay): boolean {
    return this.#now_ms() - read_at_ms >= FRESH_MS || day.consumed >= GROWN_TIMES * consumed;
  }

  async #read(key: string, company: CompanyId, day: UnusualDay): Promise<void> {
    const { today, closed_days, as_of, consumed, version } = day;
    const times_forgotten = this.#times_forgotten;
    const keep = (cause: UnusualCause | null) => {
      if (times_forgotten === this.#times_forgotten) this.#keep(key, cause, consumed);
    };
    try {
      const closed = { from: addDays(today, -closed_days), to: addDays(today, -1) };
      const before = await this.#rowsOf(company, closed, version);
      const of_today = before instanceof Problem
        ? before
        : await this.#rowsOf(company, { from: today, to: today }, version);
      // While other reports run, the next rendering tries again.
      if (of_today instanceof Problem && of_today.status !== 422) return;
      const is_read = !(before instanceof Problem) && !(of_today instanceof Problem);
      const cause = is_read ? causeOf(of_today, before, closed_days) : null;
      keep(cause && { ...cause, as_of });
    } catch {
      // The page is complete without a cause. A report that is too slow is not tried again at once.
      keep(null);
    } finally {
      if (times_forgotten === this.#times_forgotten) this.#running.delete(key);
    }
  }

  #rowsOf(
    company: CompanyId,
    dates: { readonly from: LocalDate; readonly to: LocalDate },
    version: number,
  ) {
    return this.#labelled.join({ company, ...dates, as_of: "now" }, GROUPING, version);
  }

  #keep(key: string, cause: UnusualCause | null, consumed: number): void {
    this.#known.delete(key);
    this.#known.set(key, { cause, read_at_ms: this.#now_ms(), consumed });
    if (this.#known.size > CAUSES_MAX) this.#known.delete(this.#known.keys().next().value!);
  }
}

/**
 * Returns the label or number with most of the difference between a day and the mean of the days before; null if none has
 * more than half of it. Usage without a label, and a label of all usage, explain nothing.
 *
 * @param days the number of days of `before`
 */
export function causeOf(
  of_today: readonly LabelledUsage[],
  before: readonly LabelledUsage[],
  days: number,
): Omit<UnusualCause, "as_of"> | null {
  const growth = sumOf(of_today) - sumOf(before) / days;
  const [largest] = KINDS.flatMap((by) => {
    const [now, usual] = [creditsBy(by, of_today), creditsBy(by, before)];
    const labels = new Set([...now.keys(), ...usual.keys()]);
    // Usage outside WhatsApp has no number: only other numbers make a number a reason.
    if (by === "number") labels.delete(null);
    if (labels.size < 2) return [];
    return [...now].flatMap(([label, consumed]) =>
      label === null ? [] : [{ by, label, consumed, usual: (usual.get(label) ?? 0) / days }]
    );
  }).sort((a, b) => (b.consumed - b.usual) - (a.consumed - a.usual));
  if (largest === undefined || !explains(largest, growth)) return null;
  return { ...largest, usual: Math.round(largest.usual) };
}

/** Reports whether a label has more than half of a difference. */
function explains({ consumed, usual }: Pick<UnusualCause, "consumed" | "usual">, growth: number): boolean {
  return 2 * (consumed - usual) > growth;
}

/** Sums credits by the values of a label, null for usage without it. */
function creditsBy(by: UsageTab, rows: readonly LabelledUsage[]): Map<string | null, number> {
  const sums = new Map<string | null, number>();
  for (const { phone_number_id, attributes, credits } of rows) {
    const label = (by === "number" ? phone_number_id : attributes?.[by]) ?? null;
    if (credits !== 0) sums.set(label, (sums.get(label) ?? 0) + credits);
  }
  return sums;
}

function sumOf(rows: readonly LabelledUsage[]): number {
  return rows.reduce((sum, { credits }) => sum + credits, 0);
}
