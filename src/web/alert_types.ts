import type { AlertType } from "../domain/alerts.ts";

/** The alerts that the page shows: those about a company's credits, not those for operators. */
export const PAGE_ALERT_TYPES = [
  "package.nearly_used",
  "package.used_up",
  "forecast.runs_out",
  "usage.spike",
  "commitment.ending",
] as const satisfies readonly AlertType[];

/** The type of an alert on the page. */
export type PageAlertType = typeof PAGE_ALERT_TYPES[number];
