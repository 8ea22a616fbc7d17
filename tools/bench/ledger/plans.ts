import type { Pool } from "../../../src/postgres/connection.ts";

/** The execution plan of one statement, as measured. */
export interface QueryPlan {
  /** Nodes that read a table, such as `Index Scan on ledger by ledger_feature`. */
  readonly reads: readonly string[];
  /** Rows examined, including those a filter removed. */
  readonly rows_examined: number;
  /** Pages of 8 kB touched, in memory or not. */
  readonly pages_touched: number;
  readonly duration_ms: number;
  /** The plan as text: each node with its conditions, rows and pages. */
  readonly text: string;
}

/** A node of `explain (format json)`. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly "Sort Key"?: readonly string[];
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

/** Wraps a pool: it executes each query and also collects its measured plan. */
export function explainingPool(pool: Pool): { readonly pool: Pool; readonly plans: QueryPlan[] } {
  const plans: QueryPlan[] = [];
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

function planOf({ Plan: root, "Execution Time": duration_ms }: Explained): QueryPlan {
  const nodes = flat(root);
  const scans = nodes.filter((node) => node["Node Type"].includes("Scan") && isOfTable(node));
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    reads: scans.map(nameOf),
    rows_examined: sum(
      scans.filter(({ "Node Type": type }) => type !== "Bitmap Index Scan").map((node) =>
        node["Actual Loops"] *
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) +
          (node["Rows Removed by Index Recheck"] ?? 0))
      ),
    ),
    pages_touched: pagesOf(root),
    duration_ms,
    text: textOf(root),
  };
}

/** Formats a node and its children, one line each. */
function textOf(node: PlanNode, depth = 0): string {
  const { Filter: filter, "Index Cond": condition, "Sort Key": sort_key } = node;
  const details = [
    condition === undefined ? "" : ` where ${condition}`,
    filter === undefined ? "" : ` and then ${filter}`,
    sort_key === undefined ? "" : ` by ${sort_key.join(", ")}`,
  ].join("");
  const rows = Math.round(node["Actual Rows"] * node["Actual Loops"]);
  const line = `${"  ".repeat(depth)}${nameOf(node)}${details}: ${rows} rows, ${pagesOf(node)} pages`;
  return [line, ...(node.Plans ?? []).map((below) => textOf(below, depth + 1))].join("\n");
}

function nameOf(node: PlanNode): string {
  const { "Node Type": type, "Relation Name": table, "Index Name": index } = node;
  return `${type}${table === undefined ? "" : ` on ${table}`}${index === undefined ? "" : ` by ${index}`}`;
}

/** Returns the pages that a node and its children touched. */
function pagesOf(node: PlanNode): number {
  return (node["Shared Hit Blocks"] ?? 0) + (node["Shared Read Blocks"] ?? 0);
}

function isOfTable(node: PlanNode): boolean {
  return node["Relation Name"] !== undefined || node["Index Name"] !== undefined;
}

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}
