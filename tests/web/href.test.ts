import assert from "node:assert/strict";
import { formatCountdown } from "../../src/web/countdown.ts";
import { formatsIn, localeFor } from "../../src/web/format.ts";
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

Deno.test("only 0 is shown as 0%, and only the whole as 100%", () => {
  const { share } = formatsIn("pt-BR");
  assert.deepEqual([share(0, 10), share(1, 10_000), share(9_999, 10_000), share(10, 10), share(5, 0)], [
    "0%",
    "1%",
    "99%",
    "100%",
    "0%",
  ]);
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
