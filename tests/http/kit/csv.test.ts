import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer, webhookOf } from "../../support/payloads.ts";
import { z } from "@hono/zod-openapi";
import { columnsOf, csvText } from "../../../src/http/kit/csv.ts";
import type { Reports } from "../../../src/ports/reports.ts";
import { cellsOfCsv, rowsOfCsv } from "../../support/csv.ts";
import { deliveryRequest } from "../../support/webhooks.ts";
import { APP_SECRET, readProblem, TestService } from "../test_service.ts";

const CSV = { accept: "text/csv" };
const LINE = businessNumber(1);

Deno.test("cells are quoted as RFC 4180 says, rows end with CRLF, and a byte order mark leads", () => {
  const columns = columnsOf(z.object({ a: z.string(), b: z.string() }));
  const rows = [{ a: "plain", b: "semi;colon" }, { a: 'say "hi"', b: "two\nlines" }, {
    a: "",
    b: "comma, açaí",
  }];
  assert.equal(
    csvText(columns, rows, true),
    '\ufeffa;b\r\nplain;"semi;colon"\r\n"say ""hi""";"two\nlines"\r\n;comma, açaí\r\n',
  );
  assert.equal(csvText(columns, rows.slice(0, 1), false), 'plain;"semi;colon"\r\n');
  assert.equal(csvText(columns, [], true), "\ufeffa;b\r\n");
});

Deno.test("a text that a spreadsheet would read as a formula gets an apostrophe, and a number stays unchanged", () => {
  const cell = (value: unknown) => csvText([{ name: "a", path: ["a"] }], [{ a: value }], false).slice(0, -2);
  for (const formula of ["=1+1", "+5511", "-1+cmd", "@sum", "\tx", "-", "--1", "-1.5.2", "-,5"]) {
    assert.equal(cell(formula), `'${formula}`, formula);
  }
  assert.equal(cell("\r=1"), '"\'\r=1"');
  assert.equal(cell('=HYPERLINK("x;y")'), '"\'=HYPERLINK(""x;y"")"');
  assert.deepEqual([-5, "-0.75", "-12", 0, "0.10"].map(cell), ["-5", "-0.75", "-12", "0", "0.10"]);
  assert.deepEqual(["a=b", "1-1", "5511988887777"].map(cell), ["a=b", "1-1", "5511988887777"]);
});

Deno.test("null is an empty cell, booleans are words, lists are separated by spaces or written as JSON", () => {
  const cell = (value: unknown) => csvText([{ name: "a", path: ["a"] }], [{ a: value }], false).slice(0, -2);
  assert.deepEqual([null, undefined, true, false].map(cell), ["", "", "true", "false"]);
  assert.equal(cell(["1065", "1066"]), "1065 1066");
  assert.equal(cell([{ version: 1 }]), '"[{""version"":1}]"');
});

Deno.test("nested fields have dotted names, and empty cells when they are absent", () => {
  const columns = columnsOf(z.object({
    id: z.int(),
    window: z.object({ contact: z.string().nullable(), at: z.object({ day: z.string() }) }).nullable(),
    late: z.boolean().optional(),
  }));
  assert.deepEqual(columns.map(({ name }) => name), ["id", "window.contact", "window.at.day", "late"]);
  const rows = [{ id: 1, window: null }, { id: 2, window: { contact: null, at: { day: "d" } }, late: true }];
  assert.equal(csvText(columns, rows, false), "1;;;\r\n2;;d;true\r\n");
});

const LISTS = [
  "/v1/companies/acme/ledger",
  "/v1/companies/acme/ledger?type=consumption&direction=none",
  "/v1/companies/acme/windows",
  "/v1/companies/acme/windows?open=true",
  "/v1/companies/acme/statements",
  "/v1/companies/acme/usage",
  "/v1/companies/acme/usage?group_by=feature,attribute:team,attribute:=x",
  "/v1/companies/acme/usage?group_by=day,phone_number_id",
  "/v1/quarantine",
  "/v1/companies",
  "/v1/features",
  "/v1/companies/acme/features",
];

Deno.test("every list has the same rows and columns as CSV and as JSON", async () => {
  await using service = await withRowsInEveryList();
  for (const path of LISTS) {
    const { data, next_cursor } = await service.readJson("GET", path);
    assert.equal(next_cursor, null);
    assert.ok(data.length > 0, path);
    const response = await service.request("GET", path, undefined, CSV);
    assert.equal(response.status, 200);
    const rows = rowsOfCsv(await textOf(response));
    assert.deepEqual(rows, data.map((row: object) => ({ ...emptied(rows[0]!), ...flat(row) })), path);
  }
});

Deno.test("a list without rows has its column names", async () => {
  await using service = new TestService();
  await service.createCompany();
  const response = await service.request("GET", "/v1/companies/acme/windows", undefined, CSV);
  assert.deepEqual(cellsOfCsv(await textOf(response)), [
    ["direction", "local_date", "opened_at", "closes_at", "credits", "contact", "feature"],
  ]);
});

Deno.test("a download is a UTF-8 file, is named after its company, and is never limited to a page", async () => {
  await using service = await withRowsInEveryList();
  const ledger = await service.request("GET", "/v1/companies/acme/ledger?limit=1", undefined, CSV);
  assert.equal(ledger.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.equal(ledger.headers.get("content-disposition"), 'attachment; filename="acme-ledger.csv"');
  assert.equal(
    rowsOfCsv(await textOf(ledger)).length,
    (await service.readJson("GET", "/v1/companies/acme/ledger")).data.length,
  );
  const features = await service.request("GET", "/v1/features", undefined, CSV);
  assert.equal(features.headers.get("content-disposition"), 'attachment; filename="features.csv"');
  await features.body?.cancel();
});

Deno.test("a long list is written page by page, complete and in order", async () => {
  await using service = await longLedger(2_500);
  const response = await service.request("GET", "/v1/companies/acme/ledger", undefined, CSV);
  const seqs = rowsOfCsv(await textOf(response)).map(({ seq }) => Number(seq));
  assert.deepEqual(seqs, Array.from({ length: 2_500 }, (_, i) => 2_500 - i));
});

Deno.test("the next page is read when the previous one has been taken, and none after a cancel", async () => {
  await using service = await longLedger(2_500);
  const { reports } = service.options;
  let pages = 0;
  await using counting = sharing(service, {
    ...reports,
    ledger: (query) => (pages++, reports.ledger(query)),
  });
  const response = await counting.request("GET", "/v1/companies/acme/ledger", undefined, CSV);
  const reader = response.body!.getReader();
  assert.equal(pages, 1);
  await reader.read();
  assert.equal(pages, 1);
  await reader.read();
  assert.equal(pages, 2);
  await reader.cancel();
  assert.equal(pages, 2);
});

Deno.test("a download that fails midway is aborted: half a list never looks complete", async () => {
  await using service = await longLedger(1_500);
  const { reports } = service.options;
  await using failing = sharing(service, {
    ...reports,
    ledger: (query) =>
      query.before_seq === undefined ? reports.ledger(query) : Promise.reject(new Error("Postgres is away")),
  });
  const response = await failing.request("GET", "/v1/companies/acme/ledger", undefined, CSV);
  assert.equal(response.status, 200);
  await assert.rejects(response.text(), /Postgres is away/);
});

Deno.test("a caller's concurrent downloads are limited, one more reads nothing, and a cancelled one frees its slot", async () => {
  await using service = await longLedger(1);
  const { reports } = service.options;
  let reads = 0;
  await using counting = sharing(service, {
    ...reports,
    ledger: (query) => (reads++, reports.ledger(query)),
  });
  const request = () => counting.request("GET", "/v1/companies/acme/ledger", undefined, CSV);
  const open = await Promise.all(Array.from({ length: 8 }, request));
  const refused = await request();
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await readProblem(refused)).code, "too_many_downloads");
  assert.equal(reads, 8);
  const { key } = await (await service.request("POST", "/v1/keys", { name: "x", scope: "read" })).json();
  const by_another = { ...CSV, authorization: `Bearer ${key}` };
  const let_in = await counting.request("GET", "/v1/companies/acme/ledger", undefined, by_another);
  assert.equal(rowsOfCsv(await textOf(let_in)).length, 1);
  await Promise.all(open.map((response) => response.body!.cancel()));
  assert.equal(rowsOfCsv(await textOf(await request())).length, 1);
});

Deno.test("an invalid query is a problem for clients that accept CSV too", async () => {
  await using service = new TestService();
  const request = (path: string) => service.request("GET", path, undefined, CSV);
  assert.equal((await readProblem(await request("/v1/companies/nobody/ledger"))).code, "company_not_found");
  assert.equal((await readProblem(await request("/v1/quarantine?reason=sad"))).status, 422);
});

Deno.test("every list is documented with both media types", async () => {
  await using service = new TestService();
  const document = await service.readJson("GET", "/openapi.json");
  for (const path of new Set(LISTS.map((list) => list.split("?")[0]!.replace("acme", "{company}")))) {
    assert.deepEqual(Object.keys(document.paths[path].get.responses["200"].content), [
      "application/json",
      "text/csv",
    ], path);
  }
});

/** Decodes the bytes. `text()` would drop the byte order mark. */
async function textOf(response: Response): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(await response.bytes());
}

/** A company with rows in every list, and texts that spreadsheets misread. */
async function withRowsInEveryList(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", {
    name: '=Acme; "Ltda"',
    phone_number_ids: [LINE.phone_number_id, "2"],
  });
  await service.readJson("PUT", "/v1/features/automation.run", {
    name: { "pt-BR": "Automação; de\nrotina", en: "+Run" },
    credits: 2,
  });
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 3, effective_from: "2026-12-01" });
  const offer = { package: { credits: 3, price: "8" }, excess_credit_price: "0.10" };
  await service.readJson("PUT", "/v1/companies/acme/contract", offer);
  const usages = [["sales", 1], ["-1+1", 2], [undefined, 3]].map(([team, quantity], i) => {
    const attributes = team === undefined ? undefined : { team, "=x": "@y" };
    return { id: `u${i}`, feature: "automation.run", quantity, attributes };
  });
  await service.readJson("POST", "/v1/companies/acme/usage", usages);
  const at_s = service.now_ms / 1_000;
  const webhook = webhookOf(
    customerWrote(LINE, numberedCustomer(1), { id: "a", at_s }),
    customerWrote(businessNumber(9), numberedCustomer(2), { id: "b", at_s }),
    customerWrote(LINE, numberedCustomer(3), { id: "c", at_s, content: { timestamp: "soon" } }),
  );
  const request = deliveryRequest("http://localhost/webhooks/whatsapp", webhook, APP_SECRET);
  assert.equal((await service.app.hono.request(request)).status, 200);
  await service.createCompany("bravo", { name: "Bravo", phone_number_ids: [] });
  return service;
}

async function longLedger(entries: number): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  for (let first = 0; first < entries; first += 1_000) {
    const usages = Array.from({ length: Math.min(1_000, entries - first) }, (_, i) => {
      return { id: `u${first + i}`, feature: "automation.run", quantity: 1 };
    });
    await service.readJson("POST", "/v1/companies/acme/usage", usages);
  }
  return service;
}

/** A second service on the data of another, with its own reports. */
function sharing(service: TestService, reports: Reports): TestService {
  return new TestService({ ...service.options, reports });
}

/** The expected cells of a row, computed independently of the code under test. */
function flat(row: object, above = ""): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [name, value] of Object.entries(row)) {
    const key = `${above}${name}`;
    if (value === null) continue;
    if (Array.isArray(value)) {
      cells[key] = typeof value[0] === "object" ? JSON.stringify(value) : value.join(" ");
    } else if (typeof value === "object") Object.assign(cells, flat(value, `${key}.`));
    else if (typeof value === "string" && /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(value)) {
      cells[key] = `'${value}`;
    } else cells[key] = String(value);
  }
  return cells;
}

function emptied(row: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(row).map((name) => [name, ""]));
}
