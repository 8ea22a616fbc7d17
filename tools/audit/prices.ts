import { type LocalDays, monthOf } from "./local_days.ts";

/** A version of a price, as its row has it. */
export interface RateRow {
  /** `''` for the general card. */
  readonly company_id: string;
  readonly feature: string;
  readonly version: number;
  readonly credits: bigint;
  readonly effective_from: string | null;
  readonly from_ms: bigint | null;
  readonly recorded_ms: bigint;
}

/** What one unit of a feature costs a company: its own price goes over the general one. */
export class Prices {
  readonly #rates: readonly RateRow[];
  readonly #days: LocalDays;

  /** @param rates the company's own and the general ones, in order of their versions */
  constructor(rates: readonly RateRow[], days: LocalDays) {
    this.#rates = rates;
    this.#days = days;
  }

  /** Undefined when there is none. */
  ofUsage(feature: string, date: string, at_ms: number): bigint | undefined {
    return this.#first([feature], date, at_ms);
  }

  ofInbound(date: string, at_ms: number): bigint | undefined {
    return this.#first(["whatsapp.inbound"], date, at_ms);
  }

  /** The price of the template's category where there is one, else that of any template. */
  ofOutbound(category: string | null, date: string, at_ms: number): bigint | undefined {
    const any = "whatsapp.outbound";
    return this.#first(category === null ? [any] : [`${any}.${category}`, any], date, at_ms);
  }

  /** Whether a feature, or a category of it, was ever for free: then units can come without credits. */
  wasEverFree(feature: string): boolean {
    return this.#rates.some((rate) =>
      rate.credits === 0n && (rate.feature === feature || rate.feature.startsWith(`${feature}.`))
    );
  }

  #first(features: readonly string[], date: string, at_ms: number): bigint | undefined {
    for (const own of [true, false]) {
      for (const feature of features) {
        const rate = this.#rates.findLast((rate) =>
          rate.feature === feature && (rate.company_id !== "") === own && this.#holds(rate, date, at_ms)
        );
        if (rate !== undefined) return rate.credits;
      }
    }
  }

  #holds({ effective_from, from_ms, recorded_ms }: RateRow, date: string, at_ms: number): boolean {
    // A price "from always" that is set when a month is final does not reach back into it.
    const in_time = Number(recorded_ms) < this.#days.finalFrom(monthOf(date));
    return in_time && (effective_from === null || effective_from <= date) &&
      (from_ms === null || Number(from_ms) <= at_ms);
  }
}
