import assert from "node:assert/strict";
import fc from "fast-check";
import type { MessageEvidence, SendRecord, StatusFact } from "../../src/domain/contact_day.ts";
import {
  failedRecord,
  joinEvidence,
  joinRecord,
  joinStatus,
  templateOf,
} from "../../src/domain/contact_day.ts";
import type { Attributes } from "../../src/domain/ledger.ts";
import type { ContactKey, MessageKey } from "../../src/domain/types.ts";

const KEY = "00000000-0000-4000-8000-000000000001" as MessageKey;

Deno.test("a message left at the earliest of its sent, delivered, read and played timestamps", () => {
  for (const order of permutations([fact("sent", 10), fact("delivered", 12), fact("read", 20)])) {
    assert.equal(joined(order)?.left_at_ms, 10);
  }
  assert.equal(joined([fact("played", 30)])?.left_at_ms, 30);
});

Deno.test("a status that comes late but happened first moves the message to its own time", () => {
  assert.equal(joined([fact("delivered", 12), fact("sent", 10)])?.left_at_ms, 10);
});

Deno.test("a failed status proves failure, not a time", () => {
  const failed = joined([fact("failed", 10)]);
  assert.equal(failed?.left_at_ms, undefined);
  assert.equal(counts([fact("failed", 10)]), false);
});

Deno.test("a template that was sent and then failed does not count, in any order", () => {
  for (const order of permutations([fact("sent", 10), fact("failed", 11)])) {
    assert.equal(counts(order), false);
  }
});

Deno.test("a failure is outweighed by proof of delivery, in any order", () => {
  for (const status of ["delivered", "read", "played"] as const) {
    for (const order of permutations([fact("sent", 10), fact("failed", 11), fact(status, 12)])) {
      assert.equal(counts(order), true);
    }
  }
});

Deno.test("a message that no status calls a template is none", () => {
  assert.equal(counts([fact("sent", 10, { template: false }), fact("read", 12, { template: false })]), false);
});

Deno.test("one status that calls it a template is enough", () => {
  assert.equal(counts([fact("sent", 10, { template: false }), fact("read", 12)]), true);
});

Deno.test("our own record of the send says that a message is a template", () => {
  const evidence = joined([fact("sent", 12, { template: false })]);
  assert.deepEqual(templateOf(KEY, evidence, record(10))?.left_at_ms, 10);
});

Deno.test("a template we recorded counts before any status has come", () => {
  assert.equal(templateOf(KEY, undefined, record(10))?.left_at_ms, 10);
});

Deno.test("a template we recorded that fails does not count", () => {
  assert.equal(templateOf(KEY, joined([fact("failed", 11, { template: false })]), record(10)), undefined);
});

Deno.test("a free-form message we recorded is no template", () => {
  assert.equal(templateOf(KEY, undefined, { ...record(10), template: false }), undefined);
});

Deno.test("a message that Meta reports as a template is one, regardless of our record", () => {
  const free_form = { ...record(10), template: false };
  assert.equal(templateOf(KEY, joined([fact("sent", 12)]), free_form)?.left_at_ms, 10);
});

Deno.test("the category is what either side knows of it", () => {
  const unknown = joined([fact("sent", 12)]);
  assert.equal(templateOf(KEY, unknown, { ...record(10), category: "utility" })?.category, "utility");
  const named = joined([fact("sent", 12, { category: "marketing" })]);
  assert.equal(templateOf(KEY, named, record(10))?.category, "marketing");
});

Deno.test("a status that adds nothing leaves the evidence the very same", () => {
  const once = joined([fact("sent", 10), fact("delivered", 12)]);
  assert.equal(joinStatus(once, fact("delivered", 12)), once);
  assert.equal(joinStatus(once, fact("read", 13)), once);
  assert.notEqual(joinStatus(once, fact("sent", 9)), once);
});

Deno.test("evidence is the same for any order and repetition of its statuses", () => {
  fc.assert(fc.property(fc.array(statusFacts(), { minLength: 1, maxLength: 8 }), fc.nat(), (facts, turn) => {
    const turned = [...facts.slice(turn % facts.length), ...facts.slice(0, turn % facts.length)];
    assert.deepEqual(joined([...turned.toReversed(), ...facts]), joined(facts));
  }));
});

Deno.test("what two identities proved of one message is joined alike from either side", () => {
  const some = fc.array(statusFacts(), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(some, some, (a, b) => {
    const [one, other] = [joined(a)!, joined(b)!];
    assert.deepEqual(joinEvidence(one, other), joinEvidence(other, one));
    assert.deepEqual(joinEvidence(one, other), joined([...a, ...b]));
  }));
});

Deno.test("two records of one send are joined alike from either side", () => {
  const labelled = (department: string) => ({ ...record(10), attribution: { department } });
  const [one, other] = [labelled("sales"), {
    ...labelled("service"),
    sent_at_ms: 8,
    category: "utility" as const,
  }];
  assert.deepEqual(joinRecord(one, other), joinRecord(other, one));
  assert.equal(joinRecord(one, other).sent_at_ms, 8);
});

Deno.test("a reported failure outweighs the send and its sent status, and delivery outweighs the report", () => {
  const failed = joinRecord(record(10), failedRecord(KEY));
  assert.equal(templateOf(KEY, undefined, failed), undefined);
  assert.equal(templateOf(KEY, joined([fact("sent", 12)]), failed), undefined);
  for (const status of ["delivered", "read", "played"] as const) {
    assert.equal(templateOf(KEY, joined([fact(status, 12)]), failed)?.left_at_ms, 10, status);
  }
});

Deno.test("a reported failure is joined alike before and after the record of its send", () => {
  const [send, failure] = [record(10), failedRecord(KEY)];
  assert.deepEqual(joinRecord(send, failure), { ...send, failed: true });
  assert.deepEqual(joinRecord(failure, send), { ...send, failed: true });
  assert.equal(joinRecord(failure, failedRecord(KEY)), failure);
  assert.equal(templateOf(KEY, undefined, failure), undefined);
});

Deno.test("which labels of two records win does not hang on the order their names stand in", () => {
  const labelled = (attribution: Attributes) => ({ ...record(10), attribution });
  const other = labelled({ on: "monday" });
  for (const labels of [{ campaign: "spring", to: "all" }, { to: "all", campaign: "spring" }]) {
    const { attribution } = joinRecord(other, labelled(labels));
    assert.deepEqual(attribution, { campaign: "spring", to: "all" });
  }
});

Deno.test("a record that brings the first labels of a send is not lost", () => {
  const labelled = { ...record(10), attribution: { department: "sales" } };
  assert.deepEqual(joinRecord(record(10), labelled).attribution, { department: "sales" });
});

function fact(status: StatusFact["status"], at_ms: number, changes: Partial<StatusFact> = {}): StatusFact {
  return {
    key: KEY,
    contact: "a" as ContactKey,
    status,
    at_ms,
    template: true,
    category: undefined,
    callback: undefined,
    phone_number_id: undefined,
    ...changes,
  };
}

function record(sent_at_ms: number): SendRecord {
  return { key: KEY, sent_at_ms, failed: false, template: true, category: undefined, attribution: undefined };
}

function joined(facts: readonly StatusFact[]): MessageEvidence | undefined {
  let evidence: MessageEvidence | undefined;
  for (const fact of facts) evidence = joinStatus(evidence, fact);
  return evidence;
}

function counts(facts: readonly StatusFact[]): boolean {
  return templateOf(KEY, joined(facts), undefined) !== undefined;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

function statusFacts(): fc.Arbitrary<StatusFact> {
  return fc.record({
    key: fc.constant(KEY),
    contact: fc.constantFrom("a" as ContactKey, "b" as ContactKey),
    status: fc.constantFrom("sent", "delivered", "read", "played", "failed"),
    at_ms: fc.integer({ min: 1, max: 20 }),
    template: fc.boolean(),
    category: fc.constantFrom(undefined, "marketing", "utility", "authentication"),
    callback: fc.constantFrom(undefined, "a" as MessageKey, "b" as MessageKey),
    phone_number_id: fc.constantFrom(undefined, "1", "2"),
  });
}
