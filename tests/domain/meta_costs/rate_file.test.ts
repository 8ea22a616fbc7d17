import assert from "node:assert/strict";
import { type FileError, type RateFile, readRateFile } from "../../../src/domain/meta_costs/rate_file.ts";
import type { MetaCategory } from "../../../src/domain/meta_costs/types.ts";
import { showMoney } from "../../../src/domain/money.ts";

// deno-fmt-ignore
const LIST = [
  ["Cost per message in USD on the WhatsApp Business Platform, effective October 1, 2026", "", "", "", "", "", ""],
  ["Market", "Currency", "Marketing", "Utility", "Authentication", "Authentication-\nInternational", "Service"],
  ["Brazil", "USD", "0.0625", "0.0068", "0.0068", "n/a", "0.0068"],
  ["India", "USD", "0.0118", "0.0014", "0.0014", "0.0304", "0.0014"],
  ["Rest of Central & Eastern Europe", "USD", "0.0860", "0.0212", "0.0212", "n/a", ""],
];

// deno-fmt-ignore
const TIERS = [
  ["Volume tiers in USD, effective October 1, 2026"],
  ["Market", "", "Utility", "", "", "", "", "Authentication", "", "", "", ""],
  ["", "", "Messages", "", "", "", "", "Messages", "", "", "", ""],
  ["", "Currency", "From", "To", "Rate type", "Rate", "vs. List rate", "From", "To", "Rate type", "Rate", "vs. List rate"],
  ["Brazil", "USD", "0", "250,000", "List rate", "0.0068", "0%", "0", "500,000", "List rate", "0.0068", "0%"],
  ["", "USD", "250,001", "2,000,000", "Tier rate", "0.0065", "-5%", "500,001", "--", "Tier rate", "0.0061", "-10%"],
  ["", "USD", "2,000,001", "--", "Tier rate", "0.0061", "-10%", "n/a", "n/a", "n/a", "n/a", "n/a"],
  ["India", "USD", "0", "--", "List rate", "0.0014", "0%", "", "", "", "", ""],
];

function read(rows: readonly (readonly string[])[], currency = "USD"): RateFile {
  const file = readRateFile(rows, currency);
  if ("prices" in file) return file;
  throw new Error(JSON.stringify(file));
}

function errorsOf(rows: readonly (readonly string[])[], currency = "USD"): readonly FileError[] {
  const file = readRateFile(rows, currency);
  assert.ok(!("prices" in file), "the file is accepted");
  return file;
}

/** Returns the prices of a market and category: `count before the first message`: price. */
function shown(file: RateFile, market: string, category: MetaCategory): Record<number, string> | undefined {
  const tiers = file.prices.get(market)?.[category];
  return tiers &&
    Object.fromEntries(tiers.map(({ from_messages, price }) => [from_messages, showMoney(price)]));
}

/** Returns the list with one cell changed; rows and columns count from 0. */
function changed(
  rows: readonly (readonly string[])[],
  row: number,
  column: number,
  cell: string,
): string[][] {
  return rows.map((cells, at) => cells.map((old, index) => at === row && index === column ? cell : old));
}

Deno.test("Meta's list of rates is read, and what it marks n/a has no price", () => {
  const file = read(LIST);
  assert.ok(file.lists_rates);
  assert.deepEqual([...file.prices.keys()], ["Brazil", "India", "Rest of Central & Eastern Europe"]);
  assert.deepEqual(shown(file, "Brazil", "marketing"), { 0: "0.0625" });
  assert.deepEqual(shown(file, "Brazil", "service"), { 0: "0.0068" });
  assert.equal(shown(file, "Brazil", "authentication_international"), undefined);
  assert.deepEqual(shown(file, "India", "authentication_international"), { 0: "0.0304" });
  assert.equal(shown(file, "Rest of Central & Eastern Europe", "service"), undefined);
});

Deno.test("columns may stand in any order, rows may be empty, and a file of 2024 writes $US", () => {
  const file = read([
    ["Service", "Currency", "Market", "AUTHENTICATION - INTERNATIONAL"],
    [""],
    ["0.0190", "$US", "Indonesia", "0.1360"],
    ["0", "$US", "rest of central and eastern europe", " N/A "],
    ["", "", "", ""],
  ]);
  assert.deepEqual(shown(file, "Indonesia", "service"), { 0: "0.019" });
  assert.deepEqual(
    shown(file, "Rest of Central & Eastern Europe", "service"),
    { 0: "0.00" },
    "a zero is a price",
  );
  assert.equal(shown(file, "Rest of Central & Eastern Europe", "authentication_international"), undefined);
});

Deno.test("Meta's volume tiers are read: a tier begins after the last message of the one before", () => {
  const file = read(TIERS);
  assert.ok(!file.lists_rates);
  assert.deepEqual(shown(file, "Brazil", "utility"), { 0: "0.0068", 250000: "0.0065", 2000000: "0.0061" });
  assert.deepEqual(shown(file, "Brazil", "authentication"), { 0: "0.0068", 500000: "0.0061" });
  assert.deepEqual(shown(file, "India", "utility"), { 0: "0.0014" });
  assert.equal(shown(file, "India", "authentication"), undefined);
});

Deno.test("both files can be sent as one, in either order, with empty rows and titles between", () => {
  for (const rows of [[...LIST, ...TIERS], [...TIERS, [""], ...LIST], [...LIST, [""], ["Note"], ...TIERS]]) {
    const file = read(rows);
    assert.ok(file.lists_rates);
    assert.deepEqual(shown(file, "Brazil", "utility"), { 0: "0.0068", 250000: "0.0065", 2000000: "0.0061" });
    assert.deepEqual(shown(file, "Brazil", "marketing"), { 0: "0.0625" });
    assert.deepEqual(shown(file, "Rest of Central & Eastern Europe", "utility"), { 0: "0.0212" });
  }
});

Deno.test("a wrong cell of the list is refused with its row, column and remedy", () => {
  const table: [number, number, string, FileError][] = [
    [2, 2, "0,0625", {
      row: 3,
      column: "Marketing",
      message: 'is "0,0625", no price: write 0.0625 with a point',
    }],
    [2, 0, "Brasil", {
      row: 3,
      column: "Market",
      message: 'is "Brasil", no market of Meta: write it as Meta does, such as Brazil',
    }],
    [3, 0, "brazil", {
      row: 4,
      column: "Market",
      message: "is Brazil, as that of row 3: keep one of the rows",
    }],
    [3, 1, "EUR", {
      row: 4,
      column: "Currency",
      message: 'is "EUR": send prices in USD, or name their currency',
    }],
    [1, 6, "Servce", {
      row: 2,
      column: '"Servce"',
      message: "is no category of Meta: remove the column, or name it Marketing, Utility, Authentication, " +
        "Authentication-International, Service",
    }],
    [1, 6, "utility", { row: 2, column: "Utility", message: "is there twice: keep one column" }],
  ];
  for (const [row, column, cell, error] of table) {
    assert.deepEqual(errorsOf(changed(LIST, row, column, cell)), [error]);
  }
  for (
    const price of ["=0.0625", "-0.0625", "$0.0625", "6e-2", "0.06251234", "1,234.5", "0.06 25", "NaN", "+1"]
  ) {
    assert.deepEqual(errorsOf(changed(LIST, 2, 2, price)), [{
      row: 3,
      column: "Marketing",
      message: `is ${
        JSON.stringify(price)
      }, no price: write up to 9 digits and 6 decimal places, such as 0.0625, or n/a`,
    }]);
  }
});

Deno.test("a cell that is not quoted although it has a comma is refused, not read as another column", () => {
  const rows = LIST.map((row, at) =>
    at === 2 ? ["Brazil", "USD", "0", "0625", "0.0068", "0.0068", "n/a", "n/a"] : row
  );
  assert.deepEqual(errorsOf(rows), [{
    row: 3,
    column: undefined,
    message: "has 8 cells under 7 columns: quote cells with commas",
  }]);
});

Deno.test("a gap, an overlap or an end of volume tiers is refused", () => {
  const table: [number, number, string, string, string][] = [
    [5, 2, "250,002", "Utility From", "is 250002, and Brazil has a gap or an overlap: continue with 250001"],
    [5, 2, "250,000", "Utility From", "is 250000, and Brazil has a gap or an overlap: continue with 250001"],
    [4, 2, "2", "Utility From", "is 2, and Brazil has a gap or an overlap: begin with 0"],
    [4, 3, "--", "Utility From", "is 250001, and Brazil has a gap or an overlap: end the tier above it"],
    [6, 3, "9,000,000", "Utility To", "is 9000000, and no tier follows: write -- for the last tier"],
    [5, 5, "n/a", "Utility Rate", "is missing: write the price of the tier"],
    [5, 3, "many", "Utility To", 'is "many": write a number of messages, such as 250001'],
    [5, 3, "2.000.000", "Utility To", 'is "2.000.000": write a number of messages, such as 250001'],
    [
      1,
      7,
      "Service",
      "From in column 8",
      "is of no category with volume tiers: name Utility, Authentication or Authentication-International in the row above",
    ],
    [3, 5, "Price", "Utility", "lacks a column: send From, To and Rate"],
  ];
  for (const [row, column, cell, name, message] of table) {
    const errors = errorsOf(changed(TIERS, row, column, cell));
    const found = errors.find((error) => error.column === name);
    assert.equal(found?.message, message, JSON.stringify(errors));
  }
});

Deno.test("a first tier that differs from the list of rates is refused", () => {
  const [error] = errorsOf([...changed(LIST, 2, 3, "0.0070"), ...TIERS]);
  assert.deepEqual(error, {
    row: 10,
    column: "Utility Rate",
    message: "differs from the list of rates: correct one of them",
  });
});

Deno.test("a file without the header of Meta's rate cards is refused, and one with other separators says so", () => {
  const none = "begins no rate card of Meta: send a header row with Market, Currency and the categories";
  for (const rows of [[], [[""]], [["a", "b"]], LIST.slice(2)]) {
    assert.deepEqual(errorsOf(rows), [{ row: 1, column: undefined, message: none }]);
  }
  for (const separator of [";", "\t"]) {
    const [error] = errorsOf(LIST.map((row) => [row.join(separator)]));
    assert.match(error!.message, /save the file with commas between cells/);
  }
  assert.match(errorsOf([...LIST, ...LIST])[0]!.message, /is a header like row 2/);
  assert.match(errorsOf(LIST.slice(0, 2))[0]!.message, /has no row of a market below: add one/);
  assert.match(errorsOf([["Market", "Currency"], ["Brazil", "USD"]])[0]!.message, /no column of a category/);
});

Deno.test("a file of spaces, tabs and headers without end is refused at once", () => {
  const spaces = " ".repeat(500_000);
  assert.ok(errorsOf(changed(LIST, 2, 2, `${spaces}x`)).length > 0);
  assert.ok(errorsOf(changed(LIST, 2, 0, `${spaces}x`)).length > 0);
  assert.ok(errorsOf([[`market${"\t".repeat(500_000)}x`]]).length > 0);
  assert.ok(errorsOf(Array.from({ length: 5_000 }, () => LIST[1]!)).length > 0);
  const tiers = Array.from(
    { length: 5_000 },
    (_, index) => ["", "USD", String(index), String(index), "", "1"],
  );
  assert.ok(errorsOf([...TIERS.slice(0, 5), ...tiers]).length > 0);
});

Deno.test("the first errors of a file are listed, and the others are not read", () => {
  const rows = [
    LIST[1]!,
    ...Array.from({ length: 5000 }, () => ["=cmd|' /C calc'!A0", "USD", "x", "x", "x", "x", "x"]),
  ];
  const errors = errorsOf(rows);
  assert.equal(errors.length, 20);
  assert.equal(errors.at(-1)!.row, 5);
});
