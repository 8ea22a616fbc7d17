import { LEASE_MS } from "../../../actors/placement/lease_keeper.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { balanceIn } from "../../support/actors.ts";
import { TestCluster, type TestNode } from "../../support/cluster/test_cluster.ts";

/** Enough companies that each of three nodes has some. */
export const COMPANIES = Array.from({ length: 12 }, (_, n) => `company-${n}` as CompanyId);
/** When the lease of a node that is gone has ended, and the others have noticed. */
export const TAKEN_OVER_MS = LEASE_MS + 2_500;

/** Starts nodes on a store that has the companies. */
export async function createCluster(
  ...names: string[]
): Promise<{ cluster: TestCluster; nodes: TestNode[] }> {
  const cluster = new TestCluster();
  await cluster.create(COMPANIES);
  return { cluster, nodes: await cluster.startAll(...names) };
}

/** Returns a company of a node. */
export function ownedBy(node: TestNode): CompanyId {
  return COMPANIES.find((company) => node.placement.owns(company))!;
}

/** Reads through a node what a company has consumed. */
export async function consumed(cluster: TestCluster, node: TestNode, company: CompanyId): Promise<number> {
  return balanceIn(await cluster.execute(node, company, { type: "read_balance" })).consumed;
}
