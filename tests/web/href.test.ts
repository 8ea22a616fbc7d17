import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCountdown } from "../../src/web/countdown.ts";
import { formatsIn, localeFor, shownPerCent } from "../../src/web/format.ts";
import { csvHref, hrefTo, NO_FILTERS } from "../../src/web/report/href.ts";

Deno.test("a link keeps the other parameters, and drops the page of the history and the open receipt", () => {
  const parameters = { lang: "en", month: "2026-10", feature: "sms.sent", cursor: "abc", entry: "7" };
  assert.equal(
    hrefTo(parameters, { type: "reversal" }),
    "?lang=en&month=2026-10&feature=sms.sent&type=reversal",
  );
  assert.equal(hrefTo(parameters, NO_FILTERS, "history"), "?lang=en&month=2026-10#history");
  assert.equal(hrefTo(parameters, { cursor: "abc", entry: "8" }).includes("cursor=abc&entry=8"), true);
  assert.equal(hrefTo({}), "?");
});

Deno.test("the CSV link has the filters of the page, its month and its language", () => {
  const of_page = {
    company: { id: "padaria" },
    language: "en",
    statement: { period: "2026-11" },
  } as const;
  const parameters = {
    lang: "en",
    from: "2026-11-01",
    direction: "inbound",
    late: "true",
    cursor: "abc",
    entry: "7",
  };
  assert.equal(
    csvHref({ ...of_page, parameters }),
    "/reports/credits/padaria/history.csv?month=2026-11&from=2026-11-01&direction=inbound&late=true&locale=en",
  );
  assert.equal(
    csvHref({ ...of_page, parameters: {} }),
    "/reports/credits/padaria/history.csv?month=2026-11&locale=en",
  );
});

Deno.test("only 0 is shown as 0%, only the whole as 100%, and both sides of them have a decimal", () => {
  const parts = [
    0,
    1,
    10,
    46,
    99,
    100,
    149,
    9_899,
    9_904,
    9_960,
    9_999,
    10_000,
    10_001,
    10_020,
    10_099,
    10_149,
  ];
  const textsIn = (locale: string) => parts.map((part) => formatsIn(locale).share(part, 10_000));
  assert.deepEqual(
    textsIn("pt-BR").join(" "),
    "0% <0,1% 0,1% 0,5% 1% 1% 1% 99% 99% 99,6% 99,9% 100% 100,1% 100,2% 101% 101%",
  );
  assert.deepEqual(textsIn("en").slice(9, 14), ["99.6%", "99.9%", "100%", "100.1%", "100.2%"]);
  assert.equal(formatsIn("en").share(5, 0), "0%");
});

Deno.test("a share says on which side of its whole it is, and a larger part never shows less", () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  const parts = fc.tuple(fc.nat(3_000_000), fc.integer({ min: -50, max: 50 }));
  fc.assert(fc.property(whole, parts, (whole, [any, distance]) => {
    const [small, large] = [any, Math.max(0, whole + distance)].sort((a, b) => a - b) as [number, number];
    assert.ok(shownPerCent(small, whole) <= shownPerCent(large, whole));
    for (const part of [small, large]) {
      const shown = shownPerCent(part, whole);
      assert.deepEqual([Math.sign(shown), Math.sign(shown - 100)], [
        Math.sign(part),
        Math.sign(part - whole),
      ]);
      assert.ok(Math.abs(shown - 100 * part / whole) < 0.5 + 1e-9);
    }
  }));
});

Deno.test("the company's locale formats a page only if both have the same language", () => {
  assert.equal(localeFor("pt-BR", "pt-PT"), "pt-PT");
  assert.equal(localeFor("en", "pt-BR"), "en");
  assert.equal(localeFor("en", "en-GB"), "en-GB");
});

Deno.test("a countdown ends at 0:00:00", () => {
  assert.deepEqual([
    formatCountdown(18_189_000),
    formatCountdown(59_999),
    formatCountdown(0),
    formatCountdown(-5_000),
  ], [
    "5:03:09",
    "0:00:59",
    "0:00:00",
    "0:00:00",
  ]);
});
