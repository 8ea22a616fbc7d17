import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutPersonalData } from "../../../src/domain/identity/personal_text.ts";

/** Texts and what is stored of them. */
type Examples = readonly (readonly [text: string, stored: string])[];

function check(examples: Examples): void {
  for (const [text, stored] of examples) assert.equal(withoutPersonalData(text), stored, text);
}

Deno.test("phones and BSUIDs in a label are masked, other numbers are not", () => {
  check([
    ["5511987650001", "+55 11 •••••-0001"],
    ["to +55 (11) 98765-0001, urgent", "to +55 11 •••••-0001, urgent"],
    ["551187650001", "+55 11 •••••-0001"],
    ["+14155550123", "+1 415 •••-0123"],
    ["customer5511987650001", "customer+55 11 •••••-0001"],
    ["0055 11 98765-0001", "+55 11 •••••-0001"],
    ["BR.13491208655302741918", "BR.••••1918"],
    ["BR.aB93kQ81zT", "BR.••••81zT"],
    ["order 20261123", "order 20261123"],
    ["1764000000", "1764000000"],
    ["run-5512345", "run-5512345"],
  ]);
});

Deno.test("phones in their national forms are masked, as people write them", () => {
  check([
    ["11 98877 6655", "•••••••6655"],
    ["(11) 98877-6655", "•••••••6655"],
    ["11988776655", "•••••••6655"],
    ["011 98877-6655", "••••••••6655"],
    ["0xx11 98877-6655", "••••••••6655"],
    ["0 15 11 98877.6655", "••••••••••6655"],
    ["11 9 8877-6655", "•••••••6655"],
    ["call 98877-6655 now", "call •••••6655 now"],
    ["(11) 3456-7890", "••••••7890"],
    ["11 3456-7890", "••••••7890"],
    ["(631) 555-1181", "••••••1181"],
    ["631-555-1181", "••••••1181"],
    ["06 12 34 56 78", "••••••5678"],
    ["020 7946 0958", "•••••••0958"],
    ["07700 900123", "•••••••0123"],
  ]);
});

Deno.test("e-mail addresses, wamids and CPFs are masked", () => {
  check([
    ["ana.souza+x@mail.example.com.br", "••••@••••"],
    ["from <josé@padaria.example>, twice", "from <••••@••••>, twice"],
    ["retry of wamid.HBgMNTUxMTg4ODg3Nzc3FQIAERgS", "retry of wamid.••••"],
    ["123.456.789-09", "•••.•••.•••-••"],
    ["52998224725", "•••.•••.•••-••"],
    ["529.982.247-26", "•••.•••.•••-••"],
  ]);
});

Deno.test("ids, dates, amounts, versions and timestamps stay as they are", () => {
  const texts = [
    "sales",
    "run-1",
    "2026-11-29 10:00:00",
    "2026-11-29T10:00:00.123Z",
    "20261129100000",
    "1764000000000",
    "R$ 1.234.567,89",
    "1 234 567 890",
    "52998224726", // not a CPF: the last check digit is wrong
    "20988776655", // no area code
    "12345678900",
    "10.20.30.40",
    "2.1.0-rc.1",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "BR.example",
    "US.2026",
    "@team",
    "a@b",
  ];
  for (const text of texts) assert.equal(withoutPersonalData(text), text);
});

Deno.test("of a Brazilian mobile in any national form at most four digits stay", () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const gap = fc.constantFrom("", " ", "-", ".", " - ");
  const prefix = fc.constantFrom("", "0", "0 ", "0xx", "015 ");
  const phone = fc.tuple(prefix, fc.constantFrom("11", "(21)", "67"), gap, digits(4), gap, digits(4));
  fc.assert(fc.property(phone, ([before, area, gap_1, first, gap_2, last]) => {
    const stored = withoutPersonalData(`phone ${before}${area}${gap_1}9${first}${gap_2}${last}, urgent`);
    // Digits that are a CPF by chance are masked as one, and the prefix stays.
    assert.match(stored, new RegExp(`^phone (?:•+${last}|(?:0(?:xx|15)? ?)?•••.•••.•••-••), urgent$`));
  }));
});
