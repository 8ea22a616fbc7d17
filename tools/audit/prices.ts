import { type LocalDays, monthOf } from "./local_days.ts";

/** A row of a price: one version. */
export interface RateRow {
  /** Empty for the rate card. */
  readonly company_id: string;
  readonly feature: string;
  readonly version: number;
  readonly credits: bigint;
  readonly effective_from: string | null;
  readonly from_ms: bigint | null;
  readonly recorded_ms: bigint;
}

/** The prices of one company: its own prices override those of the rate card. */
export class Prices {
  readonly #rates: readonly RateRow[];
  readonly #days: LocalDays;

  /** @param rates the company's own prices and those of the rate card, in order of versions */
  constructor(rates: readonly RateRow[], days: LocalDays) {
    this.#rates = rates;
    this.#days = days;
  }

  /** Returns the price of a usage; undefined when none is defined. */
  ofUsage(feature: string, date: string, at_ms: number): bigint | undefined {
    return this.#firstPrice([feature], date, at_ms);
  }

  /** Returns the price of an inbound window; undefined when none is defined. */
  ofInbound(date: string, at_ms: number): bigint | undefined {
    return this.#firstPrice(["whatsapp.inbound"], date, at_ms);
  }

  /** Returns the price of the template's category, or else the price of any template. */
  ofOutbound(category: string | null, date: string, at_ms: number): bigint | undefined {
    const any = "whatsapp.outbound";
    return this.#firstPrice(category === null ? [any] : [`${any}.${category}`, any], date, at_ms);
  }

  /** Returns the price of a delivered reply that Meta charges for. */
  ofReply(date: string, at_ms: number): bigint {
    return this.#firstPrice(["whatsapp.service_message"], date, at_ms) ?? 0n;
  }

  /** Whether a feature, or a category of it, was ever free, so that units can cost no credits. */
  wasEverFree(feature: string): boolean {
    return this.#rates.some((rate) =>
      rate.credits === 0n && (rate.feature === feature || rate.feature.startsWith(`${feature}.`))
    );
  }

  /** Whether a feature ever cost credits. */
  wasEverCharged(feature: string): boolean {
    return this.#rates.some((rate) => rate.credits > 0n && rate.feature === feature);
  }

  #firstPrice(features: readonly string[], date: string, at_ms: number): bigint | undefined {
    for (const is_override of [true, false]) {
      for (const feature of features) {
        const rate = this.#rates.findLast((rate) =>
          rate.feature === feature && (rate.company_id !== "") === is_override &&
          this.#isEffective(rate, date, at_ms)
        );
        if (rate !== undefined) return rate.credits;
      }
    }
  }

  #isEffective({ effective_from, from_ms, recorded_ms }: RateRow, date: string, at_ms: number): boolean {
    // A price without a beginning does not apply to months that were final when it was recorded.
    const in_time = Number(recorded_ms) < this.#days.finalFrom(monthOf(date));
    return in_time && (effective_from === null || effective_from <= date) &&
      (from_ms === null || Number(from_ms) <= at_ms);
  }
}
