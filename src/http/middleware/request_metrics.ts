import { Counter, type Registry } from "prom-client";
import { BucketCounts, type CountedSeries, LabelledBucketCounts } from "../../observability/bucket_counts.ts";
import { countWithin, type WebhookReading } from "../../whatsapp/reading.ts";
import type { FinishedRequest } from "./request_log.ts";

/** The outcome of a webhook. */
export type WebhookOutcome =
  | "durable"
  | "unavailable"
  | "bad_signature"
  | "invalid_json"
  | "body_rejected"
  | "failed";

const OUTCOMES: readonly WebhookOutcome[] = [
  "durable",
  "unavailable",
  "bad_signature",
  "invalid_json",
  "body_rejected",
  "failed",
];

/** Names of unknown categories that are counted apart; any more are counted as `other`. */
const CATEGORIES_MAX = 50;

/** In seconds. */
const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts requests. They are counted in plain numbers, which the registry reads when it is scraped: a labelled counter
 * would cost more than all other work of the HTTP layer for a webhook.
 */
export class RequestMetrics {
  readonly registry: Registry;
  readonly #duration = new LabelledBucketCounts({
    name: "poli_http_request_duration_seconds",
    help: "Request durations by route template, without webhooks.",
    bounds: DURATIONS_S,
  });
  readonly #webhooks = new Map<WebhookOutcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  readonly #ignored = new Map<string, number>();
  readonly #unknown_categories = new Map<string, number>();
  readonly #webhook_duration = new BucketCounts({
    name: "poli_webhook_commit_duration_seconds",
    help: "Time from the arrival of a webhook until its events are committed, in seconds.",
    bounds: DURATIONS_S,
  });
  #events = 0;

  constructor(registry: Registry) {
    this.registry = registry;
    this.#webhook_duration.register(registry);
    this.#duration.register(registry);
    addCounter(registry, "poli_webhooks_total", "Webhooks by outcome.", "outcome", () => this.#webhooks);
    addCounter(
      registry,
      "poli_webhook_parts_ignored_total",
      "Parts of webhooks that are never metered.",
      "field",
      () => this.#ignored,
    );
    addCounter(
      registry,
      "poli_webhook_unknown_categories_total",
      "Statuses with a pricing category that this version does not know.",
      "category",
      () => this.#unknown_categories,
    );
    addCounter(
      registry,
      "poli_webhook_events_total",
      "Events read from webhooks that became durable.",
      undefined,
      () => new Map([["", this.#events]]),
    );
  }

  /** Returns the function that records the duration of a call's requests. */
  forCall(route: string): (finished: FinishedRequest) => void {
    // HEAD requests come to the call of GET.
    const by_method = new Map<string, Map<number, CountedSeries>>();
    return ({ method, status, duration_ms }) => {
      const by_status = by_method.getOrInsertComputed(method, () => new Map());
      by_status.getOrInsertComputed(status, () => this.#duration.series({ method, route, status }))
        .observe(duration_ms / 1000);
    };
  }

  /** Counts a webhook. */
  recordWebhook(outcome: WebhookOutcome): void {
    this.#webhooks.set(outcome, this.#webhooks.get(outcome)! + 1);
  }

  /** Counts a durable webhook, its duration, its events, its ignored parts and its unknown categories. */
  recordDurableWebhook({ events, ignored, unknown_categories }: WebhookReading, duration_ms: number): void {
    this.recordWebhook("durable");
    this.#events += events.length;
    if (events.length > 0) this.#webhook_duration.observe(duration_ms / 1000);
    for (const [field, times] of ignored) this.#ignored.set(field, (this.#ignored.get(field) ?? 0) + times);
    for (const [category, times] of unknown_categories) {
      countWithin(this.#unknown_categories, CATEGORIES_MAX, category, times);
    }
  }
}

/** Adds a counter whose values are read at each scrape. */
function addCounter(
  registry: Registry,
  name: string,
  help: string,
  label: string | undefined,
  read: () => ReadonlyMap<string, number>,
): void {
  new Counter({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, times] of read()) {
        if (label === undefined) this.inc(times);
        else this.inc({ [label]: value }, times);
      }
    },
  });
}
