/** The faults. Each is injected into the service under load, and then removed. */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Load } from "./load.ts";
import type { ChaosEnvironment, ProcessSettings } from "./environment.ts";
import { CITUS_FAULTS } from "./citus_faults.ts";
import { CLOCKS } from "./clocks.ts";
import { CLUSTER_FAULTS, type ClusterFault } from "./cluster_faults.ts";
import { CONNECTIONS } from "./connections.ts";
import { EXHAUSTIONS } from "./exhaustion.ts";
import { FAILOVERS } from "./failovers.ts";
import { POOLERS } from "./poolers.ts";
import { PROCESSES } from "./processes.ts";

/** One fault of one service. */
export interface Fault {
  readonly name: string;
  /** A short description. */
  readonly description: string;
  /**
   * Its environment: an external Postgres, the service's own, a proxy in between, one that can fail over behind a proxy, a
   * small disk, or a distributed database.
   */
  readonly environment: "postgres" | "embedded" | "proxy" | "replicated" | "small_disk" | "citus";
  /** The fault loses acknowledged commits by design: what it lost is delivered again, and balances may go back. */
  readonly loses_commits?: boolean;
  /** Returns how the service is started, given the folder of its environment. */
  readonly process?: (data_dir: string) => ProcessSettings;
  /** Returns why the fault cannot be injected on this machine, or undefined. */
  readonly unavailable?: () => Promise<string | undefined>;
  /**
   * Injects the fault and removes it. The service must then recover without help.
   *
   * @param round the number of the round, from 1
   */
  inject(environment: ChaosEnvironment, random: SeededRandom, load: Load, round: number): Promise<void>;
}

/** A fault of one service, or of a cluster. */
export type AnyFault = Fault | ClusterFault;

/** The faults of one service by kind. Each kind has a test file of its name, `tests/tools/chaos/KIND.test.ts`. */
export const FAULTS_BY_KIND = {
  processes: PROCESSES,
  connections: CONNECTIONS,
  failovers: FAILOVERS,
  poolers: POOLERS,
  exhaustion: EXHAUSTIONS,
  clocks: CLOCKS,
  citus: CITUS_FAULTS,
} as const;

/** All faults. Those of a cluster are tested by `tests/service/cluster.test.ts`. */
export const FAULTS: readonly AnyFault[] = [...Object.values(FAULTS_BY_KIND).flat(), ...CLUSTER_FAULTS];
