import type { Registry } from "prom-client";
import type { Change } from "../domain/company/change.ts";
import type { Writer } from "../journal/journal.ts";
import { BucketCounts } from "./bucket_counts.ts";

/** Up to the journal's default bounds of one statement: 2,000 companies and 20,000 events. */
const COMPANIES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
const EVENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];
/** In seconds, up to the longest time of a statement. */
const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Histograms of the journal's batches: their sizes, and how long Postgres takes to commit them. */
export class CommitMetrics {
  readonly #companies = new BucketCounts({
    name: "poli_journal_batch_companies",
    help: "Companies whose changes were written to Postgres together.",
    bounds: COMPANIES,
  });
  readonly #events = new BucketCounts({
    name: "poli_journal_batch_events",
    help: "Stored events that were written to Postgres together.",
    bounds: EVENTS,
  });
  readonly #duration = new BucketCounts({
    name: "poli_journal_commit_duration_seconds",
    help: "Time from sending a batch to Postgres until its outcome, in seconds.",
    bounds: DURATIONS_S,
  });
  readonly #monotonic_ms: () => number;

  constructor(monotonic_ms: () => number = () => performance.now()) {
    this.#monotonic_ms = monotonic_ms;
  }

  /** Returns a writer that measures another one. */
  measure(writer: Writer): Writer {
    return { write: (changes) => this.#write(writer, changes) };
  }

  /** Adds the histograms to a registry. */
  register(registry: Registry): void {
    for (const histogram of [this.#companies, this.#events, this.#duration]) histogram.register(registry);
  }

  async #write(writer: Writer, changes: readonly Change[]): ReturnType<Writer["write"]> {
    const started_ms = this.#monotonic_ms();
    this.#companies.observe(changes.length);
    this.#events.observe(changes.reduce((sum, { events }) => sum + events.length, 0));
    try {
      return await writer.write(changes);
    } finally {
      this.#duration.observe((this.#monotonic_ms() - started_ms) / 1000);
    }
  }
}
