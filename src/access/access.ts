/**
 * Who may ask, kept up to date with all processes on the database.
 *
 * W1. What another process changed is known here within a quarter of a second, and what takes a look in between.
 *     Changes are numbered by one row that every change locks, so that none is committed behind a later one.
 * W2. Looks are one at a time, and at most one every 50 ms, however many ask for one.
 * W3. A process that cannot look for 30 s goes by what it knew no longer: it forgets it, what went on under it ends,
 *     and whoever comes is told to try again until the store answers. The root key alone needs no store.
 */

import type { KeyStore, SessionStore } from "./store.ts";
import { Keys } from "./keys.ts";
import { ViewerSessions } from "./viewer_sessions.ts";
import { SignedTokens } from "./token.ts";
import { DAY_MS } from "../time/units.ts";

/** What it is made of. */
export interface AccessDependencies {
  readonly keys: KeyStore;
  readonly sessions: SessionStore;
  /** Seals the tickets of viewers: 32 random bytes that all processes share. */
  readonly token_secret: Uint8Array;
  /** The machine's clock, whatever the test clock says. */
  readonly clock: { now_ms(): number };
  readonly timers: { sleep(duration_ms: number, signal?: AbortSignal): Promise<void> };
  readonly report: (error: unknown) => void;
}

const LOOK_EVERY_MS = 250;
const BETWEEN_LOOKS_MS = 50;
const UNCONFIRMED_MS_MAX = 30_000;
const FORGET_EVERY_MS = 60_000;
const FORGOTTEN_AFTER_MS = DAY_MS;

/** Keys and sessions, and what keeps them true. */
export class Access {
  readonly keys: Keys;
  readonly sessions: ViewerSessions;
  readonly #world: AccessDependencies;
  readonly #stopping = new AbortController();
  /** Undefined: nothing is known yet. */
  #revision: number | undefined;
  /** The look that whoever asks now shares: it has not asked the store yet. */
  #looking: Promise<void> | undefined;
  /** What the store is being asked. */
  #asking: Promise<void> | undefined;
  #looked_at_ms = -Infinity;
  #confirmed_at_ms = -Infinity;
  #forgot_at_ms = -Infinity;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(world: AccessDependencies) {
    this.#world = world;
    const now_ms = () => world.clock.now_ms();
    this.keys = new Keys(world.keys, now_ms, () => this.refresh());
    const tickets = new SignedTokens(world.token_secret);
    this.sessions = new ViewerSessions(world.sessions, tickets, this.keys, now_ms);
  }

  /**
   * Brings here what has changed, also a moment before this call.
   *
   * @throws when the store cannot be reached
   */
  refresh(): Promise<void> {
    // A look that has begun may have missed what was committed since; one that still waits has not.
    return this.#looking ??= this.#lookSoon();
  }

  /** Keeps looking, until it is stopped. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Stops looking, and writes what is left to be written. Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all([this.keys.writeUses(true), this.sessions.writeRenewals(true)])
      .catch(this.#world.report);
  }

  async #lookSoon(): Promise<void> {
    const { clock, timers } = this.#world;
    await this.#asking?.catch(() => {});
    const wait_ms = this.#looked_at_ms + BETWEEN_LOOKS_MS - clock.now_ms();
    if (wait_ms > 0) await timers.sleep(Math.min(wait_ms, BETWEEN_LOOKS_MS));
    this.#looking = undefined;
    this.#looked_at_ms = clock.now_ms();
    await (this.#asking = this.#ask());
  }

  async #ask(): Promise<void> {
    const asked_at_ms = this.#looked_at_ms;
    // What was found without knowing what has changed could have ended meanwhile.
    if (this.#revision === undefined) this.sessions.endAll();
    const { revision, keys, sessions_ended } = await this.#world.keys.changesSince(this.#revision);
    this.#confirmed_at_ms = asked_at_ms;
    this.keys.apply(keys);
    this.sessions.apply(sessions_ended);
    this.#revision = revision;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.keys.endExpired();
      this.sessions.endExpired();
      try {
        await this.refresh();
        await this.sessions.writeRenewals();
        await this.keys.writeUses();
        await this.#forget();
        this.#failing = false;
      } catch (error) {
        this.#failed(error);
      }
      await this.#world.timers.sleep(LOOK_EVERY_MS, signal);
    }
  }

  #failed(error: unknown): void {
    // Said once for an outage, however long it is.
    if (!this.#failing) this.#world.report(error);
    this.#failing = true;
    if (this.#world.clock.now_ms() - this.#confirmed_at_ms < UNCONFIRMED_MS_MAX) return;
    this.sessions.endAll();
    this.keys.endAll();
    this.#revision = undefined;
  }

  async #forget(): Promise<void> {
    const now_ms = this.#world.clock.now_ms();
    if (now_ms - this.#forgot_at_ms < FORGET_EVERY_MS) return;
    this.#forgot_at_ms = now_ms;
    await this.#world.sessions.deleteExpired(now_ms - FORGOTTEN_AFTER_MS);
  }
}
