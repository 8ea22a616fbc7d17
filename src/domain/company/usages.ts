import { monthOf } from "../calendar.ts";
import { closestTo } from "../closest.ts";
import type { Keyring } from "../identity/keyring.ts";
import { withoutPersonalData } from "../identity/personal_text.ts";
import { sortedLabels } from "../labels.ts";
import { rateRef } from "../ledger.ts";
import type { Credits, LocalDate } from "../types.ts";
import { credits } from "../types.ts";
import type { RateVersion } from "../rates.ts";
import { isWhatsAppFeature, rateOf } from "../rates.ts";
import { balanceOf } from "./balance.ts";
import type { Refused, Reply, Usage } from "./command.ts";
import { refused } from "./command.ts";
import type { Emit } from "./posting.ts";
import { postUsage } from "./posting.ts";
import { validateTime } from "./sends.ts";
import type { CompanyState } from "./state.ts";
import { periodOf, totalOf } from "./state.ts";

/** The largest quantity and cost of one usage. More is a mistaken unit. */
export const QUANTITY_MAX = 1_000_000_000_000;
const CREDITS_PER_USAGE_MAX = QUANTITY_MAX;
/**
 * The largest cost of a month's usages, and the largest quantity of a feature on one day. Both are far above
 * real use and below the largest exact integer: a year still adds up exactly, with window charges on top.
 */
const CREDITS_PER_MONTH_MAX = 500_000_000_000_000;
const UNITS_PER_DAY_MAX = 10 * QUANTITY_MAX;

/**
 * Counts usages, each id once. One invalid usage refuses the whole call, names its index and changes nothing.
 */
export function reportUsage(
  state: CompanyState,
  emit: Emit,
  usages: readonly Usage[],
  now_ms: number,
): Reply {
  const contents = new Map<string, string>();
  const new_usages: PricedUsage[] = [];
  const sums: RunningSums = new Map();
  let total = 0;
  for (const [index, usage] of usages.entries()) {
    const content = state.keyring.content(contentOf(usage));
    const id = storedUsageId(state.keyring, usage.id);
    const known = state.usages.get(id)?.content ?? contents.get(id);
    if (known !== undefined) {
      if (known === content) continue;
      return refused(
        "id_reused",
        `usage "${usage.id}" was already reported with another body: give each usage its own id`,
        [String(index), "id"],
      );
    }
    contents.set(id, content);
    const priced = priceUsage(state, { ...usage, id }, content, index, now_ms);
    if ("type" in priced) return priced;
    const exceeded = exceededLimit(state, sums, priced);
    if (exceeded !== undefined) {
      const detail = `the usage exceeds the ${exceeded}: check the quantities reported`;
      return refused("invalid_request", detail, [String(index), "quantity"]);
    }
    total += priced.cost;
    new_usages.push(priced);
  }
  for (const usage of new_usages) countUsage(state, emit, usage, now_ms);
  return {
    type: "usage_counted",
    accepted: new_usages.length,
    duplicates: usages.length - new_usages.length,
    credits: credits(total),
    balance: balanceOf(state, now_ms),
  };
}

/**
 * Returns the form of a usage's id that is stored, in the ledger for ever: the id itself, or one that contains personal
 * data masked, with a keyed hash that keeps it unique.
 */
export function storedUsageId(keyring: Keyring, id: string): string {
  const masked = withoutPersonalData(id);
  return masked === id ? id : `${masked} ${keyring.content(`usage:${id}`)}`;
}

/** The sums of the usages of a call so far. */
type RunningSums = Map<string, number>;

/**
 * Adds a usage to its sums.
 *
 * @returns the limit it exceeds, if any
 */
function exceededLimit(state: CompanyState, sums: RunningSums, { usage, local_date, cost }: PricedUsage) {
  const plus = (sum: string, amount: number) => {
    const so_far = (sums.get(sum) ?? 0) + amount;
    sums.set(sum, so_far);
    return so_far;
  };
  const { feature, quantity } = usage;
  const month = monthOf(local_date);
  const consumed = periodOf(state, month).consumed + plus(month, cost);
  if (consumed > CREDITS_PER_MONTH_MAX) return `monthly limit of ${CREDITS_PER_MONTH_MAX} credits`;
  const units = totalOf(state, local_date, feature, "none").units +
    plus(`${local_date} ${feature}`, quantity);
  if (units > UNITS_PER_DAY_MAX) return `daily limit of ${UNITS_PER_DAY_MAX} units of ${feature}`;
  return undefined;
}

interface PricedUsage {
  readonly usage: Usage;
  readonly content: string;
  readonly occurred_at_ms: number;
  readonly local_date: LocalDate;
  readonly rate: RateVersion;
  readonly cost: Credits;
}

function priceUsage(
  state: CompanyState,
  usage: Usage,
  content: string,
  index: number,
  now_ms: number,
): PricedUsage | Refused {
  const path = (field: string) => [String(index), field];
  const occurred_at_ms = usage.occurred_at_ms ?? now_ms;
  const time_refusal = validateTime(state, occurred_at_ms, now_ms, path("occurred_at"));
  if (time_refusal !== undefined) return time_refusal;
  if (isWhatsAppFeature(usage.feature)) {
    const remedy = "is metered from WhatsApp webhooks: report other features only";
    return refused("unknown_feature", `${usage.feature} ${remedy}`, path("feature"));
  }
  const local_date = state.calendar.dateOf(occurred_at_ms);
  const rate = rateOf(state.rates, usage.feature, local_date, occurred_at_ms);
  if (rate === undefined) {
    const { rate_card, overrides } = state.rates;
    const closest = closestTo(usage.feature, [...rate_card.keys(), ...overrides.keys()]);
    const remedy = `${closest === undefined ? "" : `report "${closest}" if you mean it, or `}set one first`;
    return refused(
      "unknown_feature",
      `"${usage.feature}" has no price on ${local_date}: ${remedy}: PUT /v1/features/${usage.feature}`,
      path("feature"),
    );
  }
  const { quantity } = usage;
  if (!Number.isSafeInteger(quantity) || quantity < 0) {
    return refused(
      "invalid_request",
      "must be a non-negative integer: report in the feature's own unit",
      path("quantity"),
    );
  }
  const cost = rate.credits * quantity;
  if (cost > CREDITS_PER_USAGE_MAX || quantity > QUANTITY_MAX) {
    return refused(
      "invalid_request",
      `quantity and cost must be at most ${CREDITS_PER_USAGE_MAX}: check the unit`,
      path("quantity"),
    );
  }
  return { usage, content, occurred_at_ms, local_date, rate, cost: credits(cost) };
}

function countUsage(state: CompanyState, emit: Emit, priced: PricedUsage, now_ms: number): void {
  const { usage, content, occurred_at_ms, local_date, rate, cost } = priced;
  const { id, feature, quantity, attributes } = usage;
  emit({
    type: "usage_counted",
    usage: { id, content, feature, quantity, credits: cost, local_date, occurred_at_ms, attributes },
  });
  postUsage(state, emit, { units: quantity, credits: cost }, {
    local_date,
    feature,
    direction: "none",
    occurred_at_ms,
    recorded_at_ms: now_ms,
    cause: { type: "usage", usage_id: id, quantity, rate: rateRef(rate), attribution: attributes ?? null },
  });
}

function contentOf({ feature, quantity, occurred_at_ms, attributes }: Usage): string {
  return JSON.stringify([feature, quantity, occurred_at_ms, sortedLabels(attributes)]);
}
