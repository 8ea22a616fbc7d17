import type { MessageEvidence } from "../contact_day.ts";
import { rateRef } from "../ledger.ts";
import { isBilledReply } from "../meta_costs/counting.ts";
import { needsSending, pricingOf } from "../meta_costs/fact_pricing.ts";
import type { RateVersion } from "../rates.ts";
import { isEverCharged, rateOf } from "../rates.ts";
import type { LocalDate } from "../types.ts";
import { credits, SERVICE_MESSAGE } from "../types.ts";
import { isFinal } from "./day_close.ts";
import type { MessageChange } from "./message_changes.ts";
import { watchingMessages } from "./message_changes.ts";
import type { Emit } from "./posting.ts";
import { postUsage } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/** What a delivered service message costs. */
interface ReplyCharge {
  /** The local date of the delivery: the message is charged on it, at its price. */
  readonly local_date: LocalDate;
  readonly delivered_at_ms: number;
  readonly phone_number_id: string | null;
  /** More than 0 credits. */
  readonly rate: RateVersion;
}

/**
 * Returns an `emit` that charges replies (rulebook, "Price of a reply"). After every event that changes the evidence of
 * a message, it posts the difference: the message is given back where it was charged, and charged where it is now. So
 * the charges are always those of the stored facts. While replies have no price, it is the given `emit`.
 */
export function chargingReplies(state: CompanyState, emit: Emit, now_ms: number): Emit {
  if (!isEverCharged(state.rates, SERVICE_MESSAGE)) return emit;
  return watchingMessages(emit, (change) => postDifference(state, emit, change, now_ms));
}

/**
 * Returns the charge of a message: a function of its evidence, the calendar and the prices.
 *
 * @returns undefined if it costs nothing: it was not delivered, Meta does not charge it as a service message, or
 * the price of the date is 0
 */
function replyChargeOf(
  state: CompanyState,
  evidence: MessageEvidence | undefined,
): ReplyCharge | undefined {
  if (evidence?.pricing === undefined || evidence.delivered_at_ms === undefined) return undefined;
  const { pricing, delivered_at_ms, phone_number_id = null } = evidence;
  if (needsSending(pricing) && !evidence.sending_seen) return undefined;
  const { category, type: pricing_type, billable } = pricingOf(pricing);
  if (!isBilledReply({ category, pricing_type, billable })) return undefined;
  const local_date = state.calendar.dateOf(delivered_at_ms);
  const rate = rateOf(state.rates, SERVICE_MESSAGE, local_date, delivered_at_ms);
  if (rate === undefined || rate.credits === 0) return undefined;
  return { local_date, delivered_at_ms, phone_number_id, rate };
}

/** Whether a change of a message would change its charge on a date of a final month. */
export function changesFinalReply(
  state: CompanyState,
  before: MessageEvidence | undefined,
  after: MessageEvidence,
): boolean {
  const [charged, owed] = [replyChargeOf(state, before), replyChargeOf(state, after)];
  if (charged?.local_date === owed?.local_date && charged?.rate.credits === owed?.rate.credits) return false;
  return [charged, owed].some((charge) => charge !== undefined && isFinal(state, charge.local_date));
}

/** Posts what changed. What is given back comes first, so that no temporary excess appears. */
function postDifference(state: CompanyState, emit: Emit, change: MessageChange, now_ms: number): void {
  const charged = change.before.map((evidence) => replyChargeOf(state, evidence));
  const owed = replyChargeOf(state, change.after);
  // One of the charges that stays: nothing is posted for it.
  const same = charged.findIndex((charge) => isSameCharge(charge, owed));
  charged.forEach((charge, i) => {
    if (i !== same && charge !== undefined) post(state, emit, charge, -1, change, now_ms);
  });
  if (same < 0 && owed !== undefined) post(state, emit, owed, 1, change, now_ms);
}

function isSameCharge(a: ReplyCharge | undefined, b: ReplyCharge | undefined): boolean {
  return a?.local_date === b?.local_date && a?.rate.credits === b?.rate.credits &&
    a?.phone_number_id === b?.phone_number_id;
}

function post(
  state: CompanyState,
  emit: Emit,
  { local_date, delivered_at_ms, phone_number_id, rate }: ReplyCharge,
  units: 1 | -1,
  { contact, message, fact: { kind, at_ms } }: MessageChange,
  now_ms: number,
): void {
  // A status that would change a final month goes to quarantine. Two people who turn out to be one change none.
  if (isFinal(state, local_date)) return;
  postUsage(state, emit, { units, credits: credits(units * rate.credits) }, {
    local_date,
    feature: SERVICE_MESSAGE,
    direction: "none",
    // A message that is given back is dated at the fact that caused it.
    occurred_at_ms: units < 0 ? at_ms : delivered_at_ms,
    recorded_at_ms: now_ms,
    cause: {
      type: "service_message",
      contact,
      message,
      phone_number_id,
      delivered_at_ms,
      units,
      rate: rateRef(rate),
      fact: { kind, at_ms },
      attribution: null,
    },
  });
}
