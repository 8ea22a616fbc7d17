import assert from "node:assert/strict";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { businessNumber, customerWrote, numberedCustomer, templateStatuses } from "../../support/payloads.ts";
import { rowsOfCsv } from "../../support/csv.ts";
import { tracesOf } from "../../support/identifier_traces.ts";
import { textOf } from "../../web/page_views.ts";
import { readProblem, ROOT_CALLER, TestService } from "../test_service.ts";

const PAGE = "/reports/credits/acme";
const LINE = businessNumber(1);
const ANA = { phone: numberedCustomer(1).phone, bsuid: numberedCustomer(1).bsuid };
const BETO = { phone: numberedCustomer(2).phone };
/** A phone that nobody wrote from. */
const NOBODY = numberedCustomer(9).phone;

const VIEWER: Caller = {
  kind: "viewer",
  name: "viewer",
  id: "viewer",
  scope: "read",
  company: "acme" as CompanyId,
  sees_contacts: true,
};

/** A company in which Ana wrote, and got a template, and Beto wrote. Further requests are those of a viewer. */
async function seeded(
  viewer: Caller = VIEWER,
): Promise<{ service: TestService; become(next: Caller): void }> {
  let caller: Caller = ROOT_CALLER;
  const service = new TestService({ authenticate: () => caller });
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id], country: "BR" });
  const at_s = service.now_ms / 1000;
  await service.deliver(customerWrote(LINE, ANA, { id: "wamid.ana", at_s: at_s - 60 }));
  await service.deliver(customerWrote(LINE, ANA, { id: "wamid.ana.2", at_s: at_s - 50 }));
  await service.deliver(customerWrote(LINE, BETO, { id: "wamid.beto", at_s: at_s - 40 }));
  for (const change of templateStatuses(LINE, ANA, { id: "wamid.template", sent_at_s: at_s - 30 })) {
    await service.deliver(change);
  }
  caller = viewer;
  return { service, become: (next) => void (caller = next) };
}

/** Returns the numbers of the entries that the page lists. */
function listed(html: string): number[] {
  return [...html.matchAll(/<tr role="row" id="entry-(\d+)"/g)].map(([, seq]) => Number(seq));
}

async function search(service: TestService, text: string, more = ""): Promise<string> {
  const response = await service.request("GET", `${PAGE}?search=${encodeURIComponent(text)}${more}`);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  return html;
}

Deno.test("a phone is found in every spelling, a BSUID and the message that opened a window too", async () => {
  const { service } = await seeded();
  await using _ = service;
  const of_ana = [3, 1];
  const { phone, bsuid } = ANA;
  const [area, first, last] = [phone.slice(2, 4), phone.slice(4, 9), phone.slice(9)];
  for (
    const text of [
      phone,
      `+${phone}`,
      `+55 ${area} ${first}-${last}`,
      `(${area}) ${first}-${last}`,
      `  0${area} ${first} ${last} `,
      // Without the ninth digit, as old WhatsApp ids are.
      `+55 ${area} ${first.slice(1)}-${last}`,
      `\u202a+55 ${area} ${first}\u2011${last}\u202c`,
      bsuid,
    ]
  ) {
    const html = await search(service, text);
    assert.deepEqual(listed(html), of_ana, text);
    assert.match(textOf(html), /Lançamentos do contato:/);
  }
  assert.deepEqual(listed(await search(service, "wamid.ana")), [1]);
  assert.deepEqual(listed(await search(service, "wamid.template")), [3]);
  assert.deepEqual(listed(await search(service, "wamid.beto", "&direction=outbound")), []);
  assert.deepEqual(listed(await search(service, " ")), [3, 2, 1]);
});

Deno.test("a search that finds nothing says what it looked for and where, in both languages", async () => {
  const { service } = await seeded();
  await using _ = service;
  const shown = async (text: string, lang: string) => {
    const html = await search(service, text, `&lang=${lang}`);
    assert.deepEqual(listed(html), [], text);
    return textOf(html.match(/<div id="not-found".*?<\/div>/s)![0]).trim();
  };
  assert.match(
    await shown(`+${NOBODY}`, "pt-BR"),
    /^Nenhum lançamento do contato: \+55.* A busca é no mês mostrado/,
  );
  assert.match(
    await shown(`+${NOBODY}`, "en"),
    /^No entries of the contact: \+55.* The search covers the month/,
  );
  // A message within an open window has no entry.
  assert.match(await shown("wamid.ana.2", "pt-BR"), /^Nenhuma conversa aberta pela mensagem: wamid\.ana\.2 /);
  assert.match(await shown("wamid.none", "en"), /^No conversation opened by the message: wamid\.none /);
});

Deno.test("a text that is no phone is shown with its fault and the remedy, and its CSV is 422", async () => {
  const { service, become } = await seeded(ROOT_CALLER);
  await using _ = service;
  const faults = { "988": /Não é um telefone completo.*: 988 Escreva o telefone com \+/ };
  become(VIEWER);
  for (const [text, fault] of Object.entries(faults)) {
    const html = await search(service, text);
    assert.match(textOf(html), fault);
    assert.match(html, /<input[^>]*name="search"[^>]*aria-invalid="true"[^>]*aria-describedby="not-found"/);
    assert.doesNotMatch(html, /history\.csv/);
    const csv = await service.request("GET", `${PAGE}/history.csv?search=${text}`);
    const { code, errors } = await readProblem(csv);
    assert.deepEqual([code, errors?.[0]?.path], ["invalid_request", "search"]);
    assert.match(errors![0]!.message, /must be a phone with \+ and its country code/);
  }
});

Deno.test("a national number needs the company's country, and a number with two readings a plus sign", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [] });
  // A company without any credit has no history yet.
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 100, price: "50" },
    excess_credit_price: "0.75",
  });
  const fault = async (text: string) => textOf(await search(service, text));
  assert.match(await fault("(11) 98888-7777"), /Falta o código do país: \(11\) 98888-7777/);
  await service.createCompany("acme", { phone_number_ids: [], country: "BR" });
  assert.match(await fault("(11) 98888-7777"), /Nenhum lançamento do contato: \(11\) 98888-7777/);
  assert.match(await fault("51988887777"), /Pode ser um número daqui ou de outro país: 51988887777/);
});

Deno.test("a message whose id is a number is found", async () => {
  const { service, become } = await seeded(ROOT_CALLER);
  await using _ = service;
  const send = { message_id: "7001", to: BETO.phone, kind: "template" };
  await service.readJson("POST", "/v1/companies/acme/messages", send);
  become(VIEWER);
  assert.deepEqual(listed(await search(service, "7001")), [4]);
  assert.deepEqual((await csvOf(service, "search=7001&locale=und")).map(({ seq }) => seq), ["4"]);
});

Deno.test("the search stays while paging and in the CSV, which has the entries of the page", async () => {
  const { service, become } = await seeded(ROOT_CALLER);
  await using _ = service;
  const at_s = service.now_ms / 1000;
  for (let n = 1; n <= 60; n++) {
    await service.advanceTo((at_s + n * 86_400) * 1000);
    await service.deliver(customerWrote(LINE, ANA, { id: `wamid.day.${n}`, at_s: at_s + n * 86_400 }));
    await service.deliver(customerWrote(LINE, BETO, { id: `wamid.beto.${n}`, at_s: at_s + n * 86_400 }));
  }
  become(VIEWER);
  const dates = "&from=2026-11-01&to=2027-01-31";
  const first = await search(service, ANA.phone, dates);
  const older = first.match(/<a id="older" href="([^"]+)"/)![1]!.replaceAll("&amp;", "&");
  assert.equal(new URLSearchParams(older.slice(1)).get("search"), ANA.phone);
  const second = await (await service.request("GET", PAGE + older.split("#")[0])).text();
  const seqs = [...listed(first), ...listed(second)];
  assert.equal(seqs.length, 62);
  for (const locale of ["und", "pt-BR", "en"]) {
    const query = `search=${ANA.phone}${dates}&locale=${locale}`;
    const rows = await csvOf(service, query);
    assert.deepEqual(rows.map((row) => Number(Object.values(row)[0])), seqs, locale);
    assert.deepEqual(await csvOf(service, `search=${NOBODY}${dates}&locale=${locale}`), [], locale);
  }
  const href = first.match(/href="([^"]*history\.csv[^"]*)"/)![1]!.replaceAll("&amp;", "&");
  assert.equal(new URL(href, "http://localhost").searchParams.get("search"), ANA.phone);
});

Deno.test("a search finds no entry of an erased person, by phone or by message", async () => {
  const { service, become } = await seeded(ROOT_CALLER);
  await using _ = service;
  await service.readJson("DELETE", `/v1/companies/acme/contacts/${ANA.phone}`);
  become(VIEWER);
  for (const text of [ANA.phone, ANA.bsuid, "wamid.ana", "wamid.template"]) {
    assert.deepEqual(listed(await search(service, text)), [], text);
    assert.deepEqual(await csvOf(service, `search=${text}&locale=und`), [], text);
  }
  assert.deepEqual(listed(await search(service, BETO.phone)), [2]);
});

Deno.test("without sees_contacts every search is the same 403, whether the phone wrote or not, and there is no field for it", async () => {
  const { service, become } = await seeded();
  await using _ = service;
  const html = await search(service, ANA.phone);
  assert.ok(html.includes('name="search"') && html.includes(ANA.phone));
  const masked: readonly Caller[] = [
    { ...VIEWER, sees_contacts: false },
    { ...ROOT_CALLER, scope: "read", sees_contacts: false },
  ];
  for (const caller of masked) {
    become(caller);
    const answers = new Set<string>();
    for (const text of [ANA.phone, NOBODY, "wamid.ana", "wamid.none", ANA.bsuid, "988", "51988887777"]) {
      for (const path of [PAGE, `${PAGE}/history.csv`]) {
        for (const more of ["", "&from=2026-11-03", "&locale=und", "&entry=1"]) {
          const query = `search=${encodeURIComponent(text)}${more}`;
          const response = await service.request("GET", `${path}?${query}`);
          const { request_id: _, ...problem } = await readProblem(response);
          answers.add(JSON.stringify(problem));
        }
      }
    }
    assert.equal(answers.size, 1);
    assert.match([...answers][0]!, /"status":403,"code":"insufficient_scope","detail":"[^"]*sees_contacts/);
    const page = await (await service.request("GET", `${PAGE}?search=`)).text();
    assert.deepEqual(listed(page), [3, 2, 1]);
    const shown = [...tracesOf(ANA.phone, ANA.bsuid), "98000-0001"].filter((trace) => page.includes(trace));
    assert.deepEqual([shown, page.includes('name="search"')], [[], false]);
  }
});

Deno.test("a receipt names the phone and the message for a viewer who sees contacts only, and says if the person was erased", async () => {
  const { service, become } = await seeded(ROOT_CALLER);
  await using _ = service;
  const receiptOf = async (query: string) => {
    const html = await (await service.request("GET", `${PAGE}?${query}`)).text();
    return textOf(html.match(/<div class="receipt".*?<\/dl>/s)![0]);
  };
  const { key } = (await service.readJson("GET", "/v1/companies/acme/ledger/2")).message;
  become(VIEWER);
  const found = await receiptOf("search=wamid.beto&entry=2");
  assert.match(found, /Contato \+55 11 98000-0002 Mensagem wamid\.beto /);
  assert.ok(!found.includes(key));
  // The id is not stored: an entry that is not of the searched message has the code of its own.
  assert.ok(
    (await receiptOf("entry=2")).includes(
      `Contato +55 11 98000-0002 Mensagem só um código do id é guardado (${key})`,
    ),
  );
  assert.doesNotMatch(await receiptOf("search=wamid.beto&entry=1"), /Mensagem wamid/);
  become({ ...VIEWER, sees_contacts: false });
  const masked = await receiptOf("entry=2");
  assert.doesNotMatch(masked, /Contato|Mensagem/);
  const traces = [...tracesOf(BETO.phone), "98000-0002", key];
  assert.deepEqual(traces.filter((trace) => masked.includes(trace)), []);
  become(ROOT_CALLER);
  await service.readJson("DELETE", `/v1/companies/acme/contacts/${BETO.phone}`);
  become(VIEWER);
  assert.match(await receiptOf("entry=2"), /Contato Apagado a pedido/);
});

async function csvOf(service: TestService, query: string): Promise<Record<string, string>[]> {
  const response = await service.request("GET", `${PAGE}/history.csv?${query}`);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
  assert.equal(response.status, 200, text);
  return rowsOfCsv(text, query.includes("locale=en") ? "," : ";");
}
