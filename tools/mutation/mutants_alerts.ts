import type { Mutant } from "./mutant.ts";

/** Mutants of alerts. */
export const ALERT_MUTANTS: readonly Mutant[] = [
  {
    name: "lowest-threshold-alerted",
    harm: "a package that passes several thresholds at once is reported by the lowest of them",
    file: "src/domain/alerts.ts",
    original: ".findLast(({ from }) => consumed >= from)",
    mutated: ".find(({ from }) => consumed >= from)",
    tests: ["tests/domain/examples_of_alerts.test.ts"],
  },
  {
    name: "forecast-counts-today-twice",
    harm: "the use of the date that begins brings the alert that a package runs out too early",
    file: "src/domain/closed_day_alerts.ts",
    original: "period.consumed - consumedOn(totals, today)",
    mutated: "period.consumed",
    tests: ["tests/domain/examples_of_alerts.test.ts"],
  },
  {
    name: "lower-threshold-alerted",
    harm: "a company whose package is used up is alerted again that it is nearly used",
    file: "src/postgres/alerts.ts",
    original: "and a.topic = g.topic and a.level >= g.level",
    mutated: "and a.topic = g.topic and a.level = g.level",
    tests: ["tests/postgres/alerts.test.ts"],
  },
  {
    name: "checked-days-announced",
    harm: "a process that checks days late announces them again",
    file: "src/postgres/alerts.ts",
    original: "    where alert_checks.checked_through < excluded.checked_through\n",
    mutated: "",
    tests: ["tests/postgres/alerts.test.ts"],
  },
  {
    name: "past-alerts-delivered",
    harm: "a new endpoint gets the months that closed before it was created",
    file: "src/postgres/alerts.ts",
    original: "(g.happened_at is null or g.happened_at >= e.created_at)",
    mutated: "true",
    tests: ["tests/postgres/alerts.test.ts"],
  },
  {
    name: "down-receiver-flooded",
    harm: "a receiver that is down gets all its missed alerts every minute",
    file: "src/alerts/deliverer.ts",
    original: "if (due.length === 0 || !outcomes.every((is_delivered) => is_delivered)) return;",
    mutated: "if (due.length === 0) return;",
    tests: ["tests/alerts/alerts.test.ts"],
  },
];
