/**
 * API keys and viewer sessions, kept in sync with all processes on the database.
 *
 * - ACCESS-1. While the store answers, a change of another process is known here after about 250 ms, or earlier when a
 *   call refreshes. Every change locks one row and takes the next revision from it, so changes are committed in order of
 *   revision.
 * - ACCESS-2. Refreshes run one at a time, at most one every 50 ms. Callers share a refresh that has not begun its query.
 * - ACCESS-3. A process that cannot refresh for 30 s evicts its keys and sessions from memory: it ends their leases, and
 *   requests with them fail as unavailable until the store answers. The root key needs no store.
 */

import type { KeyStore, SessionStore } from "./store.ts";
import { Keys } from "./keys.ts";
import { ViewerSessions } from "./viewer_sessions.ts";
import { SignedTokens } from "./token.ts";
import { DAY_MS } from "../time/units.ts";

/** What {@link Access} depends on. */
export interface AccessDependencies {
  readonly keys: KeyStore;
  readonly sessions: SessionStore;
  /** Signs the tokens of viewers: 32 random bytes shared by all processes. */
  readonly token_secret: Uint8Array;
  /** The machine's clock, never the test clock. */
  readonly clock: { now_ms(): number };
  readonly timers: { sleep(duration_ms: number, signal?: AbortSignal): Promise<void> };
  /** Called with the error of a failed refresh, once an outage, and of the last writes. */
  readonly report: (error: unknown) => void;
}

const REFRESH_INTERVAL_MS = 250;
const REFRESH_SPACING_MS = 50;
const STALE_AFTER_MS = 30_000;
const CLEANUP_INTERVAL_MS = 60_000;
const ENDED_SESSION_RETENTION_MS = DAY_MS;

/** API keys and viewer sessions, with the loop that refreshes them. */
export class Access {
  readonly keys: Keys;
  readonly sessions: ViewerSessions;
  readonly #dependencies: AccessDependencies;
  readonly #stopping = new AbortController();
  /** Revision of the last refresh; undefined before the first. */
  #revision: number | undefined;
  #resets = 0;
  /** A refresh that has not begun its query: callers share it. */
  #scheduled: Promise<void> | undefined;
  /** The query that is running. */
  #querying: Promise<void> | undefined;
  /** Start of the last query. */
  #queried_at_ms = -Infinity;
  /** Start of the last query that succeeded. */
  #confirmed_at_ms = -Infinity;
  #cleaned_up_at_ms = -Infinity;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(dependencies: AccessDependencies) {
    this.#dependencies = dependencies;
    const now_ms = () => dependencies.clock.now_ms();
    this.keys = new Keys(dependencies.keys, now_ms, () => this.refresh());
    const tokens = new SignedTokens(dependencies.token_secret);
    this.sessions = new ViewerSessions(dependencies.sessions, tokens, this.keys, now_ms);
  }

  /**
   * Applies every change that was committed before this call.
   *
   * @throws when the store cannot be reached
   */
  refresh(): Promise<void> {
    // A running query may miss changes that were committed since it began: only a scheduled one is shared.
    return this.#scheduled ??= this.#refreshSoon();
  }

  /** Ends all leases, evicts all keys and sessions, and reads everything again: the store may be at an earlier state. */
  reset(): void {
    this.sessions.evictAll();
    this.keys.evictAll();
    this.#revision = undefined;
    this.#resets++;
  }

  /** Starts the loop that refreshes, until {@link stop}. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Stops the loop and writes pending uses and renewals. Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all([this.keys.writeUses(true), this.sessions.writeRenewals(true)])
      .catch(this.#dependencies.report);
  }

  async #refreshSoon(): Promise<void> {
    const { clock, timers } = this.#dependencies;
    await this.#querying?.catch(() => {});
    const wait_ms = this.#queried_at_ms + REFRESH_SPACING_MS - clock.now_ms();
    if (wait_ms > 0) await timers.sleep(Math.min(wait_ms, REFRESH_SPACING_MS));
    this.#scheduled = undefined;
    this.#queried_at_ms = clock.now_ms();
    await (this.#querying = this.#query());
  }

  async #query(): Promise<void> {
    const queried_at_ms = this.#queried_at_ms;
    const resets = this.#resets;
    // Sessions that were read before the first refresh may have ended since: the refresh does not report those.
    if (this.#revision === undefined) this.sessions.evictAll();
    const { revision, keys, ended_session_hashes } = await this.#dependencies.keys.changesSince(
      this.#revision,
    );
    // Changes since a revision do not fill a memory that was emptied meanwhile.
    if (resets !== this.#resets) return await this.#query();
    this.#confirmed_at_ms = queried_at_ms;
    this.keys.apply(keys);
    this.sessions.markEnded(ended_session_hashes);
    this.#revision = revision;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.keys.endExpired();
      this.sessions.renewHeldAndDropExpired();
      try {
        await this.refresh();
        await this.sessions.writeRenewals();
        await this.keys.writeUses();
        await this.#cleanUp();
        this.#failing = false;
      } catch (error) {
        this.#onFailure(error);
      }
      await this.#dependencies.timers.sleep(REFRESH_INTERVAL_MS, signal);
    }
  }

  #onFailure(error: unknown): void {
    // An outage is reported once.
    if (!this.#failing) this.#dependencies.report(error);
    this.#failing = true;
    if (this.#dependencies.clock.now_ms() - this.#confirmed_at_ms < STALE_AFTER_MS) return;
    this.reset();
  }

  async #cleanUp(): Promise<void> {
    const now_ms = this.#dependencies.clock.now_ms();
    if (now_ms - this.#cleaned_up_at_ms < CLEANUP_INTERVAL_MS) return;
    this.#cleaned_up_at_ms = now_ms;
    await this.#dependencies.sessions.deleteExpired(now_ms - ENDED_SESSION_RETENTION_MS);
  }
}
