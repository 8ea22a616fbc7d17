/** Meta's rate card files with any prices, tiers and cells. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { readRateFile } from "../../../src/domain/meta_costs/rate_file.ts";
import { type Micros, showMoney } from "../../../src/domain/money.ts";

const MARKETS = ["Brazil", "India", "Kazakhstan", "Rest of Latin America", "Other"];
const CATEGORIES = [
  "marketing",
  "utility",
  "authentication",
  "authentication_international",
  "service",
] as const;
const HEADINGS = ["Marketing", "Utility", "Authentication", "Authentication-\nInternational", "Service"];

const price = fc.bigInt({ min: 0n, max: 9_999_999n }).map((micros) => micros as Micros);
/** The price of every message, or of ascending tiers. */
const priced = fc.record({
  first: fc.option(price),
  later: fc.uniqueArray(fc.integer({ min: 1, max: 99_999_999 }), { maxLength: 4 }).chain((ends) =>
    fc.tuple(...ends.toSorted((a, b) => a - b).map((end) => fc.tuple(fc.constant(end), price)))
  ),
});

Deno.test("what Meta's files say is what is read of them, for any prices and tiers", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(priced, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
      (markets) => {
        const list = markets.map((prices, at) => [
          MARKETS[at]!,
          "USD",
          ...prices.map(({ first }) => first === null ? "n/a" : showMoney(first)),
        ]);
        const has_tiers = ["utility", "authentication", "authentication_international"];
        const tiers = markets.flatMap((prices, at) => {
          const blocks = has_tiers.map((category) => {
            const { first, later } = prices[CATEGORIES.indexOf(category as typeof CATEGORIES[number])]!;
            if (first === null) {
              return [];
            }
            const all: (readonly [number, Micros])[] = [[0, first], ...later];
            return all.map(([from, of_tier], tier) => {
              const next = all[tier + 1]?.[0];
              const to = next === undefined ? "--" : next.toLocaleString("en");
              return [from === 0 ? "0" : (from + 1).toLocaleString("en"), to, "", showMoney(of_tier), ""];
            });
          });
          const height = Math.max(1, ...blocks.map(({ length }) => length));
          return Array.from({ length: height }, (_, row) => [
            row === 0 ? MARKETS[at]! : "",
            "USD",
            ...blocks.flatMap((block) => block[row] ?? ["n/a", "n/a", "n/a", "n/a", "n/a"]),
          ]);
        });
        const columns = ["From", "To", "Rate type", "Rate", "vs. List rate"];
        const rows = [
          ["Market", "Currency", ...HEADINGS],
          ...list,
          [
            "",
            "",
            ...["Utility", "Authentication", "Authentication-International"].flatMap((
              name,
            ) => [name, "", "", "", ""]),
          ],
          ["", "Currency", ...columns, ...columns, ...columns],
          ...tiers,
        ];
        const file = readRateFile(rows, "USD");
        assert.ok("prices" in file, JSON.stringify(file));
        const expected = markets.map((prices, at) =>
          [
            MARKETS[at]!,
            Object.fromEntries(CATEGORIES.flatMap((category, index) => {
              const { first, later } = prices[index]!;
              if (first === null) return [];
              const all = has_tiers.includes(category)
                ? [[0, first] as const, ...later]
                : [[0, first] as const];
              return [[category, all.map(([from_messages, of_tier]) => ({ from_messages, price: of_tier }))]];
            })),
          ] as const
        );
        assert.deepEqual(file.prices, new Map(expected));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("cells of any kind are read or refused with a row of the file, and never throw", () => {
  const words = [
    "Market",
    "Currency",
    "Utility",
    "From",
    "To",
    "Rate",
    "Brazil",
    "USD",
    "0",
    "1",
    "0.1",
    "n/a",
    "",
    "--",
  ];
  const cell = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, fc.string());
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 12 }), (rows) => {
      const file = readRateFile(rows, "USD");
      if ("prices" in file) return;
      assert.ok(file.length > 0);
      for (const { row } of file) assert.ok(row >= 1 && row <= Math.max(1, rows.length));
    }),
    { numRuns: 2_000 },
  );
});
