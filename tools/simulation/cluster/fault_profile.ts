import type { SeededRandom } from "../../../tests/support/seeded_random.ts";

/** The probability of each fault between nodes, at each point where it can occur. */
export interface ClusterFaultProfile {
  /** A message between nodes is lost. */
  readonly message_lost: number;
  readonly message_delayed: number;
  /** A client that reconnects to NATS lacks one of its subscriptions. */
  readonly subscription_lost: number;
  /** A statement on the leases, or its answer, takes seconds. */
  readonly renewal_delayed: number;
  readonly renewal_lost: number;
}

/** A profile without faults between nodes. */
export const NO_CLUSTER_FAULTS: ClusterFaultProfile = {
  message_lost: 0,
  message_delayed: 0,
  subscription_lost: 0,
  renewal_delayed: 0,
  renewal_lost: 0,
};

/** What makes a run one of several nodes. */
export interface ClusterPlan {
  readonly fault_profile: ClusterFaultProfile;
  /** How fast the clocks of each node run, by its number; 1 is right. */
  readonly paces: readonly number[];
}

/** Leases hold while no clock is wrong by more than a tenth; see `MARGIN_MS`. */
const PACES = [1, 1, 0.95, 1.05];

/** Draws the faults between nodes and the pace of their clocks. */
export function randomClusterPlan(random: SeededRandom): ClusterPlan {
  const highest = random.pick([0, 0.02, 0.05, 0.2]);
  const probability = () => random.chance(0.6) ? random.fraction() * highest : 0;
  return {
    fault_profile: {
      message_lost: probability(),
      message_delayed: probability(),
      subscription_lost: random.pick([0, 0.2, 0.5]),
      renewal_delayed: probability(),
      renewal_lost: probability(),
    },
    paces: Array.from({ length: NODES_MAX }, () => random.pick(PACES)),
  };
}

/** Nodes at most, with those that are added. */
export const NODES_MAX = 4;
