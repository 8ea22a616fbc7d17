import assert from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "../../src/domain/money.ts";
import { apportion, lineAmount, priceFrom, shareOf, showMoney } from "../../src/domain/money.ts";
import { credits } from "../../src/domain/types.ts";

Deno.test("a price of R$ 999,999,999.999999 survives a round trip exactly", () => {
  assert.equal(showMoney(priceFrom("999999999.999999")), "999999999.999999");
});

Deno.test("money is shown with at least two places, and as many more as it needs", () => {
  for (
    const [text, shown] of [["0", "0.00"], ["0.1", "0.10"], ["1.5", "1.50"], ["0.123", "0.123"], [
      "0.000001",
      "0.000001",
    ]]
  ) {
    assert.equal(showMoney(priceFrom(text!)), shown);
  }
});

Deno.test("every price survives a round trip exactly", () => {
  fc.assert(fc.property(fc.nat({ max: 999_999_999 }), fc.nat({ max: 999_999 }), (whole, millionths) => {
    const text = `${whole}.${String(millionths).padStart(6, "0")}`;
    assert.equal(priceFrom(showMoney(priceFrom(text))), priceFrom(text));
    assert.equal(Number(showMoney(priceFrom(text)).split(".")[0]), whole);
  }));
});

Deno.test("a price has no sign, no exponent, no comma and at most 9 digits and 6 places", () => {
  for (
    const text of ["", "-1", "+1", "1e3", "1,50", "1.", ".5", "1234567890", "0.1234567", " 1", "NaN", "１"]
  ) {
    assert.throws(() => priceFrom(text), RangeError, text);
  }
});

Deno.test("ten to the twelfth credits at the highest price are exact", () => {
  assert.equal(
    showMoney(lineAmount(1_000_000_000_000, priceFrom("999999999.999999"))),
    "999999999999999000000.00",
  );
  assert.equal(credits(1_000_000_000_000), 1_000_000_000_000);
});

Deno.test("a line is rounded once, half to even, to the centavo", () => {
  const lines = [
    [1, "0.005", "0.00"],
    [3, "0.005", "0.02"],
    [1, "0.015", "0.02"],
    [1, "0.025", "0.02"],
    [1, "0.035", "0.04"],
    [1, "0.004999", "0.00"],
    [1, "0.005001", "0.01"],
    [1000, "0.123456", "123.46"],
  ] as const;
  for (const [units, price, amount] of lines) {
    assert.equal(showMoney(lineAmount(units, priceFrom(price))), amount);
  }
});

Deno.test("a line is never further than half a centavo from the exact product", () => {
  fc.assert(fc.property(fc.nat({ max: 1_000_000_000 }), fc.nat({ max: 1_000_000_000 }), (units, price) => {
    const exact = BigInt(units) * BigInt(price);
    const off = lineAmount(units, BigInt(price) as Micros) - exact;
    assert.ok(off >= -5_000n && off <= 5_000n);
  }));
});

Deno.test("a price for part of a month is by days, half to even to the centavo", () => {
  assert.equal(showMoney(shareOf(priceFrom("300.00"), 16, 30)), "160.00");
  assert.equal(showMoney(shareOf(priceFrom("100.00"), 1, 31)), "3.23");
  assert.equal(showMoney(shareOf(priceFrom("0.10"), 1, 4)), "0.02");
  assert.equal(showMoney(shareOf(priceFrom("0.14"), 1, 4)), "0.04");
});

Deno.test("credits are whole numbers a float holds exactly", () => {
  assert.throws(() => credits(1.5), RangeError);
  assert.throws(() => credits(2 ** 53), RangeError);
  assert.equal(Object.is(credits(-0), 0), true);
});

Deno.test("an amount is divided into whole centavos, and the largest remainders get the centavos left", () => {
  const shares = (amount: string, ...weights: number[]) =>
    apportion(priceFrom(amount), weights).map(showMoney);
  assert.deepEqual(shares("100", 1, 1, 1), ["33.34", "33.33", "33.33"]);
  assert.deepEqual(shares("0.05", 3, 1, 1, 0), ["0.03", "0.01", "0.01", "0.00"]);
  assert.deepEqual(shares("10", 2, 1), ["6.67", "3.33"]);
  assert.deepEqual(shares("0", 7, 5), ["0.00", "0.00"]);
});

Deno.test("the shares of an amount add up to it, and none is a centavo off its exact value", () => {
  const weights = fc.array(fc.nat({ max: 1_000_000_000_000 }), { minLength: 1, maxLength: 12 })
    .filter((all) => all.some((weight) => weight > 0));
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), weights, (centavos, all) => {
    const amount = centavos * 10_000n as Micros;
    const shares = apportion(amount, all);
    assert.equal(shares.reduce<bigint>((sum, share) => sum + share, 0n), amount);
    const whole = all.reduce((sum, weight) => sum + BigInt(weight), 0n);
    for (const [i, share] of shares.entries()) {
      const difference = share * whole - amount * BigInt(all[i]!);
      assert.ok(difference < 10_000n * whole && difference > -10_000n * whole);
    }
  }));
});

Deno.test("of two shares of an amount the larger weight never has less, and equal weights differ by a centavo at most", () => {
  const weights = fc.array(fc.oneof(fc.nat(9), fc.nat(1_000_000)), { minLength: 2, maxLength: 12 })
    .filter((all) => all.some((weight) => weight > 0));
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), weights, (centavos, all) => {
    const shares = apportion(centavos * 10_000n as Micros, all);
    for (const [i, share] of shares.entries()) {
      for (const [j, other] of shares.entries()) {
        if (all[i]! > all[j]!) assert.ok(share >= other);
        if (all[i] === all[j]) assert.ok(share - other <= 10_000n);
      }
    }
  }));
});
