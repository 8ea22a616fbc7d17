import { Counter, Gauge, Registry } from "prom-client";
import { VERSION } from "../config/version.ts";

/** The parts of the service whose metrics are read at each scrape. */
export interface MetricSources {
  readonly journal: {
    readonly counters: {
      readonly statements: number;
      readonly changes: number;
      readonly fenced: number;
      readonly unknown: number;
    };
  };
  readonly zone_check: {
    readonly version: string;
    readonly fingerprint: string;
    readonly differing_companies: number;
  };
  readonly database: { readonly changes: ReadonlyMap<string, number> };
  readonly clock_check: { readonly disagreement_s: number; readonly postgres_answers: boolean };
  readonly quarantined: { readonly counts: ReadonlyMap<string, number> };
  readonly counted_costs: { readonly counts: ReadonlyMap<string, number>; readonly without_price: number };
  readonly backlogs: { readonly quarantined: ReadonlyMap<string, number>; readonly scheduler_lag_s: number };
  readonly actor_system: {
    readonly active: number;
    readonly cost_in_flight: number;
    readonly items_in_memory: number;
  };
  readonly memory_pressure: {
    readonly count: number;
    readonly heap: { readonly used_bytes: number; readonly limit_bytes: number };
    readonly resident_bytes: number;
  };
  readonly feed: { readonly viewers: number };
  readonly connections: {
    readonly open: number;
    readonly accepts_failed: number;
    readonly closed: ReadonlyMap<string, number>;
  };
  readonly alerts: {
    readonly counters: { readonly delivered: number; readonly failed: number; readonly abandoned: number };
  };
  readonly placement: {
    readonly shards: readonly number[] | undefined;
    readonly counters: { readonly sent: number; readonly unanswered: number };
    nodes(): readonly { readonly state: string }[];
  };
  readonly leases: { readonly counts: ReadonlyMap<string, number> };
  readonly access: { readonly keys: { readonly size: number }; readonly sessions: { readonly size: number } };
}

/** The number of shards: one node alone serves all. */
const SHARDS = 256;

/** Returns a registry of the service's metrics, request metrics excepted. */
export function createMetrics(sources: MetricSources): Registry {
  const { clock_check, database, quarantined, actor_system, feed, access, memory_pressure, zone_check } =
    sources;
  const { connections, backlogs, placement, leases } = sources;
  const { journal: { counters: journal }, alerts: { counters: alerts } } = sources;
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  gauge("poli_active_companies", "Companies with an active actor.", () => actor_system.active);
  gauge("poli_cost_in_flight", "Commands and events not answered yet.", () => actor_system.cost_in_flight);
  gauge(
    "poli_items_in_memory",
    "Contacts and their messages, usages and sends in memory.",
    () => actor_system.items_in_memory,
  );
  gauge("poli_heap_used_bytes", "Used bytes of the heap.", () => memory_pressure.heap.used_bytes);
  gauge("poli_heap_limit_bytes", "V8's limit of the heap.", () => memory_pressure.heap.limit_bytes);
  gauge(
    "poli_resident_memory_bytes",
    "Memory of the process in RAM, in bytes.",
    () => memory_pressure.resident_bytes,
  );
  counter(
    "poli_memory_pressure_total",
    "Times companies were passivated to free memory.",
    () => memory_pressure.count,
  );
  gauge("poli_open_balance_streams", "Open balance streams.", () => feed.viewers);
  gauge("poli_open_connections", "Open connections of clients.", () => connections.open);
  counter(
    "poli_accepts_failed_total",
    "Connections that could not be accepted.",
    () => connections.accepts_failed,
  );
  new Counter({
    name: "poli_connections_closed_total",
    help: "Connections that the service closed, by reason.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of connections.closed) this.inc({ reason }, count);
    },
  });
  gauge("poli_live_keys", "Live API keys, the root key excepted.", () => access.keys.size);
  gauge("poli_viewer_sessions", "Viewer sessions in memory.", () => access.sessions.size);
  gauge(
    "poli_shards",
    "Shards of companies that this node serves, of 256.",
    () => placement.shards?.length ?? SHARDS,
  );
  new Gauge({
    name: "poli_nodes",
    help: "Nodes whose lease has not ended, as far as this node knows, by state.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { state } of placement.nodes()) this.inc({ state });
    },
  });
  new Counter({
    name: "poli_shard_changes_total",
    help:
      "Shards that this node gained, drained for another node, or lost with its lease, by kind of change.",
    labelNames: ["change"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [change, count] of leases.counts) this.inc({ change }, count);
    },
  });
  counter("poli_commands_routed_total", "Commands sent to other nodes.", () => placement.counters.sent);
  counter(
    "poli_commands_unanswered_total",
    "Commands sent to other nodes that none answered in time.",
    () => placement.counters.unanswered,
  );
  counter("poli_journal_statements_total", "Statements written.", () => journal.statements);
  counter("poli_journal_changes_total", "Changes written.", () => journal.changes);
  counter("poli_journal_fenced_changes_total", "Changes fenced by another owner.", () => journal.fenced);
  counter("poli_journal_unknown_outcomes_total", "Changes with an unknown outcome.", () => journal.unknown);
  counter("poli_alerts_delivered_total", "Alerts delivered.", () => alerts.delivered);
  counter("poli_alert_attempts_failed_total", "Failed attempts to deliver an alert.", () => alerts.failed);
  counter("poli_alerts_abandoned_total", "Alerts abandoned after the last attempt.", () => alerts.abandoned);
  gauge(
    "poli_clock_disagreement_seconds",
    "The largest difference of the machine's clock from monotonic time and from Postgres's clock.",
    () => clock_check.disagreement_s,
  );
  new Gauge({
    name: "poli_build_info",
    help: "Always 1. Labels: the version of the service, and of Deno.",
    labelNames: ["version", "deno"],
    registers: [registry],
  }).set({ version: VERSION, deno: Deno.version.deno }, 1);
  gauge(
    "poli_database_answers",
    "1 if Postgres answered the last check, each ten seconds; 0 if not.",
    () => clock_check.postgres_answers ? 1 : 0,
  );
  gauge(
    "poli_scheduler_lag_seconds",
    "For how long the company that is due longest is due, in seconds; 0 when none is.",
    () => backlogs.scheduler_lag_s,
  );
  const { version, fingerprint: rules } = zone_check;
  new Gauge({
    name: "poli_zone_data_info",
    help:
      "Always 1. Labels: the version of the zone data that the runtime names, and a fingerprint of its rules.",
    labelNames: ["version", "rules"],
    registers: [registry],
  }).set({ version, rules }, 1);
  gauge(
    "poli_zone_data_differing_companies",
    "Companies whose recent local days ended by other rules than the zone data's, at the start.",
    () => zone_check.differing_companies,
  );
  new Counter({
    name: "poli_database_changes_total",
    help: "Times the database was another one, or may lack commits, by kind of change.",
    labelNames: ["change"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [change, count] of database.changes) this.inc({ change }, count);
    },
  });
  new Counter({
    name: "poli_quarantined_events_total",
    help: "Events quarantined, by reason, once for each delivery.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of quarantined.counts) this.inc({ reason }, count);
    },
  });
  new Counter({
    name: "poli_messages_counted_total",
    help: "Delivered messages that Meta prices, by pricing type; once more if what Meta says of one changes.",
    labelNames: ["pricing_type"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [pricing_type, count] of sources.counted_costs.counts) this.inc({ pricing_type }, count);
    },
  });
  counter(
    "poli_messages_without_price_total",
    "Delivered messages that were counted before any status gave Meta's price.",
    () => sources.counted_costs.without_price,
  );
  new Gauge({
    name: "poli_quarantine_backlog",
    help: "Quarantined events that no replay has metered, by reason, measured each minute.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      for (const [reason, count] of backlogs.quarantined) this.set({ reason }, count);
    },
  });
  return registry;
}
