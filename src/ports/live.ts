/** Streams of committed balances. */

import type { RaisedAlert } from "../alerts/store.ts";
import type { Balance } from "../domain/company/balance.ts";
import type { CompanyId } from "../domain/types.ts";

/** A viewer's subscription to a balance. Disposing of it ends it: a waiting `next` resolves to `closed`. */
export interface BalanceSubscription extends Disposable {
  /**
   * Waits for an alert, or a balance newer than the last one delivered, and resolves at once when there is one;
   * `heartbeat` when there is none for a while. One call at a time.
   */
  next(): Promise<StreamItem>;
}

export type { RaisedAlert };

/** What a stream gets next. */
export type StreamItem = Balance | { readonly alert: RaisedAlert } | "heartbeat" | "closed";

/** Streams committed balances. */
export interface LiveBalances {
  /** Subscribes to a company. @returns undefined when a bound is reached or the feed is closed */
  subscribe(company: CompanyId): BalanceSubscription | undefined;
}
