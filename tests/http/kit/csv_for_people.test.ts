import assert from "node:assert/strict";
import { type Cell, csvLanguageOf, peopleCsvWriter } from "../../../src/http/kit/csv_for_people.ts";
import type { Language } from "../../../src/domain/receipt.ts";

/** Returns a file of one row as text. */
function fileOf(language: Language, cells: readonly Cell[]): string {
  const columns = cells.map((cell, i) => ({ heading: `c${i}`, cellOf: () => cell }));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(peopleCsvWriter(columns, language)([{}]));
}

/** Returns the text of one cell, without quotes. */
function cellOf(cell: Cell, language: Language = "pt-BR"): string {
  return fileOf(language, [cell]).split("\r\n")[1]!.replace(/^"(.*)"$/s, "$1");
}

const SAO_PAULO = { time_zone: "America/Sao_Paulo" };

Deno.test("a Portuguese file has semicolons, decimal commas, dates by day and local times", () => {
  const cells = [
    { number: -1_500 },
    { number: "0.12" },
    { date: "2026-11-03" },
    { instant: "2026-12-01T02:59:59.5Z", ...SAO_PAULO },
    { text: "São Paulo; centro" },
    null,
  ];
  assert.equal(
    fileOf("pt-BR", cells),
    '\ufeffc0;c1;c2;c3;c4;c5\r\n-1500;0,12;03/11/2026;30/11/2026 23:59:59;"São Paulo; centro";\r\n',
  );
});

Deno.test("an English file has commas, decimal points and ISO dates", () => {
  const cells = [
    { number: -1_500 },
    { number: "0.12" },
    { date: "2026-11-03" },
    { instant: "2026-12-01T02:59:59Z", ...SAO_PAULO },
  ];
  assert.equal(
    fileOf("en", cells),
    "\ufeffc0,c1,c2,c3\r\n-1500,0.12,2026-11-03,2026-11-30 23:59:59\r\n",
  );
});

Deno.test("the byte order mark and the headings are written once", () => {
  const write = peopleCsvWriter([{ heading: "n", cellOf: (n: number) => ({ number: n }) }], "en");
  const text = (rows: number[]) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(write(rows));
  assert.deepEqual([text([1, 2]), text([3])], ["\ufeffn\r\n1\r\n2\r\n", "3\r\n"]);
});

Deno.test("a text that a spreadsheet would read as a number, a date or a formula begins with an apostrophe", () => {
  for (
    const text of [
      "106540352242922001",
      "00123",
      "1E5",
      "3/11",
      "2026-11",
      "-1",
      "+55 11",
      "=1+1",
      "@sum(a1)",
      "\tx",
      " 12",
      "(12)",
      ",5",
    ]
  ) {
    assert.equal(cellOf({ text }), `'${text}`, text);
  }
  for (const text of ["vendas", "BR.13491208655302741918", "R$", "a=b", "Campanha 12"]) {
    assert.equal(cellOf({ text }), text);
  }
  assert.equal(cellOf({ text: "\r=1" }), "'\r=1");
});

Deno.test("a phone is a text with all its digits, in full or masked", () => {
  const shown = (contact: string) => cellOf({ contact });
  assert.equal(shown("5511987654321"), "55 11 98765-4321");
  assert.equal(shown("551132345678"), "55 11 3234-5678");
  assert.equal(shown("351912345678"), "35191234-5678");
  assert.equal(shown("+55 11 •••••-7777"), "55 11 •••••-7777");
  assert.equal(shown("BR.13491208655302741918"), "BR.13491208655302741918");
  assert.equal(shown("12345"), "'12345");
});

Deno.test("the parameter chooses the form, then Accept-Language, and the form for programs is the default", () => {
  const languageOf = (locale: string | undefined, accept_language?: string) =>
    csvLanguageOf(
      locale,
      new Request("http://localhost", {
        headers: accept_language === undefined ? {} : { "accept-language": accept_language },
      }),
    );
  assert.equal(languageOf("und", "pt-BR"), undefined);
  assert.equal(languageOf("en", "pt-BR"), "en");
  assert.equal(languageOf("pt-BR"), "pt-BR");
  assert.equal(languageOf(undefined, "pt-PT,pt;q=0.9"), "pt-BR");
  assert.equal(languageOf(undefined, "en-US,pt;q=0.5"), "en");
  for (const none of [undefined, "*", "fr"]) assert.equal(languageOf(undefined, none), undefined);
});
