import type { Pool } from "../../src/store/connection.ts";

/** How one statement was carried out. */
export interface Plan {
  /** Nodes that read a table, such as `Index Scan on ledger by ledger_feature`. */
  readonly reads: readonly string[];
  /** Rows that were looked at, those a filter then took out included. */
  readonly rows_examined: number;
  /** Pages of 8 kB that were touched, in memory or not. */
  readonly pages_touched: number;
  readonly duration_ms: number;
}

/** A node of `explain (format json)`. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly Plan: PlanNode;
  readonly "Execution Time": number;
}

/** A pool that carries out what it is asked, and explains it beside that: it tells how by what really happened. */
export function explaining(pool: Pool): { readonly pool: Pool; readonly plans: Plan[] } {
  const plans: Plan[] = [];
  const query = async (text: string, values: unknown[]) => {
    const { rows } = await pool.query<{ "QUERY PLAN": readonly [Explained] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    plans.push(planOf(rows[0]!["QUERY PLAN"][0]));
    return await pool.query(text, values);
  };
  return { pool: { query } as unknown as Pool, plans };
}

function planOf({ Plan: root, "Execution Time": duration_ms }: Explained): Plan {
  const nodes = flat(root);
  const scans = nodes.filter((node) => node["Node Type"].includes("Scan") && isOfTable(node));
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    reads: scans.map((node) => {
      const index = node["Index Name"] === undefined ? "" : ` by ${node["Index Name"]}`;
      return `${node["Node Type"]}${
        node["Relation Name"] === undefined ? "" : ` on ${node["Relation Name"]}`
      }${index}`;
    }),
    rows_examined: sum(
      scans.filter(({ "Node Type": type }) => type !== "Bitmap Index Scan").map((node) =>
        node["Actual Loops"] *
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) +
          (node["Rows Removed by Index Recheck"] ?? 0))
      ),
    ),
    // What a node touched has what those below it did.
    pages_touched: (root["Shared Hit Blocks"] ?? 0) + (root["Shared Read Blocks"] ?? 0),
    duration_ms,
  };
}

function isOfTable(node: PlanNode): boolean {
  return node["Relation Name"] !== undefined || node["Index Name"] !== undefined;
}

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}
