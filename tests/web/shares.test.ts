import assert from "node:assert/strict";
import fc from "fast-check";
import { formatsIn } from "../../src/web/format.ts";
import { sharesOf } from "../../src/web/report/shares.ts";

function sharesOfRows(shown: readonly number[], listed: readonly number[] = [], unlisted = 0) {
  return sharesOf({ shown, listed, unlisted }, formatsIn("pt-BR"));
}

Deno.test("equal rows have equal shares, which then may not add up to 100 %", () => {
  const { shown, add_up } = sharesOfRows([5, 5, 5]);
  assert.deepEqual([shown, add_up], [["33%", "33%", "33%"], false]);
  assert.deepEqual(sharesOfRows([5, 5]).add_up, true);
  // Two halves of a per cent: half to even.
  assert.deepEqual(sharesOfRows([10, 4, 2]).shown, ["62%", "25%", "12%"]);
});

Deno.test("the shares of two rows add up to 100 %, unless one is below 0.1 %", () => {
  assert.deepEqual(sharesOfRows([7, 1]).shown, ["88%", "12%"]);
  const row = fc.integer({ min: 1, max: 1_000 });
  fc.assert(fc.property(row, row, (a, b) => sharesOfRows([a, b]).add_up));
});

Deno.test("equal rows have equal text, and no row shows less than a smaller one", () => {
  const rows = fc.array(fc.oneof(fc.nat(30), fc.nat(1_000_000_000)), { minLength: 1, maxLength: 20 });
  const text = (share: string) => share.startsWith("<") ? 0.05 : Number.parseFloat(share.replace(",", "."));
  fc.assert(fc.property(rows, rows, fc.nat(1_000), (shown, listed, unlisted) => {
    const shares = sharesOfRows(shown, listed, unlisted);
    const credits = [...shown, ...listed, unlisted, listed.reduce((sum, each) => sum + each, unlisted)];
    const texts = [...shares.shown, ...shares.listed, shares.unlisted, shares.others];
    for (const [i, a] of credits.entries()) {
      for (const [j, b] of credits.entries()) {
        if (a === b) assert.equal(texts[i], texts[j]);
        if (a > b) assert.ok(text(texts[i]!) >= text(texts[j]!), `${a}: ${texts[i]}, ${b}: ${texts[j]}`);
      }
    }
  }));
});

Deno.test("shares add up if those of the shown rows do, and those of the others to their row", () => {
  assert.deepEqual(sharesOfRows([40, 30], [14, 9, 5], 2), {
    shown: ["40%", "30%"],
    others: "30%",
    listed: ["14%", "9%", "5%"],
    unlisted: "2%",
    total: "100%",
    add_up: true,
  });
  // The first table adds up. In the part that opens, 17, 17 and 17 are not 50.
  const { others, listed, add_up } = sharesOfRows([150], [50, 50, 50]);
  assert.deepEqual([others, listed, add_up], ["50%", ["17%", "17%", "17%"], false]);
});

Deno.test("a row near nothing or near the whole has a decimal, and only the whole reads 100 %", () => {
  assert.deepEqual(sharesOfRows([997, 3]).shown, ["99,7%", "0,3%"]);
  assert.deepEqual(sharesOfRows([7]).shown, ["100%"]);
  const many = sharesOfRows([10_000, 1, 1], Array(200).fill(1));
  assert.deepEqual([many.shown, new Set(many.listed)], [["98%", "<0,1%", "<0,1%"], new Set(["<0,1%"])]);
  assert.equal(many.add_up, false);
});

Deno.test("rows without credits have no share", () => {
  assert.deepEqual(sharesOfRows([0, 0]), {
    shown: ["0%", "0%"],
    others: "0%",
    listed: [],
    unlisted: "0%",
    total: "0%",
    add_up: true,
  });
});
