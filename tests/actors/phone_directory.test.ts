import assert from "node:assert/strict";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import type { CompanyId } from "../../src/domain/types.ts";

const [ACME, BETA] = ["acme", "beta"] as CompanyId[] as [CompanyId, CompanyId];

/** What is asked of the store is answered when the test says so. */
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
    ownersOf(asked) {
      looked_up.push(asked);
      const known = asked.filter((number) => numbers.has(number));
      return Promise.resolve(
        known.map((phone_number_id) => ({ phone_number_id, company: numbers.get(phone_number_id)! })),
      );
    },
  });
  return { directory, reads, looked_up };
}

Deno.test("a company that is given numbers has them at once, and those that it gave up no more", () => {
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

Deno.test("a company gives up also the numbers that were read or looked up", async () => {
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

Deno.test("numbers that nobody in memory has are looked up all at once", async () => {
  const { directory, looked_up } = directoryOver(new Map([["1", ACME], ["3", BETA]]));
  await directory.lookUp(["1", "2", "3"]);
  assert.deepEqual(["1", "2", "3"].map((number) => directory.companyOf(number)), [ACME, undefined, BETA]);
  assert.equal(looked_up.length, 1);
});

Deno.test("what was read before a number was given does not take it back, and is not read anew for it", async () => {
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
