import assert from "node:assert/strict";
import { type ProblemJson, TestService } from "../test_service.ts";

const FILE = `"Cost per message in USD on the WhatsApp Business Platform, effective October 1, 2026",,,,,,
Market,Currency,Marketing,Utility,Authentication,"Authentication-
International",Service
Brazil,USD,0.0625,0.0068,0.0068,n/a,0.0068
India,USD,0.0118,0.0014,0.0014,0.0304,0.0014
Rest of Latin America,USD,0.0740,0.0113,0.0113,n/a,n/a
`;

const TIERS = `Volume tiers in USD,,,,,,,,,,,
Market,,Utility,,,,,Authentication,,,,
,,Messages,,,,,Messages,,,,
,Currency,From,To,Rate type,Rate,vs. List rate,From,To,Rate type,Rate,vs. List rate
Brazil,USD,0,"250,000",List rate,0.0068,0%,0,--,List rate,0.0068,0%
,USD,"250,001",--,Tier rate,0.0065,-5%,n/a,n/a,n/a,n/a,n/a
`;

const OCTOBER = "currency=USD&effective_from=2026-10-01";
const FUTURE = "currency=USD&effective_from=2027-01-01";

async function putFile(service: TestService, query: string, file: string | Uint8Array): Promise<Response> {
  return await service.app.hono.request(`/v1/meta_rates?${query}`, {
    method: "PUT",
    headers: { authorization: "Bearer admin-key-of-the-tests", "content-type": "text/csv" },
    body: file as BodyInit,
  });
}

async function refusalOf(
  service: TestService,
  query: string,
  file: string | Uint8Array,
): Promise<ProblemJson> {
  const response = await putFile(service, query, file);
  const problem = await response.json();
  assert.equal(response.status, problem.status);
  return problem;
}

// deno-lint-ignore no-explicit-any
async function ratesOf(service: TestService, query: string): Promise<Record<string, any>> {
  const { rates, ...card } = await service.readJson("GET", `/v1/meta_rates?${query}`);
  // deno-lint-ignore no-explicit-any
  return { ...card, rates: Object.fromEntries(rates.map((rate: any) => [rate.market, rate])) };
}

/** A rate card of one market as JSON. */
function json(price: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return { currency: "USD", effective_from: "2026-10-01", rates: [{ market: "Brazil", ...price }], ...more };
}

Deno.test("a file of Meta becomes the rate card from its date on, and what it lacks is null", async () => {
  await using service = new TestService();
  const put = await putFile(service, OCTOBER, FILE);
  assert.equal(put.status, 200, await put.clone().text());
  const card = await ratesOf(service, "currency=USD&on=2026-11-23");
  assert.deepEqual(card.rates["Brazil"], {
    market: "Brazil",
    countries: ["BR"],
    marketing: "0.0625",
    utility: "0.0068",
    authentication: "0.0068",
    authentication_international: null,
    service: "0.0068",
    tiers: { utility: [], authentication: [], authentication_international: [] },
  });
  assert.equal(card.rates["India"].authentication_international, "0.0304");
  assert.equal(card.rates["Rest of Latin America"].service, null, "missing, not zero");
  assert.equal(card.rates["Mexico"].marketing, null, "a market that the file lacks");
  assert.deepEqual(card.rates["Morocco"].countries, ["EH", "MA"]);
  const { rates: _, recorded_at: __, ...head } = card;
  assert.deepEqual(head, {
    currency: "USD",
    effective_from: "2026-10-01",
    free_service_messages: 1000,
    on: "2026-11-23",
    revision: 1,
    correction: null,
    recorded_by: "admin-key",
  });
});

Deno.test("before the first date, and in another currency, there is no rate card", async () => {
  await using service = new TestService();
  await putFile(service, OCTOBER, FILE);
  for (const query of ["currency=USD&on=2026-09-30", "currency=BRL&on=2026-11-23", "currency=BRL"]) {
    const { status, code } = await service.requestProblem("GET", `/v1/meta_rates?${query}`);
    assert.deepEqual([status, code], [404, "meta_rates_not_found"], query);
  }
  assert.equal((await ratesOf(service, "currency=USD")).on, "2026-11-03", "today by default");
  assert.equal((await service.requestProblem("GET", "/v1/meta_rates")).status, 422);
});

Deno.test("volume tiers alone complete the stored card, also after its date", async () => {
  await using service = new TestService();
  await putFile(service, OCTOBER, FILE);
  const put = await putFile(service, OCTOBER, TIERS);
  assert.equal(put.status, 200, await put.clone().text());
  const { rates, revision, correction } = await ratesOf(service, "currency=USD&on=2026-11-23");
  assert.deepEqual(rates["Brazil"].tiers.utility, [{ from: 250_001, price: "0.0065" }]);
  assert.equal(rates["Brazil"].marketing, "0.0625");
  assert.equal(rates["India"].utility, "0.0014");
  assert.deepEqual([revision, correction], [2, null]);
});

Deno.test("both files can be sent as one, with the byte order mark and the row ends of a spreadsheet", async () => {
  await using service = new TestService();
  const file = `\uFEFF${FILE}${TIERS}`.replaceAll("\n", "\r\n");
  assert.equal((await putFile(service, `${OCTOBER}&free_service_messages=500`, file)).status, 200);
  const { rates, free_service_messages } = await ratesOf(service, "currency=USD&on=2026-11-23");
  assert.deepEqual(rates["Brazil"].tiers.utility, [{ from: 250_001, price: "0.0065" }]);
  assert.equal(free_service_messages, 500);
});

Deno.test("JSON and a file that say the same are the same rate card", async () => {
  await using service = new TestService();
  await putFile(service, OCTOBER, FILE.split("\n").filter((line) => !/^(India|Rest)/.test(line)).join("\n"));
  await putFile(service, OCTOBER, TIERS);
  const prices = { marketing: "0.0625", utility: "0.0068", authentication: "0.0068", service: "0.0068" };
  const tiers = { utility: [{ from: 250_001, price: "0.0065" }] };
  const { revision } = await service.readJson(
    "PUT",
    "/v1/meta_rates",
    json({ ...prices, authentication_international: null, tiers }),
  );
  assert.equal(revision, 2, "nothing changed");
});

Deno.test("a wrong file is refused with its rows, columns and remedies, and changes nothing", async () => {
  await using service = new TestService();
  await putFile(service, OCTOBER, FILE);
  const wrong = FILE.replace("0.0625", '"0,0625"').replace("India", "Índia do Norte").replace(
    "0.0740",
    "=1+1",
  );
  const { status, code, errors } = await refusalOf(service, OCTOBER, wrong);
  assert.deepEqual([status, code], [422, "invalid_request"]);
  assert.deepEqual(errors, [
    {
      path: "row 3, Marketing",
      message: 'row 3, Marketing is "0,0625", no price: write 0.0625 with a point',
    },
    {
      path: "row 4, Market",
      message: 'row 4, Market is "Índia do Norte", no market of Meta: write it as Meta does, such as Brazil',
    },
    {
      path: "row 5, Marketing",
      message:
        'row 5, Marketing is "=1+1", no price: write up to 9 digits and 6 decimal places, such as 0.0625, or n/a',
    },
  ]);
  const { revision } = await ratesOf(service, "currency=USD");
  assert.equal(revision, 1);
});

Deno.test("a file in another encoding, with other separators, or too large is refused", async () => {
  await using service = new TestService();
  const latin1 = Uint8Array.from(FILE.replace("India", "Índia"), (letter) => letter.charCodeAt(0));
  assert.match((await refusalOf(service, OCTOBER, latin1)).detail, /not in UTF-8/);
  for (const file of [FILE, FILE.slice(FILE.indexOf("Market"))]) {
    assert.match((await refusalOf(service, OCTOBER, file.replaceAll(",", ";"))).detail, /with commas/);
  }
  assert.match((await refusalOf(service, OCTOBER, FILE + '"')).detail, /row 6 has a quote/);
  assert.match((await refusalOf(service, OCTOBER, "")).detail, /begins no rate card of Meta/);
  assert.equal((await refusalOf(service, OCTOBER, FILE + ",\n".repeat(5_000))).code, "body_too_complex");
  assert.equal((await refusalOf(service, OCTOBER, FILE + "\n".repeat(512 * 1024))).code, "body_too_large");
});

Deno.test("a file needs its currency and date in the query, and JSON has them in the body", async () => {
  await using service = new TestService();
  const { errors } = await refusalOf(service, "", FILE);
  assert.deepEqual(errors?.map(({ path }) => path), ["currency", "effective_from"]);
  const other = await refusalOf(service, "currency=BRL&effective_from=2026-10-01", FILE);
  assert.equal(other.errors?.[0]?.path, "row 3, Currency");
  const problem = await service.requestProblem(
    "PUT",
    `/v1/meta_rates?${OCTOBER}`,
    json({ utility: "0.0068" }),
  );
  assert.deepEqual(problem.errors?.map(({ path }) => path), ["currency", "effective_from"]);
});

Deno.test("wrong JSON is refused with its field", async () => {
  await using service = new TestService();
  const twice = { rates: [{ market: "Brazil" }, { market: "brazil" }] };
  const table: [Record<string, unknown>, string][] = [
    [json({ utility: 0.0068 }), "rates[0].utility"],
    [json({ utility: "0.00680001" }), "rates[0].utility"],
    [json({ market: "Brasil" }), "rates[0].market"],
    [json({ tiers: { utility: [{ from: 250_001, price: "0.0065" }] } }), "rates[0].tiers.utility"],
    [json({ utility: "0.0068", tiers: { service: [] } }), "rates[0].tiers.service"],
    [
      json({ utility: "0.0068", tiers: { utility: [{ from: 9, price: "1" }, { from: 9, price: "2" }] } }),
      "rates[0].tiers.utility",
    ],
    [json({}, twice), "rates[1].market"],
    [json({}, { rates: [] }), "rates"],
    [json({}, { currency: "usd" }), "currency"],
    [json({}, { effective_from: "2026-10-32" }), "effective_from"],
    [json({}, { free_service_messages: -1 }), "free_service_messages"],
  ];
  for (const [body, path] of table) {
    const { status, errors } = await service.requestProblem("PUT", "/v1/meta_rates", body);
    assert.equal(status, 422);
    assert.equal(errors?.[0]?.path, path, JSON.stringify(errors));
  }
  assert.equal((await service.requestProblem("GET", "/v1/meta_rates?currency=USD")).status, 404);
});

Deno.test("a file that is sent as no CSV is refused, and the answer says how to send it", async () => {
  await using service = new TestService();
  const { code, detail } = await service.requestProblem("PUT", `/v1/meta_rates?${OCTOBER}`, FILE);
  const remedy = "send JSON in UTF-8, or CSV with `Content-Type: text/csv`";
  assert.deepEqual([code, detail], ["invalid_json", `The body is not valid JSON: ${remedy}.`]);
  const usage = await service.requestProblem("POST", "/v1/companies/acme/usage", "{");
  assert.equal(usage.detail, "The body is not valid JSON: send JSON in UTF-8.");
});

Deno.test("a file of rates alone takes the volume tiers away, so it needs a reason", async () => {
  await using service = new TestService();
  for (const file of [FILE, TIERS]) assert.equal((await putFile(service, OCTOBER, file)).status, 200);
  const { code, detail } = await refusalOf(service, OCTOBER, FILE);
  assert.equal(code, "meta_rates_in_force");
  assert.match(detail, /this would change Brazil utility \(volume tiers removed\): send a `correction`/);
});

Deno.test("a price in force changes with a reason only, and both versions stay listed", async () => {
  await using service = new TestService();
  await putFile(service, OCTOBER, FILE);
  const changed = FILE.replace("0.0625", "0.0635");
  const problem = await refusalOf(service, OCTOBER, changed);
  assert.deepEqual([problem.status, problem.code], [409, "meta_rates_in_force"]);
  assert.match(problem.detail, /Brazil marketing/);
  assert.equal((await ratesOf(service, "currency=USD")).rates["Brazil"].marketing, "0.0625");
  service.now_ms += 60_000;
  assert.equal((await putFile(service, `${OCTOBER}&correction=typing+error`, changed)).status, 200);
  assert.equal((await ratesOf(service, "currency=USD")).rates["Brazil"].marketing, "0.0635");
  await putFile(service, FUTURE, FILE);
  const { data } = await service.readJson("GET", "/v1/meta_rates/versions");
  assert.deepEqual(
    data.map((version: Record<string, unknown>) => [
      version.effective_from,
      version.revision,
      version.correction,
      version.markets,
      version.recorded_at,
      version.recorded_by,
    ]),
    [
      ["2027-01-01", 1, null, 3, "2026-11-03T12:01:00Z", "admin-key"],
      ["2026-10-01", 2, "typing error", 3, "2026-11-03T12:01:00Z", "admin-key"],
      ["2026-10-01", 1, null, 3, "2026-11-03T12:00:00Z", "admin-key"],
    ],
  );
});

Deno.test("a card can be replaced as it likes until its date begins somewhere on earth", async () => {
  await using service = new TestService();
  await putFile(service, FUTURE, FILE);
  service.now_ms = Date.parse("2026-12-31T09:59:00Z");
  assert.equal((await putFile(service, FUTURE, FILE.replace("0.0625", "0.07"))).status, 200);
  service.now_ms = Date.parse("2026-12-31T10:00:00Z");
  assert.equal((await refusalOf(service, FUTURE, FILE)).code, "meta_rates_in_force");
});

Deno.test("the versions are listed in pages, of one currency if asked, and as CSV", async () => {
  await using service = new TestService();
  for (
    const [currency, date] of [["USD", "2026-10-01"], ["BRL", "2026-10-01"], ["USD", "2026-07-01"]] as const
  ) {
    const card = json({ utility: "0.0068" }, { currency, effective_from: date });
    await service.readJson("PUT", "/v1/meta_rates", card);
  }
  const listed: string[] = [];
  let query = "limit=1";
  while (true) {
    const { data, next_cursor } = await service.readJson("GET", `/v1/meta_rates/versions?${query}`);
    for (const { currency, effective_from } of data) listed.push(`${currency} ${effective_from}`);
    if (next_cursor === null) break;
    query = `limit=1&cursor=${next_cursor}`;
  }
  assert.deepEqual(listed, ["BRL 2026-10-01", "USD 2026-10-01", "USD 2026-07-01"]);
  const { data } = await service.readJson("GET", "/v1/meta_rates/versions?currency=USD");
  assert.equal(data.length, 2);
  const csv = await service.request("GET", "/v1/meta_rates/versions", undefined, { accept: "text/csv" });
  assert.match(await csv.text(), /^currency;effective_from;free_service_messages;revision;/);
  assert.equal((await service.requestProblem("GET", "/v1/meta_rates/versions?cursor=x")).status, 422);
});
