import type { Histogram, Registry } from "prom-client";

/** The labels of a series, by name. */
export type Labels = Readonly<Record<string, string | number>>;

/** The name, help text and bucket bounds of a histogram. The bounds rise. */
export interface BucketCountsOptions {
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
}

/** The values of a histogram that have the same labels. */
export class CountedSeries {
  readonly labels: Labels;
  readonly #bounds: readonly number[];
  /** The values of each bucket that are in no lower one; last those above every bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
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

  /** Returns the values as a registry reads them: each bucket has the counts of all lower ones too. */
  read(name: string) {
    const { labels } = this;
    let count = 0;
    const buckets = [...this.#counts].map((in_bucket, index) => ({
      metricName: `${name}_bucket`,
      labels: { le: this.#bounds[index] ?? "+Inf", ...labels },
      value: count += in_bucket,
    }));
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

/**
 * A histogram with labels for the hot path: its caller keeps a series for each set of labels, and an observation adds to
 * plain numbers. One of `prom-client` builds and hashes the labels each time, which takes more than a microsecond.
 */
export class LabelledBucketCounts {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series: CountedSeries[] = [];

  constructor({ name, help, bounds }: BucketCountsOptions) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** Adds a series. No other has the same labels. */
  series(labels: Labels): CountedSeries {
    const series = new CountedSeries(labels, this.#bounds);
    this.#series.push(series);
    return series;
  }

  /** Adds the histogram to a registry, which reads it at each scrape. */
  register(registry: Registry): void {
    // A registry reads only the name, and what `get` returns.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** Returns the values in the form that a registry reads. */
  get() {
    return {
      name: this.name,
      help: this.#help,
      type: "histogram",
      values: this.#series.flatMap((series) => series.read(this.name)),
    };
  }
}

/** A histogram without labels for the hot path. */
export class BucketCounts extends LabelledBucketCounts {
  readonly #only = this.series({});

  /** Counts a value. */
  observe(value: number): void {
    this.#only.observe(value);
  }
}
