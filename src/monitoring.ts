/** What watches the service: metrics, what waits, and the checks of clocks and zone data. */

import type { Registry } from "prom-client";
import type { ZoneData } from "./domain/zone_data.ts";
import { Backlogs } from "./observability/backlogs.ts";
import { ClockCheck } from "./observability/clock_check.ts";
import { createMetrics, type MetricSources } from "./observability/metrics.ts";
import { ZoneCheck } from "./observability/zone_check.ts";
import type { Clock } from "./ports/runtime.ts";
import type { Store } from "./postgres/store.ts";
import type { TrustedClock } from "./time/trusted_clock.ts";

type SourcesOfStore = "journal" | "database" | "quarantined" | "counted_costs";
type MonitoringParts = "zone_check" | "clock_check" | "backlogs";

/** What the monitoring depends on. */
export interface MonitoringDependencies extends Omit<MetricSources, SourcesOfStore | MonitoringParts> {
  readonly store: Store;
  /** The clock of the machine. */
  readonly system_clock: TrustedClock;
  /** The clock of contracts, days and months. */
  readonly clock: Clock;
  readonly zone_data: ZoneData;
}

/** The parts of the monitoring. */
export interface Monitoring {
  readonly backlogs: Backlogs;
  readonly clock_check: ClockCheck;
  readonly zone_check: ZoneCheck;
  readonly metrics: Registry;
}

/** Builds the parts of the monitoring. Nothing is measured until their `run` or `measure` is called. */
export function createMonitoring(
  { store, system_clock, clock, zone_data, ...sources }: MonitoringDependencies,
): Monitoring {
  const backlogs = new Backlogs({
    quarantined: () => store.quarantine.backlog(),
    firstDue: () => store.companies.firstDue(),
  }, clock);
  const zone_check = new ZoneCheck(store.day_ends, zone_data);
  const clock_check = new ClockCheck(system_clock, () => store.readClock());
  const { journal, history: database, quarantined, counted_costs } = store;
  const own = { backlogs, zone_check, clock_check };
  const metrics = createMetrics({ ...sources, ...own, journal, database, quarantined, counted_costs });
  store.commit_metrics.register(metrics);
  return { ...own, metrics };
}
