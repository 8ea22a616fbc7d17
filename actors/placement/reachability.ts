/** Whether this node reaches itself over the bus, as it says with each renewal (KEEPER-5). */

import type { NodeId, NodeState } from "../../src/ports/placement.ts";
import type { Clock } from "../../src/ports/runtime.ts";

/** How long a node may fail to reach itself before others should have its shards. */
export const UNREACHABLE_AFTER_MS = 5_000;
/**
 * How long a node that reaches itself again is only `suspect`. When NATS comes back, nodes notice one after another: the
 * first one must not call the bus there, or the others would give it their shards.
 */
export const RECOVERING_MS = 3_000;

/** What a {@link Reachability} depends on. */
export interface ReachabilityDependencies {
  readonly clock: Clock;
  /** Whether this node reaches itself over the bus. Never rejects. */
  isReachable(node: NodeId): Promise<boolean>;
}

/** The checks whether this node reaches itself, one at a time. */
export class Reachability {
  readonly #dependencies: ReachabilityDependencies;
  /** When reaching itself began to fail; undefined while it succeeds. */
  #failing_since_ms: number | undefined;
  /** When it last began to succeed after a long failure. */
  #reached_since_ms = -Infinity;
  #checking = false;
  /** A node that has never reached itself must get no shards of others: its environment may be wrong. */
  #has_reached = false;

  constructor(dependencies: ReachabilityDependencies) {
    this.#dependencies = dependencies;
  }

  /** What the checks say of this node. */
  get state(): Exclude<NodeState, "draining"> {
    if (!this.#has_reached) return "unreachable";
    const now_ms = this.#dependencies.clock.now_ms();
    if (this.#failing_since_ms === undefined) {
      return now_ms - this.#reached_since_ms < RECOVERING_MS ? "suspect" : "reachable";
    }
    return now_ms - this.#failing_since_ms < UNREACHABLE_AFTER_MS ? "suspect" : "unreachable";
  }

  /** Checks again, unless a check is under way. Never rejects. */
  async check(node: NodeId): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    const reached = await this.#dependencies.isReachable(node);
    this.#checking = false;
    const now_ms = this.#dependencies.clock.now_ms();
    if (!reached) {
      this.#failing_since_ms ??= now_ms;
      return;
    }
    this.#has_reached = true;
    if (this.#failing_since_ms !== undefined) {
      const failed_ms = now_ms - this.#failing_since_ms;
      // One lost check does not count. A longer failure may have made another node unreachable.
      if (failed_ms >= UNREACHABLE_AFTER_MS - RECOVERING_MS) this.#reached_since_ms = now_ms;
      this.#failing_since_ms = undefined;
    }
  }
}
