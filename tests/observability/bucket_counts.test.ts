import assert from "node:assert/strict";
import { Histogram, Registry } from "prom-client";
import { BucketCounts, LabelledBucketCounts } from "../../src/observability/bucket_counts.ts";

Deno.test("the plain histogram reads as prom-client's: a value at a bound is below it, and buckets include lower ones", async () => {
  const options = { name: "poli_example_seconds", help: "An example." };
  const bounds = [0.01, 0.1, 1];
  const [ours, theirs] = [new Registry(), new Registry()];
  const plain = new BucketCounts({ ...options, bounds });
  plain.register(ours);
  const histogram = new Histogram({ ...options, buckets: bounds, registers: [theirs] });
  for (const value of [0, 0.01, 0.0625, 0.125, 1, 64]) {
    plain.observe(value);
    histogram.observe(value);
  }
  const text = await ours.metrics();
  assert.match(text, /^poli_example_seconds_bucket\{le="0.1"\} 3$/m);
  assert.equal(text, await theirs.metrics());
});

Deno.test("a histogram with labels reads as prom-client's, each set of labels apart", async () => {
  const options = { name: "poli_example_seconds", help: "An example." };
  const [ours, theirs] = [new Registry(), new Registry()];
  const plain = new LabelledBucketCounts({ ...options, bounds: [0.1, 1] });
  plain.register(ours);
  const histogram = new Histogram({
    ...options,
    buckets: [0.1, 1],
    labelNames: ["route", "status"],
    registers: [theirs],
  });
  const [found, missing] = [200, 404].map((status) => ({ route: "/v1/{company}", status }));
  const [of_found, of_missing] = [plain.series(found!), plain.series(missing!)];
  for (const value of [0.0625, 0.5, 2]) {
    of_found.observe(value);
    histogram.observe(found!, value);
  }
  of_missing.observe(0.25);
  histogram.observe(missing!, 0.25);
  const text = await ours.metrics();
  assert.match(text, /^poli_example_seconds_bucket\{le="1",route="\/v1\/\{company\}",status="200"\} 2$/m);
  assert.equal(text, await theirs.metrics());
});
