import { monthOf } from "../calendar.ts";
import type { Charge, Window } from "../charge.ts";
import type { Cause, FactRef } from "../ledger.ts";
import { rateRef } from "../ledger.ts";
import type { ContactId, Credits, Direction, FeatureCode, LocalDate } from "../names.ts";
import { credits } from "../names.ts";
import type { Movement, Period } from "../period.ts";
import { consume } from "../period.ts";
import type { CompanyEvent } from "./event.ts";
import type { CompanyState } from "./state.ts";
import { periodOf, totalOf } from "./state.ts";

/** Takes an event: it is folded into the state at once, so that what is decided next sees it. */
export type Emit = (event: CompanyEvent) => void;

/** What an entry says beside its amounts. */
export interface EntryContext {
  readonly local_date: LocalDate;
  readonly feature: FeatureCode | null;
  readonly direction: Direction;
  readonly occurred_at_ms: number;
  readonly recorded_at_ms: number;
  readonly cause: Cause | null;
}

/** Posts the movements of one period to the ledger, in order. */
export function post(
  state: CompanyState,
  emit: Emit,
  period: Period,
  movements: readonly Movement[],
  context: EntryContext,
): void {
  const late = context.local_date <= state.closed_through && context.cause?.type !== "contract" &&
    context.cause !== null;
  for (const movement of movements) {
    const entry = { ...movement, ...context, seq: state.ledger_seq + 1, period: period.month, late };
    emit({ type: "entry_posted", entry, period });
  }
}

/** Counts units and credits of a feature on a local date, and posts what they cost. */
export function postConsumption(
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
  post(state, emit, period, movements, context);
}

/** Why a contact-day is charged anew. */
export interface Settlement {
  readonly contact: ContactId;
  readonly local_date: LocalDate;
  /** What the contact-day, or those that turned out to be one, had been charged. */
  readonly before: readonly Charge[];
  readonly after: Charge;
  readonly fact: FactRef;
  readonly recorded_at_ms: number;
}

/**
 * Posts `charge(after) - charge(before)`: refunds first, so that no excess flashes up in between.
 *
 * @returns that difference in credits
 */
export function settle(state: CompanyState, emit: Emit, settlement: Settlement): Credits {
  const inbound = difference(settlement, "inbound");
  const outbound = difference(settlement, "outbound");
  const in_order = (inbound?.credits ?? 0) > (outbound?.credits ?? 0)
    ? [outbound, inbound]
    : [inbound, outbound];
  for (const change of in_order) {
    if (change === undefined) continue;
    const { contact, local_date, fact, recorded_at_ms } = settlement;
    emit({ type: "window_changed", contact, local_date, direction: change.direction, window: change.after });
    if (change.units === 0 && change.credits === 0) continue;
    const window = change.after ?? change.before!;
    postConsumption(state, emit, change, {
      local_date,
      feature: window.feature,
      direction: change.direction,
      occurred_at_ms: change.after?.opened_at_ms ?? fact.at_ms,
      recorded_at_ms,
      cause: {
        type: "window",
        contact,
        opened_at_ms: window.opened_at_ms,
        units: change.units,
        message: window.message ?? null,
        phone_number_id: window.phone_number_id ?? null,
        rate: rateRef(window.rate),
        fact,
        attribution: window.attribution ?? null,
      },
    });
  }
  return credits((inbound?.credits ?? 0) + (outbound?.credits ?? 0));
}

interface Difference {
  readonly direction: "inbound" | "outbound";
  readonly units: number;
  readonly credits: Credits;
  readonly before: Window | undefined;
  readonly after: Window | undefined;
}

function difference(settlement: Settlement, direction: "inbound" | "outbound"): Difference | undefined {
  const before = settlement.before.map((charge) => charge[direction]).filter((w) => w !== undefined);
  const after = settlement.after[direction];
  if (before.length === (after === undefined ? 0 : 1) && sameWindow(before[0], after)) return undefined;
  const owed = before.reduce((sum, window) => sum + window.credits, 0);
  return {
    direction,
    units: (after === undefined ? 0 : 1) - before.length,
    credits: credits((after?.credits ?? 0) - owed),
    before: before[0],
    after,
  };
}

function sameWindow(a: Window | undefined, b: Window | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.opened_at_ms === b.opened_at_ms && a.credits === b.credits && a.message === b.message;
}
