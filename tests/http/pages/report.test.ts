import assert from "node:assert/strict";
import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../support/payloads.ts";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { rowsOfCsv } from "../../support/csv.ts";
import { textOf } from "../../web/page_views.ts";
import { APP_SECRET, TestService } from "../test_service.ts";

/** The Accept header of a browser. */
const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const PAGE = "/reports/credits/acme";
const VIEWER: Caller = {
  kind: "viewer",
  name: "viewer",
  id: "viewer",
  scope: "read",
  company: "acme" as CompanyId,
  sees_contacts: false,
};

/** A company with a package of 100, three conversations and seven text messages of two credits. */
async function busy(replaced: ConstructorParameters<typeof TestService>[0] = {}): Promise<TestService> {
  const service = new TestService(replaced);
  const line = businessNumber(1);
  await service.createCompany("acme", { phone_number_ids: [line.phone_number_id] });
  await service.readJson("PUT", "/v1/features/sms.sent", {
    credits: 2,
    name: { "pt-BR": "SMS enviado", en: "SMS sent" },
  });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 100, price: "50" },
    excess_credit_price: "0.75",
  });
  for (let i = 1; i <= 3; i++) {
    const at_s = Math.floor(service.now_ms / 1000);
    const change = customerWrote(line, { phone: numberedCustomer(i).phone }, { id: wamid(`m${i}`), at_s });
    const { body, signature } = signedBody(webhookOf(change), APP_SECRET);
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    const response = await service.request(
      "POST",
      "/webhooks/whatsapp",
      new TextDecoder().decode(body),
      headers,
    );
    assert.equal(response.status, 200);
  }
  await service.readJson("POST", "/v1/companies/acme/usage", { id: "u1", feature: "sms.sent", quantity: 7 });
  return service;
}

async function page(
  service: TestService,
  path = PAGE,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await service.request("GET", path, undefined, headers);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
}

Deno.test("the page shows the balance, windows and history of the API", async () => {
  await using service = await busy();
  const balance = await service.readJson("GET", "/v1/companies/acme/balance");
  assert.equal(balance.available, 83);
  const html = await page(service);
  const text = textOf(html);
  assert.match(text, /83 créditos disponíveis/);
  assert.match(text, /3 conversas: .*3 iniciadas pelo cliente/);
  assert.match(html, new RegExp(`data-version="${balance.version}"`));
  const { data } = await service.readJson("GET", "/v1/companies/acme/ledger");
  const listed = [...html.matchAll(/<tr role="row" id="entry-(\d+)"/g)].map(([, seq]) => Number(seq));
  assert.deepEqual(listed, data.map(({ seq }: { seq: number }) => seq));
});

Deno.test("a name with bidirectional controls is isolated on the page, in its title and in sentences", async () => {
  await using service = await busy();
  await service.createCompany("acme", { name: "Acme \u202eevil" });
  const name = { "pt-BR": "\u202eSMS", en: "\u202eSMS" };
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 2, name });
  const response = await service.request("GET", `${PAGE}?lang=en`, undefined, BROWSER);
  const html = await response.text();
  assert.match(html, /<title>[^<]*\u2068Acme evil\u2069<\/title>/);
  assert.match(html, /<bdi>Acme \u202eevil<\/bdi>/);
  assert.ok(!html.includes("\u202eSMS"));
  const { data } = await service.readJson("GET", "/v1/companies/acme/ledger?feature=sms.sent");
  const receipt = await service.readJson("GET", `/v1/companies/acme/ledger/${data[0].seq}`);
  assert.ok(receipt.sentence.includes("\u2068SMS\u2069"), receipt.sentence);
  const csv = await service.request("GET", "/v1/companies/acme/ledger", undefined, { accept: "text/csv" });
  assert.equal(csv.headers.get("content-disposition"), 'attachment; filename="acme-ledger.csv"');
  await csv.body?.cancel();
});

Deno.test("the page of a company at a fixed offset shows its own times", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { time_zone: "-07:00" });
  // 09:00 in São Paulo.
  assert.equal(service.now_ms, Date.UTC(2026, 10, 3, 12));
  const html = await page(service);
  assert.match(html, /data-time-zone="-07:00"/);
  assert.match(textOf(html), /05:00/);
});

Deno.test("the filters in the URL apply to the history and to its CSV", async () => {
  await using service = await busy();
  for (
    const [filter, count] of [["feature=sms.sent", 1], ["direction=inbound", 3], ["type=grant", 1], [
      "from=&to=",
      5,
    ]]
  ) {
    const html = await page(service, `${PAGE}?${filter}`);
    const response = await service.request("GET", `/reports/credits/acme/history.csv?${filter}`);
    assert.match(response.headers.get("content-type")!, /^text\/csv/);
    const csv = rowsOfCsv(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes()));
    assert.equal(csv.length, count, String(filter));
    assert.equal(html.split('<tr role="row" id="entry-').length - 1, count, String(filter));
  }
});

Deno.test("the two dates of the history's filter may be in either order", async () => {
  await using service = await busy();
  const forwards = await page(service, `${PAGE}?from=2026-11-01&to=2026-11-03`);
  assert.equal(await page(service, `${PAGE}?from=2026-11-03&to=2026-11-01`), forwards);
  assert.match(forwards, /name="from" value="2026-11-01".*name="to" value="2026-11-03"/);
});

Deno.test("the CSV of the page equals that of the API byte for byte", async () => {
  await using service = await busy();
  const of_page = await service.request("GET", "/reports/credits/acme/history.csv?direction=inbound");
  const of_api = await service.request("GET", "/v1/companies/acme/ledger?direction=inbound", undefined, {
    accept: "text/csv",
  });
  assert.deepEqual(await of_page.bytes(), await of_api.bytes());
});

Deno.test("a URL with an entry opens its receipt, in the language of the page", async () => {
  await using service = await busy();
  assert.match(
    textOf(await page(service, `${PAGE}?entry=2`)),
    /Recibo nº 2 Fechar o recibo Cobramos 1 crédito porque o cliente escreveu/,
  );
  assert.match(
    textOf(await page(service, `${PAGE}?entry=2&lang=en`)),
    /Receipt no\. 2 Close the receipt Charged 1 credit because/,
  );
  const spoken = await page(service, `${PAGE}?entry=2`, { "accept-language": "en" });
  assert.match(textOf(spoken), /Charged 1 credit because/);
});

Deno.test("a closed month is shown by its name, and a month without a statement is 404", async () => {
  await using service = await busy();
  await service.readJson("POST", "/v1/test_clock", { now: "2026-12-05T12:00:00Z" });
  assert.match(
    textOf(await page(service, `${PAGE}?month=2026-11`)),
    /17 créditos usados em novembro de 2026/,
  );
  assert.match(textOf(await page(service)), /100 créditos disponíveis/);
  const never = await service.request("GET", `${PAGE}?month=2025-01`, undefined, BROWSER);
  assert.equal(never.status, 404);
  assert.match(textOf(await never.text()), /Não há dados de janeiro de 2025/);
});

Deno.test("a viewer sees their own company, with contacts masked, and no other company", async () => {
  await using service = await busy();
  await service.createCompany("other", { phone_number_ids: [] });
  await using seen = new TestService({ ...service.options, authenticate: () => VIEWER });
  const html = await page(seen);
  assert.match(html, /\+55 11 •••••-\d{4}/);
  assert.doesNotMatch(html, /5511\d{9}/);
  const other = await seen.request("GET", "/reports/credits/other");
  assert.equal(other.status, 404);
});

Deno.test("a browser without a session gets a page that says where to open the report", async () => {
  await using service = new TestService();
  const response = await service.app.hono.request(PAGE, { headers: BROWSER });
  assert.equal(response.status, 401);
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  assert.match(response.headers.get("cache-control")!, /no-store/);
  assert.match(textOf(await response.text()), /Abra o relatório pela plataforma/);
});

Deno.test("a browser at an address without a page gets a page, and a program gets JSON", async () => {
  await using service = new TestService();
  const answerTo = async (path: string, accept: string) => {
    const response = await service.app.hono.request(path, { headers: { accept } });
    return [response.status, response.headers.get("content-type"), await response.text()] as const;
  };
  for (
    const [path, status, heading] of [
      ["/reports/credits", 404, /Falta a empresa neste endereço/],
      ["/reports/credits/", 404, /Falta a empresa neste endereço/],
      ["/favicon", 404, /Não encontramos esta página/],
      [`${PAGE}/logout`, 405, /Este endereço não se abre assim/],
    ] as const
  ) {
    const page = await answerTo(path, BROWSER.accept);
    assert.deepEqual(page.slice(0, 2), [status, "text/html; charset=utf-8"], path);
    assert.match(textOf(page[2]), heading);
    for (const accept of ["*/*", "application/json"]) {
      assert.deepEqual(
        (await answerTo(path, accept)).slice(0, 2),
        [status, "application/problem+json"],
        path,
      );
    }
  }
});

Deno.test("a program gets problems of the page as JSON", async () => {
  await using service = await busy();
  const { code } = await service.requestProblem("GET", `${PAGE}?from=yesterday`);
  assert.equal(code, "invalid_request");
});

Deno.test("a viewer can log out, and a program with a key cannot", async () => {
  await using service = await busy();
  await using seen = new TestService({ ...service.options, authenticate: () => VIEWER });
  assert.match(
    await page(seen),
    /<form method="post" action="\/reports\/credits\/acme\/logout">/,
  );
  assert.doesNotMatch(await page(service), /logout/);
});

Deno.test("an invalid filter and a database outage are explained on a page", async () => {
  await using service = await busy();
  const unfit = await service.request("GET", `${PAGE}?from=yesterday`, undefined, BROWSER);
  assert.deepEqual([unfit.status, textOf(await unfit.text()).includes("Este endereço não é válido")], [
    422,
    true,
  ]);
  const reports = { ...service.options.reports, dayTotals: () => Promise.reject(new Error("gone")) };
  await using away = new TestService({ ...service.options, reports, isTransientError: () => true });
  const response = await away.request("GET", PAGE, undefined, BROWSER);
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
  assert.match(textOf(await response.text()), /O serviço não respondeu/);
});

/** Runs a change before each read of totals, up to a number of times. */
function changing(service: TestService, times: number): TestService {
  const { reports } = service.options;
  const dayTotals: typeof reports.dayTotals = async (company, from, to) => {
    if (times-- > 0) {
      await service.readJson("POST", "/v1/companies/acme/usage", {
        id: `c${times}`,
        feature: "sms.sent",
        quantity: 1,
      });
    }
    return await reports.dayTotals(company, from, to);
  };
  return new TestService({ ...service.options, reports: { ...reports, dayTotals } });
}

Deno.test("a page whose company changes while it is read has the numbers of one version", async () => {
  await using service = await busy();
  await using seen = changing(service, 1);
  const html = await page(seen);
  const text = textOf(html);
  const balance = await service.readJson("GET", "/v1/companies/acme/balance");
  assert.equal(balance.consumed, 19);
  assert.match(html, new RegExp(`data-version="${balance.version}"`));
  assert.match(text, /81 créditos disponíveis/);
  assert.match(text, /SMS enviado 8 16 84% R\$ 42,11 Conversa 3 3 16% R\$ 7,89 Total 19 100% R\$ 50,00/);
});

Deno.test("a company that changes all the time still has a page", async () => {
  await using service = await busy();
  await using seen = changing(service, 1_000);
  assert.match(textOf(await page(seen)), /créditos disponíveis/);
});

Deno.test("the page loads from its own origin only, and may be framed by configured origins only", async () => {
  await using service = await busy();
  const policy = async (of: TestService) =>
    (await of.request("GET", PAGE)).headers.get("content-security-policy")!;
  assert.match(await policy(service), /^default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.match(await policy(service), /frame-ancestors 'none'$/);
  await using framed = new TestService({ ...service.options, frame_ancestors: ["https://app.example.com"] });
  assert.match(await policy(framed), /frame-ancestors https:\/\/app\.example\.com$/);
});

Deno.test("the assets of the page are cached for ever and compressed; an unknown name is 404", async () => {
  await using service = await busy();
  const html = await page(service);
  const files = [...html.matchAll(/"(\/reports\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  assert.equal(files.length, 3);
  for (const file of files) {
    const response = await service.app.hono.request(file, { headers: { "accept-encoding": "gzip" } });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("cache-control")!, /immutable/);
    if (!file.endsWith(".svg")) assert.equal(response.headers.get("content-encoding"), "gzip");
    await response.body?.cancel();
  }
  assert.equal((await service.app.hono.request("/reports/assets/live.000000000000.js")).status, 404);
});
