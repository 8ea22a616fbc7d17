/**
 * Versions of Meta's rate cards and of exchange rates, as they are stored: append-only, by whom and when.
 *
 * - VERSION-1: a new revision replaces the one before it of the same currency and date. Both stay stored.
 * - VERSION-2: before its date begins anywhere on earth, a version can be replaced by any other.
 * - VERSION-3: from then on it can be completed: a price that was missing can be added, and volume tiers to a single
 *   price that stays the first one. To change or remove a price takes a correction with its reason, since costs that
 *   were reported change with it.
 */

import type { LocalDate } from "../types.ts";
import type { ExchangeRate } from "./exchange_rates.ts";
import { countryOf, type Market, marketOf } from "./markets.ts";
import type { MarketPrices, MetaRates, PriceTier } from "./rate_card.ts";
import { META_CATEGORIES, type MetaCategory } from "./types.ts";

/** What every stored version has. */
export interface Recorded {
  /** 1, 2, 3 … of one currency and date; of an exchange rate: of its two currencies and date. */
  readonly revision: number;
  /** Why it replaces a version that was in force; undefined when it does not. */
  readonly correction: string | undefined;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/** A rate card of Meta as it is stored. */
export type StoredMetaRates = MetaRates & Recorded;

/** An exchange rate as it is stored. */
export type StoredExchangeRate = ExchangeRate & Recorded;

/** A rate card to store. */
export interface MetaRatesRequest extends MetaRates {
  /** Whether it adds prices to the stored ones, as volume tiers do; otherwise it is the whole rate card. */
  readonly adds: boolean;
  readonly correction: string | undefined;
}

/** An exchange rate to store. */
export interface ExchangeRateRequest extends ExchangeRate {
  readonly correction: string | undefined;
}

/** Who records a version, and when. */
export interface Recording {
  readonly at_ms: number;
  readonly by: string;
}

/** A version is not stored: it is in force, and what it would change needs a reason. */
export interface InForce {
  readonly type: "in_force";
  /** The first changes, in words: `Brazil marketing`, `Brazil utility (removed)`. */
  readonly changes: readonly string[];
}

/** The changes that are named: the first ones suffice. */
const CHANGES_MAX = 5;

/** Returns the latest date that has begun somewhere on earth: no zone is farther ahead of UTC than 14 hours. */
export function latestDate(at_ms: number): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO("+14:00").toPlainDate()
    .toString() as LocalDate;
}

/**
 * Decides the next revision of a rate card.
 *
 * @param stored the last revision of its currency and date
 * @returns the stored one when nothing changes
 */
export function nextMetaRates(
  request: MetaRatesRequest,
  stored: StoredMetaRates | undefined,
  recording: Recording,
): StoredMetaRates | InForce {
  const { adds, correction, ...rates } = request;
  const next: MetaRates = adds && stored !== undefined
    ? {
      ...rates,
      prices: joined(stored.prices, rates.prices),
      free_service_messages: stored.free_service_messages,
    }
    : rates;
  if (stored === undefined) return { ...next, ...recorded(undefined, undefined, recording) };
  if (areEqual(stored, next)) return stored;
  const changes = stored.effective_from <= latestDate(recording.at_ms) ? changesOf(stored, next) : [];
  if (changes.length > 0 && correction === undefined) {
    return { type: "in_force", changes: changes.slice(0, CHANGES_MAX) };
  }
  return { ...next, ...recorded(stored, changes.length > 0 ? correction : undefined, recording) };
}

/**
 * Decides the next revision of an exchange rate.
 *
 * @param stored the last revision of its currencies and date
 * @returns the stored one when nothing changes
 */
export function nextExchangeRate(
  { correction, ...rate }: ExchangeRateRequest,
  stored: StoredExchangeRate | undefined,
  recording: Recording,
): StoredExchangeRate | InForce {
  if (stored === undefined) return { ...rate, ...recorded(undefined, undefined, recording) };
  if (stored.rate === rate.rate) return stored;
  const is_in_force = stored.effective_from <= latestDate(recording.at_ms);
  if (is_in_force && correction === undefined) {
    return { type: "in_force", changes: [`${rate.from} to ${rate.to}`] };
  }
  return { ...rate, ...recorded(stored, is_in_force ? correction : undefined, recording) };
}

function recorded(
  stored: Recorded | undefined,
  correction: string | undefined,
  { at_ms, by }: Recording,
): Recorded {
  return { revision: (stored?.revision ?? 0) + 1, correction, recorded_at_ms: at_ms, recorded_by: by };
}

/** Adds prices to those of each market. */
function joined(
  stored: ReadonlyMap<Market, MarketPrices>,
  added: ReadonlyMap<Market, MarketPrices>,
): Map<Market, MarketPrices> {
  const prices = new Map(stored);
  for (const [market, of_market] of added) prices.set(market, { ...prices.get(market), ...of_market });
  return prices;
}

/** Names each stored price that differs or is missing, and each new limit of free messages. */
function changesOf(stored: MetaRates, next: MetaRates): string[] {
  const changes: string[] = [];
  if (stored.free_service_messages !== next.free_service_messages) changes.push("free_service_messages");
  for (const [market, prices] of stored.prices) {
    for (const [category, tiers] of Object.entries(prices) as [MetaCategory, readonly PriceTier[]][]) {
      const tiers_next = next.prices.get(market)?.[category];
      if (!completes(tiers, tiers_next)) changes.push(`${market} ${category}${lossOf(tiers, tiers_next)}`);
    }
  }
  for (const market of next.prices.keys()) {
    if (leavesRegion(market, stored)) changes.push(market);
  }
  return changes;
}

/** Whether later tiers keep a stored price: they are the same, or add tiers to a single price. */
function completes(stored: readonly PriceTier[], next: readonly PriceTier[] | undefined): boolean {
  if (next === undefined) return false;
  const kept = stored.length === 1 ? next.slice(0, 1) : next;
  return kept.length === stored.length &&
    stored.every(({ from_messages, price }, index) =>
      kept[index]!.from_messages === from_messages && kept[index]!.price === price
    );
}

/** Says what a rate card lacks of a stored price: the price itself, or all its volume tiers. */
function lossOf(stored: readonly PriceTier[], next: readonly PriceTier[] | undefined): string {
  if (next === undefined) return " (removed)";
  return stored.length > 1 && next.length === 1 ? " (volume tiers removed)" : "";
}

/** Whether a new row takes a country out of a region that is priced. */
function leavesRegion(market: Market, stored: MetaRates): boolean {
  const country = stored.prices.has(market) ? undefined : countryOf(market);
  if (country === undefined) return false;
  const region = marketOf(country, stored.effective_from);
  return region !== market && stored.prices.has(region);
}

function areEqual(a: MetaRates, b: MetaRates): boolean {
  return contentOf(a) === contentOf(b);
}

/** Returns all that a rate card says, in one order. */
function contentOf({ free_service_messages, prices }: MetaRates): string {
  const markets = [...prices].sort(([a], [b]) => a < b ? -1 : 1).map(([market, of_market]) => [
    market,
    META_CATEGORIES.map((category) =>
      of_market[category]?.map(({ from_messages, price }) => [from_messages, String(price)])
    ),
  ]);
  return JSON.stringify([free_service_messages, markets]);
}

/** A revision of a rate card, without its prices. */
export type MetaRatesVersion = Omit<StoredMetaRates, "prices"> & {
  /** Number of markets that it names. */
  readonly markets: number;
};

/** Which revisions of exchange rates to list: the newest date first, of one date by currencies. */
export interface ExchangeRateQuery {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last one of the previous page. */
  readonly after: Pick<StoredExchangeRate, "effective_from" | "from" | "to" | "revision"> | undefined;
  readonly limit: number;
}
