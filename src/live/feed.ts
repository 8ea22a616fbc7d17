/**
 * The live feed: committed balances on their way to whoever watches. Its border: it hears balances and hands
 * them on; what a viewer is sent over the wire is the edge's.
 *
 * F1. A viewer is owed the newest balance, never a queue: what is newer takes the place of what waits.
 * F2. A version never comes after a newer one, whatever order they are published in.
 * F3. Publishing costs a look-up when nobody watches, and the same for a thousand viewers as for one: they are
 *     woken in a turn of the event loop of their own, once for all that was published until then.
 * F4. Viewers are bounded, per company and in all.
 * F5. Whoever waits hears of the end: of the subscription, or of the feed.
 */

import type { Balance } from "../domain/company/balance.ts";
import type { CompanyId } from "../domain/types.ts";

/** Bounds of a feed. */
export interface LiveFeedOptions {
  /** Default 2,000. */
  viewers_per_company_max?: number;
  /** Default 20,000. */
  viewers_max?: number;
  /** How often whoever waits hears a heartbeat. Default 15,000. */
  heartbeat_ms?: number;
}

/** One who watches. Disposing of it ends it. */
export interface Subscription extends Disposable {
  /**
   * Waits for the next balance; the newest, if it is there already. One call at a time.
   *
   * @returns `closed` once the subscription or the feed has ended
   */
  next(): Promise<Balance | "heartbeat" | "closed">;
}

/** Hands each company's newest balance to its viewers. */
export class LiveFeed {
  readonly #viewers_per_company_max: number;
  readonly #viewers_max: number;
  readonly #heartbeat_ms: number;
  readonly #channels = new Map<CompanyId, Channel>();
  #viewers = 0;
  #heart: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(options: LiveFeedOptions = {}) {
    this.#viewers_per_company_max = options.viewers_per_company_max ?? 2_000;
    this.#viewers_max = options.viewers_max ?? 20_000;
    this.#heartbeat_ms = options.heartbeat_ms ?? 15_000;
  }

  /** How many watch. */
  get viewers(): number {
    return this.#viewers;
  }

  /** Whether anybody watches a company: a balance nobody would see need not be worked out. */
  isWatched(company: CompanyId): boolean {
    return this.#channels.has(company);
  }

  /** Tells a company's viewers of a balance. Never blocks, never throws. */
  publish(balance: Balance): void {
    this.#channels.get(balance.company)?.publish(balance);
  }

  /** @returns undefined when a bound is reached, or the feed is closed */
  subscribe(company: CompanyId): Subscription | undefined {
    if (this.#closed || this.#viewers >= this.#viewers_max) return undefined;
    const channel = this.#channels.get(company) ?? new Channel();
    if (channel.viewers.size >= this.#viewers_per_company_max) return undefined;
    const viewer = new Viewer(channel, () => this.#leave(company, channel, viewer));
    channel.viewers.add(viewer);
    this.#channels.set(company, channel);
    this.#viewers++;
    this.#heart ??= setInterval(() => this.#beat(), this.#heartbeat_ms);
    return viewer;
  }

  /** Ends every subscription, and takes no more. */
  close(): void {
    this.#closed = true;
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
      clearInterval(this.#heart);
      this.#heart = undefined;
    }
  }

  #beat(): void {
    for (const channel of this.#channels.values()) {
      for (const viewer of channel.viewers) viewer.beat();
    }
  }
}

/** What is known of a company while somebody watches it: one balance for all its viewers (F1). */
class Channel {
  readonly viewers = new Set<Viewer>();
  newest: Balance | undefined;
  #waking: ReturnType<typeof setTimeout> | undefined;

  publish(balance: Balance): void {
    if (this.newest !== undefined && balance.version <= this.newest.version) return;
    this.newest = balance;
    this.#waking ??= setTimeout(() => this.#wake(), 0);
  }

  stop(): void {
    clearTimeout(this.#waking);
  }

  #wake(): void {
    this.#waking = undefined;
    for (const viewer of this.viewers) viewer.wake();
  }
}

class Viewer implements Subscription {
  readonly #channel: Channel;
  readonly #onLeave: () => void;
  /** The last version heard, or published before this viewer came. */
  #version: number;
  #wait: ((next: Balance | "heartbeat" | "closed") => void) | undefined;
  #closed = false;

  constructor(channel: Channel, onLeave: () => void) {
    this.#channel = channel;
    this.#onLeave = onLeave;
    this.#version = channel.newest?.version ?? -1;
  }

  next(): Promise<Balance | "heartbeat" | "closed"> {
    if (this.#closed) return Promise.resolve("closed");
    const newest = this.#unheard();
    if (newest !== undefined) return Promise.resolve(this.#hear(newest));
    return new Promise((resolve) => this.#wait = resolve);
  }

  wake(): void {
    const newest = this.#unheard();
    if (this.#wait !== undefined && newest !== undefined) this.#answer(this.#hear(newest));
  }

  beat(): void {
    this.#answer("heartbeat");
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onLeave();
    this.#answer("closed");
  }

  #unheard(): Balance | undefined {
    const { newest } = this.#channel;
    return newest !== undefined && newest.version > this.#version ? newest : undefined;
  }

  #hear(balance: Balance): Balance {
    this.#version = balance.version;
    return balance;
  }

  #answer(next: Balance | "heartbeat" | "closed"): void {
    const wait = this.#wait;
    this.#wait = undefined;
    wait?.(next);
  }
}
