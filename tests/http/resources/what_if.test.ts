import assert from "node:assert/strict";
import fc from "fast-check";
import { RUNS_MAX } from "../../../src/http/resources/what_if.ts";
import { COMPANY, monthSteps, playMonth } from "../../support/busy_month.ts";
import { localMs } from "../../support/fixtures.ts";
import { businessNumber, customerWrote, statusesOf } from "../../support/payloads.ts";
import { readProblem, TestService, ZONE } from "../test_service.ts";

const PATH = "/v1/companies/acme/what_if";
const ANA = { phone: "5511987650001" };
const BETO = { phone: "5511987650002" };
const LINE = businessNumber(1);

/** November of a company: Ana wrote and got a template, Beto got one that failed, and an automation ran 30 times. */
async function serviceWithNovember(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 2 });
  const offer = { package: { credits: 50, price: "40.00" }, excess_credit_price: "1.2345" };
  await service.readJson("PUT", "/v1/companies/acme/contract", offer);
  const at_s = service.now_ms / 1000;
  await service.deliver(customerWrote(LINE, ANA, { id: "wamid.1", at_s }));
  const template = { id: "wamid.2", at_s: at_s + 60, status: "sent", category: "marketing" } as const;
  await service.advanceTo(service.now_ms + 60_000);
  await service.deliver(statusesOf(LINE, ANA, template));
  await service.deliver(statusesOf(LINE, BETO, { ...template, id: "wamid.3" }));
  await service.deliver(statusesOf(LINE, BETO, { ...template, id: "wamid.3", status: "failed" }));
  await service.readJson("POST", "/v1/companies/acme/usage", {
    id: "runs",
    feature: "automation.run",
    quantity: 30,
  });
  return service;
}

/** The margin of a month without delivered messages, whose package was used up. */
const NO_MESSAGES = {
  currency: "BRL",
  messages: 0,
  billable_messages: 0,
  free_messages: 0,
  unpriced_messages: 0,
  meta_cost: "0.00",
  unused_package: "0.00",
  missing: [],
};

Deno.test("a month under other terms is answered beside the real one, and nothing changes", async () => {
  await using service = await serviceWithNovember();
  const before = await service.readJson("GET", "/v1/companies/acme/ledger");
  const answer = await service.readJson("POST", PATH, {
    month: "2026-11",
    contract: { package: { credits: 20, price: "15.00" }, excess_credit_price: "0.50" },
    rates: [{ feature: "automation.run", credits: 1 }, { feature: "whatsapp.inbound", credits: 3 }],
    template_in_open_window: "free",
  });
  assert.deepEqual(answer, {
    period: "2026-11",
    status: "open",
    version: (await service.readJson("GET", "/v1/companies/acme/balance")).version,
    real: {
      granted: 50,
      consumed: 62,
      prepaid_used: 50,
      expired: 0,
      excess: 12,
      package_price: "40.00",
      excess_credit_price: "1.2345",
      excess_amount: "14.81",
      total: "54.81",
      currency: "BRL",
      usage: [
        { feature: "automation.run", direction: "none", units: 30, credits: 60 },
        { feature: "whatsapp.inbound", direction: "inbound", units: 1, credits: 1 },
        { feature: "whatsapp.outbound", direction: "outbound", units: 1, credits: 1 },
      ],
      margin: { ...NO_MESSAGES, credits: 62, revenue: "54.81", margin: "54.81" },
    },
    what_if: {
      granted: 20,
      consumed: 33,
      prepaid_used: 20,
      expired: 0,
      excess: 13,
      package_price: "15.00",
      excess_credit_price: "0.50",
      excess_amount: "6.50",
      total: "21.50",
      currency: "BRL",
      usage: [
        { feature: "automation.run", direction: "none", units: 30, credits: 30 },
        { feature: "whatsapp.inbound", direction: "inbound", units: 1, credits: 3 },
      ],
      margin: { ...NO_MESSAGES, credits: 33, revenue: "21.50", margin: "21.50" },
    },
    difference: {
      granted: -30,
      consumed: -29,
      prepaid_used: -30,
      expired: 0,
      excess: 1,
      excess_amount: "-8.31",
      total: "-33.31",
      meta_cost: "0.00",
      revenue: "-33.31",
      margin: "-33.31",
    },
    remainder: [],
    contacts: 2,
  });
  assert.deepEqual(await service.readJson("GET", "/v1/companies/acme/ledger"), before);
});

Deno.test("the margin is that of the margins' report, and other rates of Meta change its cost alone", async () => {
  await using service = await serviceWithNovember();
  const rates = (marketing: string) => ({ currency: "BRL", rates: [{ market: "Brazil", marketing }] });
  await service.readJson("PUT", "/v1/meta_rates", { ...rates("0.30"), effective_from: "2026-10-01" });
  await service.readJson("PUT", `/v1/phone_numbers/${LINE.phone_number_id}/meta_account`, {
    account_id: "1",
    time_zone: ZONE,
    currency: "BRL",
  });
  await service.advanceTo(service.now_ms + 60_000);
  const delivered = { id: "wamid.2", at_s: service.now_ms / 1000, status: "delivered" };
  await service.deliver(statusesOf(LINE, ANA, { ...delivered, category: "marketing" }));
  const { data: [{ company: _, month: __, ...margin }] } = await service.readJson("GET", "/v1/margins");
  assert.equal(margin.meta_cost, "0.30");
  const real_terms = await service.readJson("POST", PATH, { month: "2026-11" });
  assert.deepEqual(real_terms.real.margin, margin);
  assert.deepEqual(real_terms.what_if.margin, margin);
  const { what_if, difference } = await service.readJson("POST", PATH, {
    month: "2026-11",
    meta_rates: rates("0.50"),
  });
  assert.equal(what_if.margin.meta_cost, "0.50");
  assert.deepEqual([difference.meta_cost, difference.revenue, difference.margin, difference.total], [
    "0.20",
    "0.00",
    "-0.20",
    "0.00",
  ]);
  const none = { currency: "BRL", rates: [{ market: "Argentina", marketing: "0.50" }] };
  const unpriced = await service.readJson("POST", PATH, { month: "2026-11", meta_rates: none });
  assert.deepEqual(unpriced.what_if.margin.missing, ["meta_price"]);
  assert.equal(unpriced.difference.meta_cost, null);
});

Deno.test("a contract in another currency has no difference of money", async () => {
  await using service = await serviceWithNovember();
  const contract = { package: null, excess_credit_price: "0.10", currency: "USD" };
  const { what_if, difference } = await service.readJson("POST", PATH, { month: "2026-11", contract });
  assert.equal(what_if.currency, "USD");
  assert.deepEqual([difference.excess_amount, difference.total], [null, null]);
  assert.equal(difference.granted, -50);
});

Deno.test("after a random month, each of its months under its real terms is its statement", async () => {
  await fc.assert(
    fc.asyncProperty(monthSteps(60), async (steps) => {
      await using service = new TestService();
      await playMonth({
        request: async (...request) => (await service.request(...request)).status,
        deliver: (...changes) => service.deliver(...changes),
        now: () => Promise.resolve(Temporal.Instant.fromEpochMilliseconds(service.now_ms)),
      }, steps);
      const { data } = await service.readJson("GET", `/v1/companies/${COMPANY}/statements`);
      for (const { period, opening: _, at_close: __, late_entries: ___, status, ...figures } of data) {
        const answer = await service.readJson("POST", `/v1/companies/${COMPANY}/what_if`, { month: period });
        const { usage: ____, margin: _____, ...of_month } = answer.what_if;
        assert.deepEqual(of_month, figures);
        assert.deepEqual([answer.status, answer.remainder], [status, []]);
      }
    }),
    { numRuns: 8 },
  );
});

Deno.test("an event that came after its month was final is in neither of the two", async () => {
  await using service = await serviceWithNovember();
  await service.advanceTo(localMs("2026-12-10 09:00", ZONE));
  const at_s = service.now_ms / 1000;
  await service.deliver(statusesOf(LINE, ANA, { id: "wamid.2", at_s, status: "failed" }));
  const quarantine = await service.readJson("GET", "/v1/quarantine");
  assert.deepEqual(quarantine.data.map(({ reason }: { reason: string }) => reason), ["month_final"]);
  const { status, real, what_if, remainder } = await service.readJson("POST", PATH, { month: "2026-11" });
  assert.equal(status, "final");
  assert.deepEqual(what_if, real);
  assert.deepEqual(remainder, []);
});

Deno.test("what a month has beyond its facts is named, by date", async () => {
  await using service = await serviceWithNovember();
  const stored = service.store.stored("acme" as never)!;
  for (const [contact, facts] of stored.facts) {
    for (const [key, { kind }] of facts) if (kind === "wrote") stored.facts.get(contact)!.delete(key);
  }
  const { real, what_if, remainder, difference } = await service.readJson("POST", PATH, { month: "2026-11" });
  const missing = { feature: "whatsapp.inbound", direction: "inbound", units: 1, credits: 1 };
  assert.deepEqual(remainder, [{ local_date: "2026-11-03", ...missing }]);
  assert.equal(what_if.consumed, real.consumed - 1);
  assert.equal(difference.consumed, -1);
});

Deno.test("a month without a statement, or without its facts, is refused", async () => {
  await using service = await serviceWithNovember();
  const refused = async (month: string) => {
    const { status, code, detail } = await service.requestProblem("POST", PATH, { month });
    return [status, code, detail];
  };
  assert.deepEqual(await refused("2026-12"), [
    404,
    "statement_not_found",
    "2026-12 has not begun: ask for 2026-11 or an earlier month.",
  ]);
  assert.deepEqual(await refused("2026-10"), [
    404,
    "statement_not_found",
    "No statement for 2026-10: the first month is 2026-11.",
  ]);
  service.store.facts_retained_from_ms = localMs("2026-11-30 21:00", ZONE);
  assert.deepEqual(await refused("2026-11"), [
    409,
    "facts_deleted",
    "Facts of 2026-11 are deleted: ask for 2026-12 or later, or keep facts longer with FACTS_KEPT_DAYS.",
  ]);
});

Deno.test("terms that could not be in force in the month are refused, by field", async () => {
  await using service = await serviceWithNovember();
  const refused = async (terms: Record<string, unknown>) => {
    const { status, code, errors } = await service.requestProblem("POST", PATH, {
      month: "2026-11",
      ...terms,
    });
    return [status, code, errors?.[0]?.path];
  };
  const contract = { package: null, excess_credit_price: "0.10" };
  assert.deepEqual(await refused({ contract: { ...contract, starts_on: "2026-12-01" } }), [
    422,
    "invalid_request",
    "contract.starts_on",
  ]);
  const rate = { feature: "whatsapp.inbound", credits: 1 };
  assert.deepEqual(await refused({ rates: [rate, { feature: "automation.runs", credits: 1 }] }), [
    422,
    "unknown_feature",
    "rates[1].feature",
  ]);
  assert.deepEqual(await refused({ rates: [rate, rate] }), [422, "invalid_request", "rates[1].feature"]);
  assert.deepEqual(await refused({ rates: [{ ...rate, credits: -1 }] }), [
    422,
    "invalid_request",
    "rates[0].credits",
  ]);
  for (const month of ["0001-01", "1969-12", "3000-01", "9999-12"]) {
    assert.deepEqual(await refused({ month }), [422, "invalid_request", "month"]);
  }
  assert.deepEqual(await refused({ template_in_open_window: "maybe" }), [
    422,
    "invalid_request",
    "template_in_open_window",
  ]);
});

Deno.test("few months are computed at once, and a caller that disconnects frees its place", async () => {
  const gate = Promise.withResolvers<void>();
  const reading = Promise.withResolvers<void>();
  let read = 0;
  const real = new TestService().options.months;
  await using service = new TestService({
    months: {
      async read(company, month, signal, use) {
        if (++read === RUNS_MAX) reading.resolve();
        await gate.promise;
        return await real.read(company, month, signal, use);
      },
    },
  });
  await service.createCompany();
  const disconnected = new AbortController();
  const ask = (signal?: AbortSignal) =>
    service.app.hono.request(
      new Request(`http://localhost${PATH}`, {
        method: "POST",
        headers: { authorization: `Bearer admin-key-of-the-tests` },
        body: JSON.stringify({ month: "2026-11" }),
        ...signal === undefined ? {} : { signal },
      }),
    );
  const running = Array.from({ length: RUNS_MAX }, () => ask(disconnected.signal));
  await reading.promise;
  const refused = await ask();
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await readProblem(refused)).code, "unavailable");
  disconnected.abort();
  gate.resolve();
  assert.deepEqual((await Promise.all(running)).map(({ status }) => status), running.map(() => 503));
  const answers = await Promise.all(running.map(() => ask()));
  assert.ok(answers.every(({ status }) => status !== 503));
});
