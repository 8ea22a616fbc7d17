import type { PassedDate } from "../domain/meta_costs/cost_messages.ts";
import type { AccountSpan, CountedDay } from "../domain/meta_costs/counting.ts";
import type { MetaRateCard } from "../domain/meta_costs/rate_card.ts";
import type { MetaCategory } from "../domain/meta_costs/types.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";

/** Days and accounts that are kept by default: some 20 MB. */
const KEPT_MAX = 100_000;

/** The columns of a counter: a category of a number, or of a portfolio and a market, within a month. */
export interface CounterRow {
  readonly category: MetaCategory;
  /** Empty for a counter of a portfolio. */
  readonly phone_number_id: string;
  /** Empty for a counter of a number. */
  readonly portfolio: string;
  readonly market: string;
}

/** The dates on which a counter reaches boundaries, ascending. */
export interface Counter {
  readonly columns: CounterRow;
  readonly passed: readonly PassedDate[];
}

/** What the counts of a portfolio depend on. */
export interface CountsBasis {
  readonly portfolio: string;
  /** The account dates, both inclusive. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly accounts: readonly AccountSpan[];
  readonly card: MetaRateCard;
  /** Changes with every change of the portfolio's companies. */
  readonly mark: string;
}

/** The counters of a portfolio that reach boundaries, and the messages of those dates in their place, by company. */
export interface PortfolioCounts {
  readonly counters: readonly Counter[];
  readonly placed: ReadonlyMap<CompanyId, readonly CountedDay[]>;
}

interface Kept extends PortfolioCounts {
  readonly basis: CountsBasis;
  readonly size: number;
}

/** The last counts of portfolios: the pages of a report share them while nothing changes. The size is bounded. */
export class PortfolioCountsCache {
  /** By portfolio and dates, the least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #size = 0;
  /** Days, accounts and counters that are kept at most. */
  readonly kept_max: number;

  constructor(kept_max = KEPT_MAX) {
    this.kept_max = kept_max;
  }

  /** Returns the counts of a basis; undefined if they are not kept, or if the basis has changed. */
  find(basis: CountsBasis): PortfolioCounts | undefined {
    const key = keyOf(basis);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#remove(key, kept);
    if (!isSame(kept.basis, basis)) return undefined;
    this.#add(key, kept);
    return kept;
  }

  /** Keeps counts, if they are small enough. */
  keep(basis: CountsBasis, { counters, placed }: PortfolioCounts): void {
    const key = keyOf(basis);
    const known = this.#kept.get(key);
    if (known !== undefined) this.#remove(key, known);
    const days = [...placed.values()].reduce((sum, of_company) => sum + of_company.length, 0);
    const size = 1 + basis.accounts.length + counters.length + days;
    if (size > this.kept_max) return;
    this.#add(key, { basis, counters, placed, size });
    for (const [oldest, kept] of this.#kept) {
      if (this.#size <= this.kept_max) break;
      this.#remove(oldest, kept);
    }
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#size += kept.size;
  }

  #remove(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#size -= kept.size;
  }
}

function keyOf({ portfolio, from, to }: CountsBasis): string {
  return `${from} ${to} ${portfolio}`;
}

function isSame(a: CountsBasis, b: CountsBasis): boolean {
  return a.mark === b.mark && a.card === b.card && a.accounts.length === b.accounts.length &&
    a.accounts.every((span, i) => isSameSpan(span, b.accounts[i]!));
}

function isSameSpan(a: AccountSpan, b: AccountSpan): boolean {
  return a.account.company === b.account.company && a.account.phone_number_id === b.account.phone_number_id &&
    a.account.from_ms === b.account.from_ms && a.account.currency === b.account.currency &&
    a.from === b.from && a.until === b.until;
}
