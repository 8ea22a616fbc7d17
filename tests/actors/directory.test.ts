import assert from "node:assert/strict";
import { PhoneDirectory } from "../../actors/directory.ts";
import type { CompanyId } from "../../src/domain/names.ts";

const [ACME, BETA] = ["acme", "beta"] as CompanyId[] as [CompanyId, CompanyId];

/** What is asked of the store is answered when the test says so. */
function directoryOver(numbers: Map<string, CompanyId>) {
  const reads: (() => void)[] = [];
  const directory = new PhoneDirectory({
    all() {
      const rows = [...numbers].map(([phone_number_id, company]) => ({ phone_number_id, company }));
      const { promise, resolve } = Promise.withResolvers<void>();
      reads.push(resolve);
      return promise.then(() => rows);
    },
    ownerOf: (number) => Promise.resolve(numbers.get(number)),
  });
  return { directory, reads };
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

Deno.test("what was read before a number was given does not take it back", async () => {
  const numbers = new Map([["1", ACME]]);
  const { directory, reads } = directoryOver(numbers);
  const refreshed = directory.refresh();
  numbers.set("2", BETA);
  directory.assign(BETA, ["2"]);
  reads.shift()!();
  await new Promise((resolve) => setTimeout(resolve));
  reads.shift()!();
  await refreshed;
  assert.deepEqual(["1", "2"].map((number) => directory.companyOf(number)), [ACME, BETA]);
});
