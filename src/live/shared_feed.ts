/**
 * The live feed of several nodes: a viewer on any node gets the balances that its company's node commits.
 *
 * - SHARED-1. Each second a node names its watched companies to their nodes, with the version that it has of each. A node
 *   sends the balances of companies that others named lately, and no others.
 * - SHARED-2. The answer to a naming has every newer balance that was published meanwhile: a message that the bus lost is
 *   made up for within a second.
 * - SHARED-3. When a company has another node, or its node did not answer, its balance is read once as a snapshot.
 */

import type { Balance } from "../domain/company/balance.ts";
import type { CompanyId } from "../domain/types.ts";
import type { BalancePublisher } from "../ports/companies.ts";
import type { Bus } from "../ports/placement.ts";

/** How often watched companies are named. */
const INTERVAL_MS = 1_000;
/** A naming holds for this long: three may be lost. */
const NAMED_FOR_MS = 3_500;
/** How long a node waits for the answer to a naming. */
const ANSWER_MS = 900;
/** The companies of one naming, and the balances of one message: about a kilobyte each. */
const COMPANIES_AT_ONCE = 500;

/** The feed of this node's own viewers. */
export interface LocalFeed extends BalancePublisher {
  watchedCompanies(): CompanyId[];
  /** The newest version that was published of a company; undefined when there is none, or it is not watched. */
  newestVersion(company: CompanyId): number | undefined;
}

/** What a {@link SharedFeed} depends on. */
export interface SharedFeedDependencies {
  readonly feed: LocalFeed;
  readonly bus: Bus;
  /** Monotonic time. */
  readonly now_ms: () => number;
  /** The id of this process among the feeds: random. */
  readonly id: string;
  /** Whether this node serves a company. */
  owns(company: CompanyId): boolean;
  /** The node that has a company; undefined if none has. */
  ownerOf(company: CompanyId): string | undefined;
  /** Reads a committed balance; undefined when its node cannot answer. Never rejects. */
  readBalance(company: CompanyId): Promise<Balance | undefined>;
}

/** A company that other nodes watch. */
interface NamedCompany {
  /** The feeds that named it, and until when that holds. */
  readonly until_ms: Map<string, number>;
  newest: Balance | undefined;
}

/** The companies that a node watches, with the version that it has of each. */
interface Naming {
  readonly feed: string;
  readonly companies: readonly (readonly [company: CompanyId, version: number])[];
}

/** Publishes balances to the viewers of every node. */
export class SharedFeed implements BalancePublisher {
  readonly #dependencies: SharedFeedDependencies;
  readonly #named = new Map<CompanyId, NamedCompany>();
  /** The newest balances that are to be sent to each feed. */
  readonly #unsent = new Map<string, Map<CompanyId, Balance>>();
  #sending: ReturnType<typeof setTimeout> | undefined;
  /** The node that each watched company had when its snapshot was read. */
  readonly #snapshot_of = new Map<CompanyId, string>();
  readonly #subscriptions: Disposable[] = [];
  #interval: ReturnType<typeof setInterval> | undefined;

  constructor(dependencies: SharedFeedDependencies) {
    this.#dependencies = dependencies;
  }

  isWatched(company: CompanyId): boolean {
    return this.#dependencies.feed.isWatched(company) || this.#named.has(company);
  }

  /** Delivers a balance to the viewers here, and sends it to the nodes that named its company. Never blocks. */
  publish(balance: Balance): void {
    this.#dependencies.feed.publish(balance);
    const named = this.#named.get(balance.company);
    if (named === undefined) return;
    named.newest = balance;
    for (const feed of named.until_ms.keys()) {
      const unsent = this.#unsent.get(feed) ?? new Map<CompanyId, Balance>();
      this.#unsent.set(feed, unsent.set(balance.company, balance));
    }
    this.#sending ??= setTimeout(() => this.#send(), 0);
  }

  /** Takes part until {@link stop}. */
  start(): void {
    const { bus, feed, id } = this.#dependencies;
    this.#subscriptions.push(
      bus.subscribe(`feeds.${id}`, (message) => {
        for (const balance of decode<Balance[]>(message)) feed.publish(balance);
      }),
    );
    this.#interval = setInterval(() => this.nameWatched(), INTERVAL_MS);
  }

  /** Takes the namings for a node id, until disposed. */
  takeNamings(node: string): Disposable {
    return this.#dependencies.bus.subscribe(namingsOf(node), (message, reply) => {
      reply(encode(this.#take(decode<Naming>(message))));
    });
  }

  /** Takes part no more. */
  stop(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#sending);
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
  }

  /** Names the watched companies to their nodes. It runs each second by itself. */
  nameWatched(): void {
    const { feed, owns, ownerOf } = this.#dependencies;
    this.#forgetOld();
    const companies_of = new Map<string, CompanyId[]>();
    for (const company of feed.watchedCompanies()) {
      if (owns(company)) {
        this.#snapshot_of.delete(company);
        continue;
      }
      const owner = ownerOf(company);
      if (owner === undefined) continue;
      const companies = companies_of.get(owner);
      if (companies === undefined) companies_of.set(owner, [company]);
      else companies.push(company);
    }
    for (const [owner, companies] of companies_of) {
      for (const part of parts(companies)) this.#name(owner, part);
    }
  }

  #name(owner: string, companies: readonly CompanyId[]): void {
    const { bus, feed, id } = this.#dependencies;
    const naming: Naming = {
      feed: id,
      companies: companies.map((company) => [company, feed.newestVersion(company) ?? -1] as const),
    };
    let request: Disposable | undefined;
    const end = (is_answered: boolean) => {
      request?.[Symbol.dispose]();
      clearTimeout(timer);
      if (is_answered) return void this.#readSnapshots(owner, companies);
      for (const company of companies) this.#snapshot_of.delete(company);
    };
    const timer = setTimeout(() => end(false), ANSWER_MS);
    try {
      request = bus.request(namingsOf(owner), encode(naming), (reply) => {
        for (const balance of reply === undefined ? [] : decode<Balance[]>(reply)) feed.publish(balance);
        end(reply !== undefined);
      });
    } catch {
      // The naming is larger than the bus takes: the balances are read again each second.
      end(false);
    }
  }

  /** Reads the balances of companies whose node has just learned that they are watched here. */
  async #readSnapshots(owner: string, companies: readonly CompanyId[]): Promise<void> {
    const { feed, readBalance } = this.#dependencies;
    const unread = companies.filter((company) => this.#snapshot_of.get(company) !== owner);
    await Promise.all(unread.map(async (company) => {
      this.#snapshot_of.set(company, owner);
      const balance = await readBalance(company);
      if (balance === undefined) this.#snapshot_of.delete(company);
      else feed.publish(balance);
    }));
  }

  /** Notes what another node watches. @returns the balances that are newer than those it has */
  #take({ feed, companies }: Naming): Balance[] {
    const newer: Balance[] = [];
    for (const [company, version] of companies) {
      const named = this.#named.get(company) ?? { until_ms: new Map(), newest: undefined };
      this.#named.set(company, named);
      named.until_ms.set(feed, this.#dependencies.now_ms() + NAMED_FOR_MS);
      if (named.newest !== undefined && named.newest.version > version) newer.push(named.newest);
    }
    return newer;
  }

  #forgetOld(): void {
    const now_ms = this.#dependencies.now_ms();
    for (const [company, { until_ms }] of this.#named) {
      for (const [feed, until] of until_ms) if (until <= now_ms) until_ms.delete(feed);
      if (until_ms.size === 0) this.#named.delete(company);
    }
    const { feed } = this.#dependencies;
    for (const company of this.#snapshot_of.keys()) {
      if (!feed.isWatched(company)) this.#snapshot_of.delete(company);
    }
  }

  #send(): void {
    this.#sending = undefined;
    for (const [feed, balances] of this.#unsent) {
      for (const part of parts([...balances.values()])) {
        this.#dependencies.bus.publish(`feeds.${feed}`, encode(part));
      }
    }
    this.#unsent.clear();
  }
}

function parts<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / COMPANIES_AT_ONCE);
  return Array.from(
    { length: count },
    (_, n) => items.slice(n * COMPANIES_AT_ONCE, (n + 1) * COMPANIES_AT_ONCE),
  );
}

/** Returns the subject under which a node takes namings. */
function namingsOf(node: string): string {
  return `nodes.${node}.namings`;
}

/** A balance is the same as JSON: its amounts are whole numbers or texts. */
function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode<Value>(message: Uint8Array): Value {
  return JSON.parse(new TextDecoder().decode(message));
}
