import assert from "node:assert/strict";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import type { CompanyId } from "../../src/domain/types.ts";

const [ACME, BETA] = ["acme", "beta"] as CompanyId[] as [CompanyId, CompanyId];

/** Returns a directory on a store whose reads resolve when the test resumes them. */
function directoryOver(numbers: Map<string, CompanyId>) {
  const reads: (() => void)[] = [];
  const looked_up: (readonly string[])[] = [];
  const directory = new PhoneDirectory({
    all() {
      const rows = [...numbers].map(([phone_number_id, company]) => ({ phone_number_id, company }));
      const { promise, resolve } = Promise.withResolvers<void>();
      reads.push(resolve);
      return promise.then(() => rows);
    },
    ownersOf(requested) {
      looked_up.push(requested);
      const known = requested.filter((number) => numbers.has(number));
      return Promise.resolve(
        known.map((phone_number_id) => ({ phone_number_id, company: numbers.get(phone_number_id)! })),
      );
    },
  });
  return { directory, reads, looked_up };
}

Deno.test("assign replaces the numbers of a company at once", () => {
  const { directory } = directoryOver(new Map());
  directory.assign(ACME, ["1", "2"]);
  directory.assign(BETA, ["3"]);
  directory.assign(ACME, ["2", "4"]);
  assert.deepEqual(["1", "2", "3", "4"].map((number) => directory.companyOf(number)), [
    undefined,
    ACME,
    BETA,
    ACME,
  ]);
});

Deno.test("assign also removes numbers that were read or looked up", async () => {
  const numbers = new Map([["1", ACME]]);
  const { directory, reads } = directoryOver(numbers);
  const refreshed = directory.refresh();
  reads.shift()!();
  await refreshed;
  numbers.set("2", ACME);
  await directory.lookUp(["2"]);
  assert.equal(directory.companyOf("2"), ACME);
  directory.assign(ACME, ["3"]);
  assert.deepEqual(["1", "2", "3"].map((number) => directory.companyOf(number)), [
    undefined,
    undefined,
    ACME,
  ]);
});

Deno.test("unknown numbers are looked up in one read", async () => {
  const { directory, looked_up } = directoryOver(new Map([["1", ACME], ["3", BETA]]));
  await directory.lookUp(["1", "2", "3"]);
  assert.deepEqual(["1", "2", "3"].map((number) => directory.companyOf(number)), [ACME, undefined, BETA]);
  assert.equal(looked_up.length, 1);
});

Deno.test("a refresh that started before an assignment keeps it, without another read", async () => {
  const numbers = new Map([["1", ACME]]);
  const { directory, reads } = directoryOver(numbers);
  const refreshed = directory.refresh();
  numbers.set("2", BETA);
  directory.assign(BETA, ["2"]);
  reads.shift()!();
  await refreshed;
  assert.deepEqual(["1", "2"].map((number) => directory.companyOf(number)), [ACME, BETA]);
  assert.equal(reads.length, 0);
});
