import assert from "node:assert/strict";
import fc from "fast-check";
import { formatsIn } from "../../src/web/format.ts";
import { sharesOf, wholePerCents } from "../../src/web/report/shares.ts";

const formats = formatsIn("pt-BR");

function sharesOfRows(shown: readonly number[], listed: readonly number[] = [], unlisted = 0) {
  return sharesOf({ shown, listed, unlisted }, formats);
}

Deno.test("three equal rows are 34, 33 and 33 %, not 99 % together", () => {
  assert.deepEqual(sharesOfRows([5, 5, 5]).shown, ["34%", "33%", "33%"]);
});

Deno.test("two halves of a per cent are 63, 25 and 12 %, not 101 % together", () => {
  assert.deepEqual(sharesOfRows([10, 4, 2]).shown, ["63%", "25%", "12%"]);
});

Deno.test("whole per cents of any parts add up to 100, each within 1 of its exact share", () => {
  const parts = fc.array(fc.nat(1_000_000_000), { minLength: 1, maxLength: 40 })
    .filter((all) => all.some((part) => part > 0));
  fc.assert(fc.property(parts, (all) => {
    const whole = all.reduce((sum, part) => sum + part, 0);
    const per_cents = wholePerCents(all);
    assert.equal(per_cents.reduce((sum, each) => sum + each, 0), 100);
    for (const [i, part] of all.entries()) {
      assert.ok(Math.abs(per_cents[i]! - 100 * part / whole) < 1, `${part} of ${whole}: ${per_cents[i]} %`);
      if (part === 0) assert.equal(per_cents[i], 0);
    }
  }));
});

Deno.test("the shares of the others add up to that of the row that sums them up", () => {
  assert.deepEqual(sharesOfRows([40, 30], [14, 9, 5], 2), {
    shown: ["40%", "30%"],
    others: "30%",
    listed: ["14%", "9%", "5%"],
    unlisted: "2%",
    total: "100%",
  });
  // 33.3, 33.3, 11.1, 11.1 and 11.1 %.
  assert.deepEqual(sharesOfRows([3, 3], [1, 1, 1]), {
    shown: ["34%", "33%"],
    others: "33%",
    listed: ["11%", "11%", "11%"],
    unlisted: "0%",
    total: "100%",
  });
});

Deno.test("a row below 1 % says so, equal rows read the same, and only the whole reads 100 %", () => {
  assert.deepEqual(sharesOfRows([997, 3]).shown, [">99%", "<1%"]);
  assert.deepEqual(sharesOfRows([992, 4, 4]).shown, ["99%", "<1%", "<1%"]);
  assert.deepEqual(sharesOfRows([7]).shown, ["100%"]);
  const many = sharesOfRows([1, 1, 1, 1, 1, 1], Array(200).fill(1), 94);
  assert.deepEqual(new Set([...many.shown, ...many.listed]), new Set(["<1%"]));
  assert.deepEqual([many.unlisted, many.others], ["31%", "98%"]);
});

Deno.test("rows without credits have no share", () => {
  assert.deepEqual(sharesOfRows([0, 0]), {
    shown: ["0%", "0%"],
    others: "0%",
    listed: [],
    unlisted: "0%",
    total: "0%",
  });
});
