/** Where each table stands in a distributed database. */

/**
 * How Citus stores a table:
 *
 * - `company`: in shards by the company's key. All of a company's rows are on one server.
 * - `reference`: a copy on every server, because statements of companies join it.
 * - `coordinator`: one table on the coordinator. It does not grow with traffic, or its rows expire.
 */
export type Placement = "company" | "reference" | "coordinator";

/** The placement of each table. A migration that adds a table adds its line here. */
export const PLACEMENTS: Readonly<Record<string, Placement>> = {
  access_changes: "coordinator",
  account_days: "company",
  alert_checks: "company",
  alert_deliveries: "coordinator",
  alert_thresholds: "company",
  alerts: "company",
  closed_days: "company",
  companies: "company",
  company_settings: "company",
  contacts: "company",
  contract_versions: "company",
  cost_days: "company",
  day_totals: "company",
  erased_people: "coordinator",
  exchange_rates: "coordinator",
  facts: "company",
  features: "coordinator",
  idempotent_calls: "coordinator",
  keys: "coordinator",
  label_sets: "company",
  ledger: "company",
  local_days: "company",
  meta_rates: "coordinator",
  nodes: "coordinator",
  number_accounts: "company",
  periods: "company",
  phone_numbers: "reference",
  quarantine: "company",
  rate_versions: "company",
  reconciliation_lines: "coordinator",
  reconciliations: "coordinator",
  reopenings: "company",
  retention: "reference",
  schema_migrations: "coordinator",
  sends: "company",
  service_secrets: "coordinator",
  shard_leases: "coordinator",
  test_clock: "coordinator",
  usages: "company",
  viewer_sessions: "coordinator",
  webhook_endpoints: "coordinator",
  windows: "company",
};

/** The table of the companies themselves. The shards of all others stand with its shards. */
export const COMPANIES = "companies";

/** Returns the column that a company's table is distributed by. */
export function distributionColumn(table: string): string {
  return table === COMPANIES ? "key" : "company";
}
