import type { Histogram, Registry } from "prom-client";

/** The name, help text and bucket bounds of a histogram. The bounds rise. */
export interface BucketCountsOptions {
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
}

/**
 * A histogram without labels, for the hot path: an observation adds to plain numbers. One of `prom-client` also builds and
 * hashes its labels, which takes more than a microsecond.
 */
export class BucketCounts {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  /** The values of each bucket that are in no lower one; last those above every bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor({ name, help, bounds }: BucketCountsOptions) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Counts a value. */
  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += value;
  }

  /** Adds the histogram to a registry, which reads it at each scrape. */
  register(registry: Registry): void {
    // A registry reads only the name, and what `get` returns.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** Returns the values in the form that a registry reads: each bucket has the counts of all lower ones too. */
  get() {
    let count = 0;
    const buckets = [...this.#counts].map((in_bucket, index) => ({
      metricName: `${this.name}_bucket`,
      labels: { le: this.#bounds[index] ?? "+Inf" },
      value: count += in_bucket,
    }));
    return {
      name: this.name,
      help: this.#help,
      type: "histogram",
      values: [
        ...buckets,
        { metricName: `${this.name}_sum`, value: this.#sum },
        { metricName: `${this.name}_count`, value: count },
      ],
    };
  }
}
