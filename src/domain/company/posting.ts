import { monthOf } from "../calendar.ts";
import type { Charge, Window } from "../charge.ts";
import { labelText } from "../labels.ts";
import type { Cause, FactRef } from "../ledger.ts";
import { isCharge, rateRef } from "../ledger.ts";
import type { ContactId, Credits, Direction, FeatureCode, LocalDate } from "../types.ts";
import { credits } from "../types.ts";
import type { Movement, Period } from "../period.ts";
import { consume } from "../period.ts";
import type { CompanyEvent } from "./event.ts";
import type { CompanyState } from "./state.ts";
import { periodOf, totalOf } from "./state.ts";

/** Receives an event and folds it into the state at once, so that the next decision sees it. */
export type Emit = (event: CompanyEvent) => void;

/** What the caller knows about an entry: when it happened, what for and why. */
export interface EntryContext {
  readonly local_date: LocalDate;
  readonly feature: FeatureCode | null;
  readonly direction: Direction;
  readonly occurred_at_ms: number;
  readonly recorded_at_ms: number;
  readonly cause: Cause | null;
}

/** Posts the movements of one period to the ledger, in order. */
export function postMovements(
  state: CompanyState,
  emit: Emit,
  period: Period,
  movements: readonly Movement[],
  context: EntryContext,
): void {
  // Only charges can be late: grants and expiries are posted when their time comes, or taken back.
  const late = isCharge(context.cause) && context.local_date <= state.closed_through;
  for (const movement of movements) {
    const entry = { ...movement, ...context, seq: state.ledger_seq + 1, period: period.month, late };
    emit({ type: "entry_posted", entry, period });
  }
}

/**
 * Adds units and credits to the total of a feature on a local date, and posts them to the ledger. Positive credits are
 * charged, negative ones refunded; the ledger's movements have the opposite sign.
 */
export function postUsage(
  state: CompanyState,
  emit: Emit,
  amount: { readonly units: number; readonly credits: Credits },
  context: EntryContext & { readonly feature: FeatureCode },
): void {
  const { feature, direction, local_date } = context;
  const total = totalOf(state, local_date, feature, direction);
  emit({
    type: "total_changed",
    local_date,
    total: {
      feature,
      direction,
      units: total.units + amount.units,
      credits: credits(total.credits + amount.credits),
    },
  });
  const [period, movements] = consume(periodOf(state, monthOf(local_date)), amount.credits);
  postMovements(state, emit, period, movements, context);
}

/** A change of a contact-day's charge. */
export interface ChargeChange {
  readonly contact: ContactId;
  readonly local_date: LocalDate;
  /** The previous charge; two when two contacts turned out to be one. */
  readonly before: readonly Charge[];
  readonly after: Charge;
  readonly fact: FactRef;
  readonly recorded_at_ms: number;
}

/**
 * Posts what the new charge adds to the previous one, or takes from it. Refunds come first, so that no temporary excess appears. A refund carries the `attribution` (labels) that the window was charged with, so the ledger's sum per label stays right.
 *
 * @returns additional credits owed (negative: fewer)
 */
export function postChargeChange(state: CompanyState, emit: Emit, change: ChargeChange): Credits {
  const { contact, local_date, fact, recorded_at_ms } = change;
  const differences = (["inbound", "outbound"] as const).flatMap((direction) => {
    const found = differencesOf(change, direction);
    if (found.length === 0) return [];
    emit({ type: "window_changed", contact, local_date, direction, window: change.after[direction] });
    return found;
  });
  let credits_difference = 0;
  for (const { window, direction, ...amount } of differences.sort((a, b) => a.credits - b.credits)) {
    const { units } = amount;
    credits_difference += amount.credits;
    if (units === 0 && amount.credits === 0) continue;
    postUsage(state, emit, amount, {
      local_date,
      feature: window.feature,
      direction,
      // A removal is dated at the fact that caused it; a new or repriced window at its opening.
      occurred_at_ms: units < 0 ? fact.at_ms : window.opened_at_ms,
      recorded_at_ms,
      cause: {
        type: "window",
        contact,
        opened_at_ms: window.opened_at_ms,
        units,
        message: window.message ?? null,
        phone_number_id: window.phone_number_id ?? null,
        rate: rateRef(window.rate),
        fact,
        attribution: window.attribution ?? null,
      },
    });
  }
  return credits(credits_difference);
}

/** Units and credits that a window adds to the charge; negative ones are refunded. */
interface Difference {
  readonly direction: "inbound" | "outbound";
  readonly units: number;
  readonly credits: Credits;
  readonly window: Window;
}

/**
 * Returns the differences of one direction; none when nothing changed. A difference of zero units and credits means that only the window's row must be written again, for example after a merge of two contacts.
 */
function differencesOf(change: ChargeChange, direction: Difference["direction"]): Difference[] {
  const before = change.before.map((charge) => charge[direction]).filter((w) => w !== undefined);
  const after = change.after[direction];
  // The earlier window that `after` continues.
  const continued = after &&
    (before.find((w) => isSameWindow(w, after)) ?? before.find((w) => hasSameNumberAndLabels(w, after)));
  if (before.length === 1 && continued !== undefined && isSameWindow(continued, after!)) return [];
  const removed = before.filter((w) => w !== continued).map((window) => {
    return { direction, units: -1, credits: credits(-window.credits), window };
  });
  if (after === undefined) return removed;
  const units = continued === undefined ? 1 : 0;
  const added_credits = credits(after.credits - (continued?.credits ?? 0));
  return [...removed, { direction, units, credits: added_credits, window: after }];
}

function isSameWindow(a: Window, b: Window): boolean {
  return a.opened_at_ms === b.opened_at_ms && a.credits === b.credits && a.message === b.message &&
    hasSameNumberAndLabels(a, b);
}

function hasSameNumberAndLabels(a: Window, b: Window): boolean {
  if (a.phone_number_id !== b.phone_number_id) return false;
  return a.attribution === b.attribution || labelText(a.attribution) === labelText(b.attribution);
}
