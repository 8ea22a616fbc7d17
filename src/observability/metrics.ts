import { Gauge, Registry } from "prom-client";

/** What is measured of the house beside its requests. */
export interface MetricSources {
  readonly journal: {
    readonly counters: {
      readonly statements: number;
      readonly changes: number;
      readonly fenced: number;
      readonly unknown: number;
    };
  };
  readonly quarantined: { readonly counts: ReadonlyMap<string, number> };
  readonly actor_system: { readonly active: number; readonly cost_in_flight: number };
  readonly feed: { readonly viewers: number };
  readonly alerts: {
    readonly counters: { readonly delivered: number; readonly failed: number; readonly abandoned: number };
  };
  readonly access: { readonly keys: { readonly size: number }; readonly sessions: { readonly size: number } };
}

/** A registry of the house's metrics, which are read at each scrape. */
export function createMetrics(measured: MetricSources): Registry {
  const { journal: { counters }, quarantined, actor_system, feed, access, alerts } = measured;
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
  gauge("companies_awake", "Companies whose actor is awake.", () => actor_system.active);
  gauge(
    "asked_weight",
    "Commands and events asked of companies and not answered yet.",
    () => actor_system.cost_in_flight,
  );
  gauge("live_viewers", "Balances being watched.", () => feed.viewers);
  gauge("keys_live", "Keys that are live, the root key excepted.", () => access.keys.size);
  gauge("viewer_sessions_known", "Viewers' sessions in use here.", () => access.sessions.size);
  gauge("journal_statements", "Statements written since the start.", () => counters.statements);
  gauge("journal_changes", "Changes written since the start.", () => counters.changes);
  gauge("journal_fenced", "Changes another owner fenced off.", () => counters.fenced);
  gauge("journal_unknown", "Changes whose outcome is not known.", () => counters.unknown);
  gauge("alerts_delivered", "Alerts delivered since the start.", () => alerts.counters.delivered);
  gauge("alerts_failed", "Tries to deliver one that failed since the start.", () => alerts.counters.failed);
  gauge("alerts_given_up", "Alerts given up since the start.", () => alerts.counters.abandoned);
  new Gauge({
    name: "events_kept_back",
    help: "Events kept in quarantine since the start, by why, as often as they were delivered.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      for (const [reason, times] of quarantined.counts) this.set({ reason }, times);
    },
  });
  return registry;
}
