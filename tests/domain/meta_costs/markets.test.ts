import assert from "node:assert/strict";
import {
  isCountryMarket,
  MARKET_NAMES,
  marketNamed,
  marketOf,
} from "../../../src/domain/meta_costs/markets.ts";
import type { LocalDate } from "../../../src/domain/types.ts";

const date = (text: string) => text as LocalDate;
const NOVEMBER = date("2026-11-30");

Deno.test("a country is its own market where Meta lists it alone, else of its region, else Other", () => {
  const table = {
    BR: "Brazil",
    GB: "United Kingdom",
    US: "North America",
    CA: "North America",
    PY: "Rest of Latin America",
    PR: "Rest of Latin America",
    KE: "Rest of Africa",
    JP: "Rest of Asia Pacific",
    GR: "Rest of Central & Eastern Europe",
    PT: "Rest of Western Europe",
    JO: "Rest of Middle East",
    BS: "Other",
    CY: "Other",
    ZZ: "Other",
  };
  for (const [country, market] of Object.entries(table)) {
    assert.equal(marketOf(country, NOVEMBER), market, country);
  }
});

Deno.test("a country that Meta moves is of its former market until the day before", () => {
  const moves = [
    ["ZW", "2025-10-01", "Other", "Rest of Africa"],
    ["PL", "2026-07-01", "Rest of Central & Eastern Europe", "Poland"],
    ["HK", "2026-07-01", "Rest of Asia Pacific", "Hong Kong"],
    ["MA", "2026-10-01", "Rest of Africa", "Morocco"],
    ["KW", "2026-10-01", "Rest of Middle East", "Kuwait"],
    ["KZ", "2026-10-01", "Other", "Kazakhstan"],
  ] as const;
  for (const [country, from, before, after] of moves) {
    const last_day = Temporal.PlainDate.from(from).subtract({ days: 1 }).toString();
    assert.equal(marketOf(country, date(last_day)), before, country);
    assert.equal(marketOf(country, date(from)), after, country);
  }
});

Deno.test("a territory is of the market of the listed country whose calling code it shares", () => {
  assert.equal(marketOf("JE", NOVEMBER), "United Kingdom");
  assert.equal(marketOf("VA", NOVEMBER), "Italy");
  assert.equal(marketOf("AX", NOVEMBER), "Rest of Western Europe");
  assert.equal(marketOf("EH", date("2026-09-30")), "Rest of Africa");
  assert.equal(marketOf("EH", NOVEMBER), "Morocco");
});

Deno.test("the table has each of Meta's countries once, and a name for every country of phone numbers", async () => {
  const { getCountries } = await import("libphonenumber-js/max");
  const counts: Record<string, number> = {};
  for (const country of getCountries()) {
    const market = marketOf(country, date("2025-07-01"));
    if (!isCountryMarket(market)) counts[market] = (counts[market] ?? 0) + 1;
    // A newer rate card can price any country alone.
    const names = new Set(MARKET_NAMES);
    assert.ok(isCountryMarket(marketOf(country, NOVEMBER, names)), country);
  }
  const { Other: _, ...regions } = counts;
  assert.deepEqual(regions, {
    "North America": 2,
    "Rest of Africa": 40 + 1,
    "Rest of Asia Pacific": 21 + 2,
    "Rest of Central & Eastern Europe": 20,
    "Rest of Latin America": 15,
    "Rest of Middle East": 8,
    "Rest of Western Europe": 9 + 2,
  });
});

Deno.test("a market is found by its name in any of Meta's spellings", () => {
  const spellings = {
    "Brazil": "Brazil",
    " brazil ": "Brazil",
    "Rest of Central and Eastern Europe": "Rest of Central & Eastern Europe",
    "REST OF CENTRAL & EASTERN EUROPE": "Rest of Central & Eastern Europe",
    "Rest of\nLatin America": "Rest of Latin America",
    "Türkiye": "Turkey",
    "Côte d'Ivoire": "Ivory Coast",
    "Guinea Bissau": "Guinea-Bissau",
    "other": "Other",
    "Kazakhstan": "Kazakhstan",
  };
  for (const [text, market] of Object.entries(spellings)) assert.equal(marketNamed(text), market, text);
});

Deno.test("a name of no market is no market", () => {
  for (const text of ["", "Brasil", "BR", "Latin America", "Rest of World", "=Brazil+1", "constructor"]) {
    assert.equal(marketNamed(text), undefined, text);
  }
});
