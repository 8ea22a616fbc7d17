/**
 * The live feed: passes committed balances to the open streams of each company. The HTTP layer decides what a stream
 * sends over the wire.
 *
 * - FEED-1. A viewer gets the newest balance, never a queue: a newer balance replaces one that was not delivered.
 * - FEED-2. A version is never delivered after a newer one, in any order of publishing.
 * - FEED-3. Publishing costs one map lookup when nobody watches, and the same for a thousand viewers as for one: viewers
 *   are notified in a later turn of the event loop, once for all balances published until then.
 * - FEED-4. Viewers are bounded, per company and in total.
 * - FEED-5. When a subscription or the feed ends, a waiting `next` resolves to `closed`.
 * - FEED-6. A viewer gets each alert once, and at most the newest {@link ALERTS_WAITING_MAX} of those that wait for it.
 */

import type { Balance } from "../domain/company/balance.ts";
import type { CompanyId } from "../domain/types.ts";
import type { BalancePublisher } from "../ports/companies.ts";
import type { BalanceSubscription, LiveBalances, RaisedAlert, StreamItem } from "../ports/live.ts";

/** Alerts that wait for one viewer. */
const ALERTS_WAITING_MAX = 20;
/** Alerts of a channel that are remembered, so that they are delivered once. */
const ALERTS_REMEMBERED = 100;

/** The bounds of a feed. */
export interface LiveFeedOptions {
  /** Default 2,000. */
  viewers_per_company_max?: number;
  /** Default 20,000. */
  viewers_max?: number;
  /** How often a waiting viewer gets a heartbeat. Default 4,000. */
  heartbeat_ms?: number;
}

/** Delivers each company's newest balance to its viewers. */
export class LiveFeed implements BalancePublisher, LiveBalances {
  readonly #viewers_per_company_max: number;
  readonly #viewers_max: number;
  readonly #heartbeat_ms: number;
  readonly #channels = new Map<CompanyId, Channel>();
  #viewers = 0;
  #heartbeat_timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(options: LiveFeedOptions = {}) {
    this.#viewers_per_company_max = options.viewers_per_company_max ?? 2_000;
    this.#viewers_max = options.viewers_max ?? 20_000;
    this.#heartbeat_ms = options.heartbeat_ms ?? 4_000;
  }

  /** Number of open subscriptions. */
  get viewers(): number {
    return this.#viewers;
  }

  /** Returns whether a company has viewers: without any its balance need not be computed. */
  isWatched(company: CompanyId): boolean {
    return this.#channels.has(company);
  }

  /** Lists the companies with viewers. */
  watchedCompanies(): CompanyId[] {
    return [...this.#channels.keys()];
  }

  /** Returns the newest version that was published of a company; undefined when there is none, or nobody watches it. */
  newestVersion(company: CompanyId): number | undefined {
    return this.#channels.get(company)?.newest?.version;
  }

  /** Delivers an alert to the viewers of a company that did not get it (FEED-6). Never blocks, never throws. */
  publishAlert(company: CompanyId, alert: RaisedAlert): void {
    this.#channels.get(company)?.publishAlert(alert);
  }

  /** Delivers a balance to the viewers of its company. Never blocks, never throws. */
  publish(balance: Balance): void {
    this.#channels.get(balance.company)?.publish(balance);
  }

  /** Subscribes to a company. @returns undefined when a bound is reached or the feed is closed */
  subscribe(company: CompanyId): BalanceSubscription | undefined {
    if (this.#closed || this.#viewers >= this.#viewers_max) return undefined;
    const channel = this.#channels.get(company) ?? new Channel();
    if (channel.viewers.size >= this.#viewers_per_company_max) return undefined;
    const viewer = new Viewer(channel, () => this.#leave(company, channel, viewer));
    channel.viewers.add(viewer);
    this.#channels.set(company, channel);
    this.#viewers++;
    this.#heartbeat_timer ??= setInterval(() => this.#beat(), this.#heartbeat_ms);
    return viewer;
  }

  /** Ends every subscription and accepts no more. */
  close(): void {
    this.#closed = true;
    this.endAll();
  }

  /** Ends every subscription: viewers subscribe again, and may then get an older version. */
  endAll(): void {
    for (const channel of this.#channels.values()) {
      for (const viewer of channel.viewers) viewer[Symbol.dispose]();
    }
  }

  #leave(company: CompanyId, channel: Channel, viewer: Viewer): void {
    channel.viewers.delete(viewer);
    this.#viewers--;
    if (channel.viewers.size === 0) {
      channel.stop();
      this.#channels.delete(company);
    }
    if (this.#viewers === 0) {
      clearInterval(this.#heartbeat_timer);
      this.#heartbeat_timer = undefined;
    }
  }

  #beat(): void {
    for (const channel of this.#channels.values()) {
      for (const viewer of channel.viewers) viewer.beat();
    }
  }
}

/** The viewers of one company and its newest balance (FEED-1). */
class Channel {
  readonly viewers = new Set<Viewer>();
  newest: Balance | undefined;
  /** The ids of the last alerts. */
  readonly #alerts = new Set<string>();
  #notify_timer: ReturnType<typeof setTimeout> | undefined;

  publish(balance: Balance): void {
    if (this.newest !== undefined && balance.version <= this.newest.version) return;
    this.newest = balance;
    this.#notify_timer ??= setTimeout(() => this.#notify(), 0);
  }

  publishAlert(alert: RaisedAlert): void {
    if (this.#alerts.has(alert.id)) return;
    this.#alerts.add(alert.id);
    if (this.#alerts.size > ALERTS_REMEMBERED) this.#alerts.delete(this.#alerts.values().next().value!);
    for (const viewer of this.viewers) viewer.addAlert(alert);
  }

  stop(): void {
    clearTimeout(this.#notify_timer);
  }

  #notify(): void {
    this.#notify_timer = undefined;
    for (const viewer of this.viewers) viewer.notify();
  }
}

class Viewer implements BalanceSubscription {
  readonly #channel: Channel;
  readonly #onLeave: () => void;
  /** The last version delivered, or the newest when this viewer subscribed. */
  #version: number;
  readonly #alerts: RaisedAlert[] = [];
  #wait: ((next: StreamItem) => void) | undefined;
  #closed = false;

  constructor(channel: Channel, onLeave: () => void) {
    this.#channel = channel;
    this.#onLeave = onLeave;
    this.#version = channel.newest?.version ?? -1;
  }

  next(): Promise<StreamItem> {
    if (this.#closed) return Promise.resolve("closed");
    // First: they are rare, and the balance may change all the time.
    const alert = this.#alerts.shift();
    if (alert !== undefined) return Promise.resolve({ alert });
    const newest = this.#undelivered();
    if (newest !== undefined) return Promise.resolve(this.#deliver(newest));
    return new Promise((resolve) => this.#wait = resolve);
  }

  notify(): void {
    const newest = this.#undelivered();
    if (this.#wait !== undefined && newest !== undefined) this.#resolve(this.#deliver(newest));
  }

  addAlert(alert: RaisedAlert): void {
    if (this.#wait !== undefined) return this.#resolve({ alert });
    this.#alerts.push(alert);
    if (this.#alerts.length > ALERTS_WAITING_MAX) this.#alerts.shift();
  }

  beat(): void {
    this.#resolve("heartbeat");
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onLeave();
    this.#resolve("closed");
  }

  #undelivered(): Balance | undefined {
    const { newest } = this.#channel;
    return newest !== undefined && newest.version > this.#version ? newest : undefined;
  }

  #deliver(balance: Balance): Balance {
    this.#version = balance.version;
    return balance;
  }

  #resolve(next: StreamItem): void {
    const wait = this.#wait;
    this.#wait = undefined;
    wait?.(next);
  }
}
