declare const brand: unique symbol;

/** Money in millionths of the currency's unit: exact, and never a float. `1_500_000n` is 1.50. */
export type Micros = bigint & { readonly [brand]: "Micros" };

const PLACES = 6;
const SCALE = 1_000_000n;
const CENTAVO = 10_000n;

/** The format of a price on the wire: up to 9 digits and 6 decimal places, no sign, no exponent. */
export const PRICE_PATTERN = /^\d{1,9}(\.\d{1,6})?$/;

/**
 * Parses a price such as `"0.15"`.
 *
 * @throws {RangeError} when the text does not match {@link PRICE_PATTERN}
 */
export function priceFrom(text: string): Micros {
  if (!PRICE_PATTERN.test(text)) {
    throw new RangeError(`invalid price "${text}": use up to 9 digits and 6 decimal places, such as "0.15"`);
  }
  const [whole, fraction = ""] = text.split(".");
  return (BigInt(whole!) * SCALE + BigInt(fraction.padEnd(PLACES, "0"))) as Micros;
}

/** Formats money with two to six decimal places, without trailing zeros after the second: `"0.10"`, `"0.123456"`. */
export function showMoney(amount: Micros): string {
  const sign = amount < 0n ? "-" : "";
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % SCALE).toString().padStart(PLACES, "0").replace(/0{1,4}$/, "");
  return `${sign}${absolute / SCALE}.${fraction}`;
}

/** Computes one line of a statement: units times unit price, rounded once, half-even, to the centavo. */
export function lineAmount(units: number, unit_price: Micros): Micros {
  return roundHalfEven(BigInt(units) * unit_price, 1n);
}

/**
 * Splits an amount in proportion to weights, in whole centavos that add up to it: each share is rounded down, and the
 * centavos left go to the largest remainders (Hamilton's method), of equal ones to the first.
 *
 * @param amount whole centavos, not negative
 * @param weights whole numbers, not negative, with a positive sum
 */
export function apportion(amount: Micros, weights: readonly number[]): Micros[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const centavos = amount / CENTAVO;
  const shares = weights.map((weight, index) => {
    const part = centavos * BigInt(weight);
    return { index, centavos: part / whole, remainder: part % whole };
  });
  const left = Number(centavos - shares.reduce((sum, share) => sum + share.centavos, 0n));
  const first = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1
  ).slice(0, left);
  const rounded_up = new Set(first.map(({ index }) => index));
  return shares.map((share) =>
    (share.centavos + (rounded_up.has(share.index) ? 1n : 0n)) * CENTAVO as Micros
  );
}

/** Prorates a price by days, rounded half-even to the centavo. */
export function shareOf(price: Micros, days: number, of_days: number): Micros {
  return roundHalfEven(price * BigInt(days), BigInt(of_days));
}

/** Rounds `amount / divisor` half-even to whole centavos. Both are non-negative. */
function roundHalfEven(amount: bigint, divisor: bigint): Micros {
  const unit = CENTAVO * divisor;
  const whole = amount / unit;
  const twice = (amount % unit) * 2n;
  const up = twice > unit || (twice === unit && whole % 2n === 1n);
  return ((up ? whole + 1n : whole) * CENTAVO) as Micros;
}
