import { addDays, lastDateOf, monthOf } from "../../audit/local_days.ts";
import type { ClosedFigures } from "../../../src/domain/company/event.ts";
import type { LedgerEntry } from "../../../src/domain/ledger.ts";

/** Reports a broken invariant. */
export type ReportViolation = (invariant: string, detail: string) => void;

/** Days after a month's end in which its facts are still accepted. */
export const FACTS_DAYS_AFTER = 8;

/** Adds up the ledger of one company by entry, day and month, and checks each entry and closing. */
export class Account {
  /** Sums of the ledger by `date feature direction`. */
  readonly charges = new Map<string, { units: number; credits: number }>();
  /** Sums of the ledger by month. */
  readonly months = new Map<
    string,
    { granted: number; consumed: number; available: number; excess: number }
  >();
  seq = 0;
  closed_through: string;
  /** The last final month. */
  final_through = "";
  readonly #reportViolation: ReportViolation;

  constructor(closed_through: string, reportViolation: ReportViolation) {
    this.closed_through = closed_through;
    this.#reportViolation = reportViolation;
  }

  /** The open local date. */
  get today(): string {
    return addDays(this.closed_through, 1);
  }

  /** Adds an entry. */
  post(entry: LedgerEntry): void {
    const { seq, period, local_date, type, credits, prepaid, excess } = entry;
    if (seq !== this.seq + 1) this.#reportViolation("SIM-7", `entry ${seq} follows ${this.seq}`);
    this.seq = seq;
    if (period !== monthOf(local_date)) {
      this.#reportViolation("SIM-7", `entry ${seq} of ${local_date} is in ${period}`);
    }
    if (credits !== prepaid + excess) {
      this.#reportViolation("SIM-7", `entry ${seq}: ${credits} is not ${prepaid} + ${excess}`);
    }
    if (period <= this.final_through) {
      this.#reportViolation("SIM-10", `entry ${seq} changes ${period}, which is final`);
    }
    const is_late = local_date <= this.closed_through && entry.cause?.type !== "contract";
    if (entry.late !== is_late) {
      this.#reportViolation("SIM-11", `entry ${seq} of ${local_date} has late = ${entry.late}`);
    }
    const sums = this.#month(period);
    if (type === "grant") sums.granted += credits;
    if (type === "consumption" || type === "reversal") {
      sums.consumed -= credits;
      this.chargesOf(`${local_date} ${entry.feature} ${entry.direction}`).credits -= credits;
    }
    sums.available += prepaid;
    sums.excess -= excess;
    if (entry.available_after !== sums.available || entry.excess_after !== sums.excess) {
      this.#reportViolation(
        "SIM-7",
        `entry ${seq} states ${entry.available_after} available and ${entry.excess_after} excess, not ${sums.available} and ${sums.excess}`,
      );
    }
    if (sums.available < 0 || sums.excess < 0) {
      this.#reportViolation("SIM-7", `entry ${seq} leaves a negative balance`);
    }
  }

  /** Closes a day and checks its frozen totals. */
  closeDay(
    date: string,
    totals: readonly { feature: string; direction: string; credits: number; units: number }[],
    ends_ms: number,
    recorded_at_ms: number,
  ): void {
    if (date !== this.today) this.#reportViolation("SIM-9", `${date} closed when ${this.today} was open`);
    if (recorded_at_ms < ends_ms) {
      this.#reportViolation("SIM-9", `${date} closed ${ends_ms - recorded_at_ms} ms before its end`);
    }
    const frozen = new Map(totals.map((total) => [`${date} ${total.feature} ${total.direction}`, total]));
    for (const [key, { units, credits }] of this.charges) {
      if (!key.startsWith(date)) continue;
      const total = frozen.get(key);
      if ((total?.units ?? 0) !== units || (total?.credits ?? 0) !== credits) {
        this.#reportViolation(
          "SIM-9",
          `the closing froze ${total?.units} units and ${total?.credits} credits of ${key}, not ${units} and ${credits}`,
        );
      }
      frozen.delete(key);
    }
    for (const [key, { credits }] of frozen) {
      if (credits !== 0) this.#reportViolation("SIM-9", `the closing froze ${key}, which has no entries`);
    }
    this.closed_through = date;
    const month = monthOf(addDays(date, -FACTS_DAYS_AFTER));
    if (date === addDays(lastDateOf(month), FACTS_DAYS_AFTER)) this.final_through = month;
  }

  /** Checks the figures that a month's closing froze. */
  closeMonth(month: string, figures: ClosedFigures): void {
    const { granted, consumed } = this.#month(month);
    const expected = [
      granted,
      consumed,
      Math.min(granted, consumed),
      Math.max(0, granted - consumed),
      Math.max(0, consumed - granted),
    ];
    const found = [
      figures.granted,
      figures.consumed,
      figures.prepaid_used,
      figures.expired,
      figures.excess,
    ];
    if (`${expected}` !== `${found}`) {
      this.#reportViolation("SIM-8", `${month} closed with ${found}, not ${expected}`);
    }
    if (figures.granted !== figures.prepaid_used + figures.expired) {
      this.#reportViolation("SIM-8", `${month}: granted ${figures.granted} is not used + expired`);
    }
  }

  /** Returns the sums of a key, at first 0. */
  chargesOf(key: string) {
    let charges = this.charges.get(key);
    if (charges === undefined) this.charges.set(key, charges = { units: 0, credits: 0 });
    return charges;
  }

  #month(month: string) {
    let sums = this.months.get(month);
    if (sums === undefined) {
      this.months.set(month, sums = { granted: 0, consumed: 0, available: 0, excess: 0 });
    }
    return sums;
  }
}
