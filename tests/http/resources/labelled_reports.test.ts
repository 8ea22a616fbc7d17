import assert from "node:assert/strict";
import type { LabelledUsage, LabelledUsageQuery } from "../../../src/domain/reports.ts";
import type { CompanyId, LocalDate } from "../../../src/domain/types.ts";
import { type Grouping, LabelledReports } from "../../../src/http/resources/labelled_reports.ts";
import { Problem } from "../../../src/http/kit/problems.ts";
import type { Reports } from "../../../src/ports/reports.ts";

const GROUPING: Grouping = { groups: new Set(), by_phone_number_id: false, attributes: ["department"] };

function spanOf(company: string, day = 1) {
  const date = `2026-11-${String(day).padStart(2, "0")}` as LocalDate;
  return { company: company as CompanyId, from: date, to: date, as_of: "now" } as const;
}

/** Reports that wait until each is let go, in the order they began. */
function waitingReports() {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const labelledUsage = async ({ company, from }: LabelledUsageQuery): Promise<LabelledUsage[]> => {
    began.push(`${company} ${from.slice(8)}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.push(resolve);
    await promise;
    return [{ phone_number_id: null, attributes: { department: company }, units: 1, credits: 1 }];
  };
  const labelled = new LabelledReports({ labelledUsage } as unknown as Reports);
  /** Lets the running reports end one by one, until none is left. */
  const finish = async () => {
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end();
      // The next report begins some microtasks after the end of the one before.
      for (let i = 0; i < 20; i++) await Promise.resolve();
    }
  };
  return { labelled, began, finish };
}

Deno.test("tabs of one company wait for each other, and none is refused", async () => {
  const { labelled, began, finish } = waitingReports();
  const read = [1, 2, 3].map((day) => labelled.join(spanOf("acme", day), GROUPING, 7));
  assert.deepEqual(began, ["acme 01"]);
  await finish();
  for (const rows of await Promise.all(read)) assert.ok(!(rows instanceof Problem));
  assert.deepEqual(began, ["acme 01", "acme 02", "acme 03"]);
});

Deno.test("at most three reports of all companies run, and those that wait run in their turn", async () => {
  const { labelled, began, finish } = waitingReports();
  const read = ["a", "b", "c", "d", "e"].map((company) => labelled.join(spanOf(company), GROUPING, 7));
  assert.deepEqual(began, ["a 01", "b 01", "c 01"]);
  await finish();
  for (const rows of await Promise.all(read)) assert.ok(!(rows instanceof Problem));
  assert.deepEqual(began, ["a 01", "b 01", "c 01", "d 01", "e 01"]);
});

Deno.test("viewers of one version share a report, and one of a newer version reads its own", async () => {
  const { labelled, began, finish } = waitingReports();
  const read = [7, 7, 8].map((version) => labelled.join(spanOf("acme"), GROUPING, version));
  await finish();
  const [first, shared, newer] = await Promise.all(read);
  assert.equal(first, shared);
  assert.notEqual(first, newer);
  assert.equal(began.length, 2);
});

Deno.test("a call of the API is refused while a report of its company runs, and pages when too many wait", async () => {
  const { labelled, finish } = waitingReports();
  const read = Array.from({ length: 34 }, (_, version) => labelled.join(spanOf("acme"), GROUPING, version));
  const [refused, last] = [await labelled.rowsOf(spanOf("acme"), GROUPING), await read.at(-1)!];
  assert.equal(refused instanceof Problem && refused.code, "too_many_reports");
  assert.equal(last instanceof Problem && last.status, 503);
  await finish();
  for (const rows of await Promise.all(read.slice(0, -1))) assert.ok(!(rows instanceof Problem));
});
