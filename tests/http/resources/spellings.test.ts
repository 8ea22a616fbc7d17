import assert from "node:assert/strict";
import { businessNumber, customerWrote, statusesOf } from "../../support/payloads.ts";
import { SPELLED } from "../../support/spellings.ts";
import { TestService, ZONE } from "../test_service.ts";

const LINE = businessNumber(1);
const [MEXICAN, OLD_MEXICAN] = ["525512345678", "5215512345678"];
const COMPANY = "/v1/companies/acme";
/** One person of São Paulo, as people type the number. */
const TYPED = [
  "11988887777",
  "(11) 98888-7777",
  "011988887777",
  "005511988887777",
  "+55 (0)11 98888-7777",
];

async function serviceWith(profile: Record<string, unknown> = {}): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id], ...profile });
  return service;
}

async function consumed(service: TestService): Promise<number> {
  return (await service.readJson("GET", `${COMPANY}/balance`)).consumed;
}

Deno.test("a template recorded to one spelling and its status to the other are charged once, for each country", async () => {
  for (const [canonical, other] of SPELLED) {
    for (const [to, recipient] of [[canonical, other], [other, canonical]] as const) {
      await using service = await serviceWith();
      const send = { message_id: "wamid.1", to, kind: "template", category: "utility" };
      await service.readJson("POST", `${COMPANY}/messages`, send);
      const status = { id: "wamid.1", at_s: service.now_ms / 1000 + 1, status: "sent", category: "utility" };
      await service.deliver(statusesOf(LINE, { phone: recipient }, status as never));
      assert.equal(await consumed(service), 1, `${to} ${recipient}`);
    }
  }
});

Deno.test("a customer who writes as 521 may be answered freely as 52", async () => {
  await using service = await serviceWith();
  await service.deliver(
    customerWrote(LINE, { phone: OLD_MEXICAN }, { id: "wamid.2", at_s: service.now_ms / 1000 }),
  );
  const send = { message_id: "wamid.3", to: MEXICAN, kind: "free_form" };
  assert.equal((await service.readJson("POST", `${COMPANY}/messages`, send)).outcome, "allowed");
});

Deno.test("a quote for both spellings is one window", async () => {
  await using service = await serviceWith();
  const quote = await service.readJson("POST", `${COMPANY}/quotes`, { recipients: [MEXICAN, OLD_MEXICAN] });
  assert.deepEqual([quote.recipients, quote.windows], [2, 1]);
});

Deno.test("however a national number is typed, it is one person of the company's country", async () => {
  await using service = await serviceWith({ country: "BR" });
  for (const [index, to] of TYPED.entries()) {
    const send = { message_id: `t${index}`, to, kind: "template" };
    const { credits } = await service.readJson("POST", `${COMPANY}/messages`, send);
    assert.equal(credits, index === 0 ? 1 : 0, to);
    const path = `${COMPANY}/contacts/${encodeURIComponent(to)}/window`;
    assert.equal((await service.readJson("GET", path)).contact, "5511988887777");
  }
  const quote = await service.readJson("POST", `${COMPANY}/quotes`, { recipients: TYPED });
  assert.deepEqual([quote.already_open, quote.windows], [1, 0]);
  const sent = { id: "wamid.4", at_s: service.now_ms / 1000, status: "sent", category: "utility" } as const;
  await service.deliver(statusesOf(LINE, { phone: "5511988887777" }, sent));
  assert.equal(await consumed(service), 1);
});

Deno.test("a send repeated with another spelling of its number is the same send", async () => {
  await using service = await serviceWith({ country: "BR" });
  const send = { message_id: "t1", to: "(11) 98888-7777", kind: "template" };
  const first = await service.readJson("POST", `${COMPANY}/messages`, send);
  assert.deepEqual(
    await service.readJson("POST", `${COMPANY}/messages`, { ...send, to: "+5511988887777" }),
    first,
  );
});

Deno.test("without a country a national number is 422 with its remedy, and an international one is read", async () => {
  await using service = await serviceWith();
  for (const to of TYPED.filter((text) => !text.startsWith("00"))) {
    const send = { message_id: "t1", to, kind: "template" };
    const problem = await service.requestProblem("POST", `${COMPANY}/messages`, send);
    assert.deepEqual([problem.status, problem.code, problem.errors?.[0]?.path], [
      422,
      "invalid_request",
      "to",
    ]);
    assert.match(problem.detail, /country code/);
    assert.match(problem.detail, /company's `country`/);
    const path = `${COMPANY}/contacts/${encodeURIComponent(to)}`;
    for (const [method, of_contact] of [["GET", `${path}/window`], ["DELETE", path]] as const) {
      assert.equal((await service.requestProblem(method, of_contact)).errors?.[0]?.path, "contact");
    }
  }
  const quote = { recipients: ["005511988887777", ...TYPED] };
  const problem = await service.requestProblem("POST", `${COMPANY}/quotes`, quote);
  assert.deepEqual(problem.errors?.map(({ path }) => path), [1, 2, 3, 5].map((at) => `recipients[${at}]`));
  assert.equal(await consumed(service), 0);
  const send = { message_id: "t1", to: "005511988887777", kind: "template" };
  assert.equal((await service.readJson("POST", `${COMPANY}/messages`, send)).credits, 1);
});

Deno.test("a number of two countries is 422 until it is marked", async () => {
  await using service = await serviceWith({ country: "BR" });
  const send = { message_id: "t1", to: "84988887777", kind: "template" };
  const problem = await service.requestProblem("POST", `${COMPANY}/messages`, send);
  assert.equal(problem.status, 422);
  assert.match(problem.detail, /^to may be a number of the company's country or of another/);
  assert.equal(
    (await service.readJson("POST", `${COMPANY}/messages`, { ...send, to: "+84988887777" })).credits,
    1,
  );
});

Deno.test("an Argentine mobile with its 15 is charged once, and erased", async () => {
  const texts = ["381 15 456-7890", "0381 15 456-7890", "(381) 15 456-7890"];
  for (const text of texts) {
    await using service = await serviceWith({ country: "AR" });
    const at_s = service.now_ms / 1000;
    await service.deliver(customerWrote(LINE, { phone: "5493814567890" }, { id: "wamid.7", at_s }));
    const send = { message_id: "t1", to: text, kind: "free_form" };
    const sent = await service.readJson("POST", `${COMPANY}/messages`, send);
    assert.deepEqual([sent.outcome, await consumed(service)], ["allowed", 1], text);
    const erased = await service.readJson("DELETE", `${COMPANY}/contacts/${encodeURIComponent(text)}`);
    assert.deepEqual([erased.contact, erased.contacts_erased], ["543814567890", 1], text);
  }
});

Deno.test("a number without its area code, and a BSUID without an id, are 422 and charge nothing", async () => {
  await using service = await serviceWith({ country: "BR" });
  for (const to of ["98765-4321", "BR.."]) {
    const problem = await service.requestProblem("POST", `${COMPANY}/messages`, {
      message_id: "t1",
      to,
      kind: "template",
    });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "to"], to);
    assert.match(problem.detail, /must be a phone with \+ and its country code, .* or a BSUID/);
  }
  assert.equal(await consumed(service), 0);
});

Deno.test("a number of Porto Alegre is read as people write it, and bare it is 422", async () => {
  await using service = await serviceWith({ country: "BR" });
  const send = (to: string) => ({ message_id: `m ${to}`.replaceAll(/\D/g, "x"), to, kind: "template" });
  for (const to of ["51 98765-4321", "(51) 98765-4321", "51 9 8765-4321", "051987654321"]) {
    await service.readJson("POST", `${COMPANY}/messages`, send(to));
    const path = `${COMPANY}/contacts/${encodeURIComponent(to)}/window`;
    assert.equal((await service.readJson("GET", path)).contact, "5551987654321");
  }
  assert.equal(
    (await service.requestProblem("POST", `${COMPANY}/messages`, send("51987654321"))).status,
    422,
  );
  assert.equal(await consumed(service), 1);
});

Deno.test("an unknown company is 404, also with a national number", async () => {
  await using service = new TestService();
  for (const contact of ["11988887777", "5511988887777"]) {
    const problem = await service.requestProblem("GET", `${COMPANY}/contacts/${contact}/window`);
    assert.deepEqual([problem.status, problem.code], [404, "company_not_found"]);
  }
});

Deno.test("an erasure finds the person under the other spelling of their number", async () => {
  for (const [stored, given] of [[OLD_MEXICAN, MEXICAN], [MEXICAN, OLD_MEXICAN]] as const) {
    await using service = await serviceWith();
    const at_s = service.now_ms / 1000;
    await service.deliver(customerWrote(LINE, { phone: stored }, { id: "wamid.5", at_s }));
    assert.deepEqual(await service.readJson("DELETE", `${COMPANY}/contacts/${given}`), {
      contact: MEXICAN,
      contacts_erased: 1,
      reason: null,
      names_erased: 1,
      events_erased: 0,
    });
    const windows = await service.readJson("GET", `${COMPANY}/windows`);
    assert.deepEqual(windows.data.map(({ contact }: { contact: string }) => contact), [null]);
  }
});

Deno.test("an erasure that finds nobody says so and why, and later events from before it store nobody", async () => {
  await using service = await serviceWith();
  const path = `${COMPANY}/contacts/${MEXICAN}`;
  const nobody = { contact: MEXICAN, contacts_erased: 0, names_erased: 0, events_erased: 0 };
  assert.deepEqual(await service.readJson("DELETE", path), { ...nobody, reason: "contact_unknown" });
  assert.deepEqual(await service.readJson("DELETE", path), {
    ...nobody,
    reason: "identifiers_already_deleted",
  });
  const at_s = service.now_ms / 1000 - 60;
  await service.deliver(customerWrote(LINE, { phone: OLD_MEXICAN }, { id: "wamid.6", at_s }));
  const windows = await service.readJson("GET", `${COMPANY}/windows`);
  assert.deepEqual(windows.data.map(({ contact }: { contact: string }) => contact), [null]);
});

Deno.test("the country of a company is shown, kept when omitted or null, and changed at once", async () => {
  await using service = await serviceWith();
  const put = (country?: unknown) =>
    service.readJson("PUT", COMPANY, {
      name: "Acme",
      time_zone: ZONE,
      ...country === undefined ? {} : { country },
    });
  assert.equal((await service.readJson("GET", COMPANY)).country, null);
  assert.equal((await put("BR")).country, "BR");
  assert.equal((await put()).country, "BR");
  assert.equal((await put(null)).country, "BR");
  assert.equal((await service.readJson("GET", "/v1/companies")).data[0].country, "BR");
  assert.equal((await put("PT")).country, "PT");
  const contact = "/v1/companies/acme/contacts/912345678/window";
  assert.equal((await service.readJson("GET", contact)).contact, "351912345678");
});

Deno.test("a country that is no ISO 3166-1 code is 422", async () => {
  await using service = await serviceWith();
  for (const country of ["BRA", "br", "ZZ", "", 55]) {
    const problem = await service.requestProblem("PUT", COMPANY, { name: "Acme", time_zone: ZONE, country });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "country"], String(country));
  }
});
