import type { NodeAction } from "../actions.ts";
import type { EventLoop } from "../event_loop.ts";
import type { Process } from "../process.ts";
import { LEASE_MS } from "../../../actors/placement/lease_keeper.ts";
import type { SimulatedCluster } from "./cluster.ts";
import { type ClusterFaultProfile, NO_CLUSTER_FAULTS } from "./fault_profile.ts";

/** A fault that lasts for a while. */
type LastingFault = Exclude<NodeAction, { do: "add node" }>;

/** Suspends nodes, and cuts nodes, NATS and Postgres off from each other. */
export class NodeFaults {
  readonly #event_loop: EventLoop;
  readonly #cluster: SimulatedCluster;
  readonly #fault_profile: ClusterFaultProfile;
  /** The processes that run now. */
  readonly #processes: () => readonly Process[];

  constructor(
    event_loop: EventLoop,
    cluster: SimulatedCluster,
    fault_profile: ClusterFaultProfile,
    processes: () => readonly Process[],
  ) {
    this.#event_loop = event_loop;
    this.#cluster = cluster;
    this.#fault_profile = fault_profile;
    this.#processes = processes;
  }

  /** Begins a fault, which ends by itself. @param process the one that the action names, if it runs */
  begin(action: LastingFault, process: Process | undefined): void {
    const { trace } = this.#event_loop;
    const { nats } = this.#cluster;
    switch (action.do) {
      case "pause":
        if (process?.alive !== true || process.is_paused) return;
        trace.countFault("node paused");
        if (action.for_ms > LEASE_MS) trace.countFault("node paused past its lease");
        process.is_paused = true;
        return this.#end(action, () => process.is_paused = false);
      case "cut from NATS":
        if (process?.alive !== true) return;
        trace.countFault("cut off from NATS");
        nats.setCut(process, true);
        return this.#end(action, () => nats.setCut(process, false));
      case "cut from Postgres":
        if (process?.alive !== true) return;
        trace.countFault("cut off from Postgres");
        process.is_cut_from_postgres = true;
        return this.#end(action, () => process.is_cut_from_postgres = false);
      case "restart Postgres": {
        trace.countFault("Postgres restarted");
        const cut = this.#processes();
        for (const each of cut) each.is_cut_from_postgres = true;
        return this.#end(action, () => {
          for (const each of cut) each.is_cut_from_postgres = false;
        });
      }
      case "stop NATS":
      case "silence NATS":
        trace.countFault(action.do === "stop NATS" ? "NATS stopped" : "NATS silent");
        nats.state = action.do === "stop NATS" ? "stopped" : "silent";
        return this.#end(action, () => nats.state = "up");
      case "lose subscriptions":
        if (process?.alive === true) nats.loseSubscriptions(process);
    }
  }

  /** Begins the faults that occur by chance. */
  start(): void {
    this.#cluster.nats.fault_profile = this.#fault_profile;
  }

  /** Ends every fault. */
  stop(): void {
    const { nats } = this.#cluster;
    nats.fault_profile = NO_CLUSTER_FAULTS;
    nats.heal();
    for (const process of this.#processes()) process.is_paused = process.is_cut_from_postgres = false;
  }

  #end(action: { readonly do: string; readonly for_ms: number }, end: () => void): void {
    this.#event_loop.schedule({ description: `the end of: ${action.do}`, after_ms: action.for_ms }, end);
  }
}
