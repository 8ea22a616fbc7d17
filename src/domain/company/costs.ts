import type { MessageEvidence } from "../contact_day.ts";
import { accountAt } from "../meta_costs/number_accounts.ts";
import { costGroupKey } from "../meta_costs/counted_costs.ts";
import { countryOf, needsSending, pricingOf } from "../meta_costs/fact_pricing.ts";
import type { CostGroup } from "../meta_costs/types.ts";
import { accountDate } from "./account_days.ts";
import { watchingMessages } from "./message_changes.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Returns an `emit` that counts the messages that Meta prices (rulebook, "What Meta charges"). After every event that
 * changes the evidence of a message, it emits the difference: one message fewer in the group it had, one more in the
 * group it has. This is the only place that counts costs, so the counts are always those of the stored facts.
 */
export function countingCosts(state: CompanyState, emit: Emit): Emit {
  return watchingMessages(emit, ({ before, after }) => countDifference(state, emit, before, after));
}

/**
 * Returns the group in which a message counts: a function of its evidence, the calendar and the account of its number.
 *
 * @returns undefined if it does not count: it was not delivered, or no price was read
 */
export function costGroupOf(
  state: CompanyState,
  evidence: MessageEvidence | undefined,
): CostGroup | undefined {
  if (evidence?.pricing === undefined || evidence.delivered_at_ms === undefined) return undefined;
  const { pricing, delivered_at_ms, phone_number_id = "" } = evidence;
  if (needsSending(pricing) && !evidence.sending_seen) return undefined;
  const local_date = state.calendar.dateOf(delivered_at_ms);
  const account = accountAt(state.number_accounts, phone_number_id, delivered_at_ms);
  const { category, type, billable } = pricingOf(pricing);
  return {
    local_date,
    account_date: account === undefined ? local_date : accountDate(state, account.time_zone, delivered_at_ms),
    phone_number_id,
    country: countryOf(pricing),
    category,
    pricing_type: type,
    billable,
  };
}

function countDifference(
  state: CompanyState,
  emit: Emit,
  before: readonly (MessageEvidence | undefined)[],
  after: MessageEvidence | undefined,
): void {
  const counted = costGroupOf(state, after);
  const [only] = before;
  // The common case: a status adds nothing to the cost, or the message counts for the first time.
  if (before.length === 1) {
    const was = costGroupOf(state, only);
    if (was === undefined && counted === undefined) return;
    if (was !== undefined && counted !== undefined && costGroupKey(was) === costGroupKey(counted)) return;
  }
  for (const evidence of before) count(state, emit, evidence, -1);
  count(state, emit, after, 1);
}

function count(
  state: CompanyState,
  emit: Emit,
  evidence: MessageEvidence | undefined,
  messages: number,
): void {
  const group = costGroupOf(state, evidence);
  if (group === undefined) return;
  emit({ type: "cost_counted", group, messages, delivered_at_ms: evidence!.delivered_at_ms! });
}
