import { Gauge, Registry } from "prom-client";

/** What is measured of the house beside its requests. */
export interface Measured {
  readonly journal: {
    readonly counters: {
      readonly statements: number;
      readonly changes: number;
      readonly fenced: number;
      readonly unknown: number;
    };
  };
  readonly kept_back: { readonly times: ReadonlyMap<string, number> };
  readonly roster: { readonly awake: number; readonly asked_weight: number };
  readonly feed: { readonly viewers: number };
  readonly alerts: {
    readonly counters: { readonly delivered: number; readonly failed: number; readonly given_up: number };
  };
  readonly access: { readonly keys: { readonly size: number }; readonly sessions: { readonly size: number } };
}

/** A registry of the house's metrics, which are read at each scrape. */
export function metricsOf(measured: Measured): Registry {
  const { journal: { counters }, kept_back, roster, feed, access, alerts } = measured;
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
  gauge("companies_awake", "Companies whose actor is awake.", () => roster.awake);
  gauge(
    "asked_weight",
    "Commands and events asked of companies and not answered yet.",
    () => roster.asked_weight,
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
  gauge("alerts_given_up", "Alerts given up since the start.", () => alerts.counters.given_up);
  new Gauge({
    name: "events_kept_back",
    help: "Events kept in quarantine since the start, by why, as often as they were delivered.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      for (const [reason, times] of kept_back.times) this.set({ reason }, times);
    },
  });
  return registry;
}
