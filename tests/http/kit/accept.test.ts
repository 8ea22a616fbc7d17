import assert from "node:assert/strict";
import { languageSpecificity, mediaSpecificity, negotiate } from "../../../src/http/kit/accept.ts";
import { wantsCsv } from "../../../src/http/kit/csv.ts";
import { languageOf } from "../../../src/http/resources/receipt.ts";

Deno.test("a language is chosen by its weight in Accept-Language, then by its order", () => {
  const of = (header: string | null, locale = "pt-BR") => languageOf(header, locale);
  assert.equal(of("en"), "en");
  assert.equal(of("en-GB,pt;q=0.5"), "en");
  assert.equal(of("pt;q=0.5, en-GB"), "en");
  assert.equal(of("pt;q=0.9, en;q=0.2", "en"), "pt-BR");
  assert.equal(of("pt-PT", "en"), "pt-BR");
  assert.equal(of("fr, de;q=0.9, en;q=0.1"), "en");
  assert.equal(of("en;q=0, pt;q=0.1", "en"), "pt-BR");
  assert.equal(of("pt, en"), "pt-BR");
  assert.equal(of("en-US,pt-BR;q=0.9,en;q=0.8"), "en");
  assert.equal(of("en-GB,pt;q=0.9,en;q=0.5"), "en");
});

Deno.test("without a supported language the company's locale decides", () => {
  for (const header of [null, "", "fr", "*", "english", ";;,,q=", "x".repeat(5_000)]) {
    assert.equal(languageOf(header, "pt-PT"), "pt-BR");
    assert.equal(languageOf(header, "en-US"), "en");
    assert.equal(languageOf(header, "fr"), "en");
  }
});

Deno.test("CSV is sent only to clients that prefer it to JSON", () => {
  const prefersCsv = (accept?: string) =>
    wantsCsv(new Request("http://localhost", accept === undefined ? {} : { headers: { accept } }));
  for (const yes of ["text/csv", "TEXT/CSV", "text/csv, */*", "text/*", "application/json;q=0.5, text/csv"]) {
    assert.equal(prefersCsv(yes), true, yes);
  }
  const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  for (
    const no of [
      undefined,
      "*/*",
      "application/json",
      "application/json, text/csv;q=0.9",
      browser,
      "text/csv;q=0",
    ]
  ) {
    assert.equal(prefersCsv(no), false, `${no}`);
  }
});

Deno.test("an offer of weight 0 is never picked", () => {
  const pick = (header: string) => negotiate(header, ["text/csv", "application/json"], mediaSpecificity);
  assert.equal(pick("text/csv;q=0, */*"), "application/json");
  assert.equal(negotiate("en;q=0", ["en"], languageSpecificity), undefined);
});
