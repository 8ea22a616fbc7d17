import { LEASE_MS } from "../../../actors/placement/lease_keeper.ts";
import type { Change } from "../../../src/domain/company/change.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { SimulatedCluster } from "../cluster/cluster.ts";
import type { DatabaseClient } from "../database.ts";
import type { Process } from "../process.ts";
import type { Trace } from "../trace.ts";
import type { ReportViolation } from "./account.ts";

/** How long after the last fault a company may be without an owner, or its owner unknown to a node. */
export const FOUND_WITHIN_MS = 3 * LEASE_MS;

/** Checks who owns a company: whose writes are accepted (SIM-24), who serves it (SIM-25), and that it is found (SIM-26). */
export class Owners {
  readonly #trace: Trace;
  readonly #reportViolation: ReportViolation;
  /** The process that activated each company last. */
  readonly #activated = new Map<CompanyId, DatabaseClient>();

  constructor(trace: Trace, reportViolation: ReportViolation) {
    this.#trace = trace;
    this.#reportViolation = reportViolation;
  }

  /** Notes who has activated a company. */
  companyActivated(client: DatabaseClient, company: CompanyId): void {
    const before = this.#activated.get(company);
    if (before !== undefined && before !== client) this.#trace.countFault("owner changed");
    this.#activated.set(company, client);
  }

  /** Checks that every accepted change is of the process that activated its company last. */
  changesWritten(
    client: DatabaseClient,
    changes: readonly Change[],
    accepted: ReadonlySet<CompanyId>,
  ): void {
    for (const { company, version } of changes) {
      const owner = this.#activated.get(company);
      if (!accepted.has(company) || owner === client) continue;
      this.#reportViolation(
        "SIM-24",
        `${company}: ${client.name} wrote version ${version} although ${owner?.name} has activated it`,
      );
    }
  }

  /** Checks that each company is served by one running node at most, which has its stored lease. */
  checkServing(
    companies: readonly CompanyId[],
    processes: readonly Process[],
    cluster: SimulatedCluster,
  ): void {
    for (const company of companies) {
      const serving = processes.filter(({ is_paused, placement }) => !is_paused && placement.owns(company));
      const owner = cluster.ownerOf(company);
      for (const { name, placement } of serving) {
        if (placement.ownerOf(company) === owner) continue;
        this.#reportViolation("SIM-25", `${company}: ${name} serves it, and the lease is of ${owner}`);
      }
      if (serving.length > 1) {
        this.#reportViolation("SIM-25", `${company} is served by ${serving.map(({ name }) => name)}`);
      }
    }
  }
}

/** Returns the companies that are lost: of others a process serves each, every process knows which, and they all reach each other. */
export function lostCompanies(
  companies: readonly CompanyId[],
  processes: readonly Process[],
): readonly CompanyId[] {
  const reach_each_other = processes.every(({ placement }) =>
    placement.nodes().every(({ state }) => state === "reachable")
  );
  return reach_each_other ? companies.filter((company) => !isFound(company, processes)) : companies;
}

function isFound(company: CompanyId, processes: readonly Process[]): boolean {
  const owner = processes.find(({ placement }) => placement.owns(company))?.placement.ownerOf(company);
  return owner !== undefined && processes.every(({ placement }) => placement.ownerOf(company) === owner);
}
