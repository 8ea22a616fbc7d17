/** Series in which each alert rule is quiet and then fires, for `promtool test rules`. One value a minute. */

/** A rule, the series that it watches, and two times in minutes: it is quiet at the first and fires at the second. */
export interface AlertCase {
  readonly alert: string;
  /** Values in Prometheus's notation: `0x9 1+2x5` is ten times 0, then 1, 3, 5, 7, 9, 11. */
  readonly series: Readonly<Record<string, string>>;
  readonly quiet_at: number;
  readonly fires_at: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** The buckets of a histogram: up to a minute all values are in the lowest one, and later all above every bound. */
function slowFrom(minute: number, name: string): Record<string, string> {
  const fast = `0+60x${minute}`;
  const before = 60 * minute;
  return {
    [`${name}_bucket{le="0.1"}`]: `${fast} ${before}x60`,
    [`${name}_bucket{le="10"}`]: `${fast} ${before + 60}+60x60`,
    [`${name}_bucket{le="+Inf"}`]: `${fast} ${before + 60}+60x60`,
  };
}

/** A counter that rises by one after some minutes. */
const once = (minute: number) => `0x${minute} 1x60`;

/** One case for each rule, in the order of the rules. */
export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: "PoliServiceDown",
    series: { 'up{job="poli-credits"}': "1x10 0x10" },
    quiet_at: 11,
    fires_at: 14,
  },
  {
    alert: "PoliNodeDown",
    series: {
      'up{job="poli-credits",instance="node-1"}': "1x60",
      'up{job="poli-credits",instance="node-2"}': "1x10 0x50",
    },
    quiet_at: 14,
    fires_at: 18,
  },
  {
    alert: "PoliDatabaseDoesNotAnswer",
    series: { poli_database_answers: "1x10 0x10" },
    quiet_at: 11,
    fires_at: 13,
  },
  {
    alert: "PoliWebhooksUnavailable",
    series: {
      'poli_webhooks_total{outcome="durable"}': "0+60x60",
      'poli_webhooks_total{outcome="unavailable"}': "0x20 1+6x40",
    },
    quiet_at: 20,
    fires_at: 32,
  },
  {
    alert: "PoliWebhookSignaturesInvalid",
    series: {
      'poli_webhooks_total{outcome="durable"}': "0+60x20 1200x60",
      'poli_webhooks_total{outcome="bad_signature"}': "0+1x80",
    },
    quiet_at: 20,
    fires_at: 40,
  },
  {
    alert: "PoliNoWebhooks",
    series: { 'poli_webhooks_total{outcome="durable"}': `0+10x${DAY} ${10 * DAY}x${2 * HOUR}` },
    quiet_at: DAY + 50,
    fires_at: DAY + 80,
  },
  {
    alert: "PoliWebhooksSlow",
    series: slowFrom(20, "poli_webhook_commit_duration_seconds"),
    quiet_at: 20,
    fires_at: 40,
  },
  {
    alert: "PoliCommitsSlow",
    series: slowFrom(20, "poli_journal_commit_duration_seconds"),
    quiet_at: 20,
    fires_at: 40,
  },
  {
    alert: "PoliRequestsUnavailable",
    series: {
      'poli_http_request_duration_seconds_count{route="/a",status="200"}': "0+60x60",
      'poli_http_request_duration_seconds_count{route="/a",status="503"}': "0x20 1+6x40",
    },
    quiet_at: 20,
    fires_at: 32,
  },
  {
    alert: "PoliRequestsFail",
    // The series does not exist before the first 500.
    series: { 'poli_http_request_duration_seconds_count{route="/a",status="500"}': "_x21 1x60" },
    quiet_at: 20,
    fires_at: 22,
  },
  {
    alert: "PoliSchedulerLags",
    series: { poli_scheduler_lag_seconds: "0x20 0+60x30" },
    quiet_at: 30,
    fires_at: 33,
  },
  {
    alert: "PoliClocksDisagree",
    series: { poli_clock_disagreement_seconds: "2x20 3600x10" },
    quiet_at: 21,
    fires_at: 23,
  },
  {
    alert: "PoliDatabaseChanged",
    series: { 'poli_database_changes_total{change="behind"}': once(20) },
    quiet_at: 20,
    fires_at: 22,
  },
  {
    alert: "PoliQuarantineWaits",
    series: {
      'poli_quarantine_backlog{reason="unknown_phone_number"}': "0x10 3x90",
      'poli_quarantine_backlog{reason="identity_conflict"}': "7x100",
    },
    quiet_at: 60,
    fires_at: 73,
  },
  {
    alert: "PoliEventsNotMetered",
    series: { 'poli_quarantined_events_total{reason="too_old"}': once(20) },
    quiet_at: 20,
    fires_at: 22,
  },
  {
    alert: "PoliVersionOutdated",
    series: {
      'poli_webhook_parts_ignored_total{field="flows"}': "9x40",
      'poli_webhook_unknown_categories_total{category="hologram"}': "_x20 1x20",
    },
    quiet_at: 18,
    fires_at: 22,
  },
  {
    alert: "PoliMemoryShort",
    series: { poli_heap_used_bytes: "80x20 95x20", poli_heap_limit_bytes: "100x40" },
    quiet_at: 24,
    fires_at: 27,
  },
  {
    alert: "PoliConnectionsRefused",
    series: { 'poli_connections_closed_total{reason="made_room"}': "0x20 1+1x20" },
    quiet_at: 20,
    fires_at: 28,
  },
  {
    alert: "PoliCompaniesContested",
    series: { poli_journal_fenced_changes_total: "0x20 10+10x20" },
    quiet_at: 20,
    fires_at: 30,
  },
  {
    alert: "PoliCommitsUnknown",
    series: { poli_journal_unknown_outcomes_total: once(20) },
    quiet_at: 20,
    fires_at: 22,
  },
  {
    alert: "PoliAlertsAbandoned",
    series: { poli_alerts_abandoned_total: once(20) },
    quiet_at: 20,
    fires_at: 22,
  },
  {
    alert: "PoliZoneDataDiffers",
    series: { poli_zone_data_differing_companies: "0x20 12x20" },
    quiet_at: 20,
    fires_at: 22,
  },
];
