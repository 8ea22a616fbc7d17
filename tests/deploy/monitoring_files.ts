/** The alert rules and the dashboard of `deploy/`. */

import { fileURLToPath } from "node:url";
import { readSource, ROOT } from "../support/source_files.ts";

/** The path of the alert rules. */
export const RULES_PATH = "deploy/prometheus/alerts.yaml";
/** The same for a program. */
export const RULES_FILE = fileURLToPath(new URL(RULES_PATH, ROOT));

/** A panel of the dashboard. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

/** Grafana's dashboard. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

/** Reads the dashboard. */
export async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readSource("deploy/grafana/dashboard.json"));
}

/** Returns every expression of the dashboard, with Grafana's variables replaced as Grafana does. */
export function expressionsOf({ panels }: Dashboard): string[] {
  return panels.flatMap(({ targets = [] }) => targets).map(({ expr }) =>
    expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*")
  );
}

/** The metrics that a text names. */
export function metricsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\bpoli_[a-z_]+/g)].map(([name]) => name));
}
