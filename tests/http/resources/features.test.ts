import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/features/automation.run";
const OWN = "/v1/companies/acme/features/automation.run";
const NAME = { "pt-BR": "Automação", en: "Automation" };

Deno.test("a feature's first price applies at once, the next one from the next local date", async () => {
  await using service = new TestService();
  await service.createCompany();
  const first = await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  assert.deepEqual([first.code, first.name, first.credits, first.scheduled], [
    "automation.run",
    NAME,
    2,
    null,
  ]);
  const second = await service.readJson("PUT", PATH, { credits: 3 });
  assert.deepEqual([second.credits, second.name], [2, NAME]);
  assert.deepEqual(second.scheduled, { credits: 3, effective_from: "2026-11-04" });
  assert.deepEqual(await service.readJson("GET", PATH), second);
});

Deno.test("a price from a date that has begun is 422 and names its field", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  const problem = await service.requestProblem("PUT", PATH, { credits: 3, effective_from: "2026-11-03" });
  assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "effective_from"]);
});

Deno.test("features are listed by code, in pages", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  const first = await service.readJson("GET", "/v1/features?limit=2");
  assert.deepEqual(first.data.map(({ code }: { code: string }) => code), [
    "automation.run",
    "whatsapp.inbound",
  ]);
  const second = await service.readJson("GET", `/v1/features?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(second.data.map(({ code }: { code: string }) => code), [
    "whatsapp.outbound",
    "whatsapp.service_message",
  ]);
});

Deno.test("a company's own price overrides the rate card for that company only", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  const general = await service.readJson("GET", OWN);
  assert.deepEqual([general.credits, general.own], [2, false]);
  const own = await service.readJson("PUT", OWN, { credits: 1 });
  assert.deepEqual([own.credits, own.own, own.name], [1, true, NAME]);
  assert.equal(own.versions[0].recorded_by, "admin-key");
  assert.equal((await service.readJson("GET", PATH)).credits, 2);
});

Deno.test("a company's first price after use shows when it starts", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  assert.deepEqual((await service.readJson("GET", OWN)).effective_at, null);
  const used = { id: "run-1", feature: "automation.run", quantity: 1 };
  await service.readJson("POST", "/v1/companies/acme/usage", used);
  const own = await service.readJson("PUT", OWN, { credits: 5 });
  const { effective_from, effective_at } = own.versions[0];
  // The millisecond after the usage, which was charged at 09:00 in São Paulo.
  assert.deepEqual([effective_from, effective_at], ["2026-11-03", "2026-11-03T12:00:00.001Z"]);
});

Deno.test("a company's prices list every feature, its own prices before the rate card's", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/sms.sent", { name: NAME, credits: 5 });
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 6 });
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  await service.readJson("PUT", OWN, { credits: 1 });
  const { data, next_cursor } = await service.readJson("GET", "/v1/companies/acme/features");
  const shown = data.map(({ code, credits, own }: Record<string, unknown>) => ({ code, credits, own }));
  assert.deepEqual(shown, [
    { code: "automation.run", credits: 1, own: true },
    { code: "sms.sent", credits: 5, own: false },
    { code: "whatsapp.inbound", credits: 1, own: false },
    { code: "whatsapp.outbound", credits: 1, own: false },
    { code: "whatsapp.service_message", credits: 0, own: false },
  ]);
  assert.equal(next_cursor, null);
  assert.deepEqual(data[1], await service.readJson("GET", "/v1/companies/acme/features/sms.sent"));
  const first = await service.readJson("GET", "/v1/companies/acme/features?limit=3");
  const rest = await service.readJson("GET", `/v1/companies/acme/features?cursor=${first.next_cursor}`);
  assert.deepEqual([...first.data, ...rest.data], data);
  assert.equal(
    (await service.requestProblem("GET", "/v1/companies/nobody/features")).code,
    "company_not_found",
  );
});

Deno.test("a feature without a price is 404, and credits are whole and not negative", async () => {
  await using service = new TestService();
  await service.createCompany();
  assert.equal((await service.requestProblem("GET", PATH)).code, "feature_not_found");
  assert.equal((await service.requestProblem("GET", OWN)).code, "feature_not_found");
  for (const credits of [-1, 0.5, "2", null]) {
    assert.equal((await service.requestProblem("PUT", PATH, { credits })).errors?.[0]?.path, "credits");
  }
  const name = await service.requestProblem("PUT", PATH, { credits: 1, name: { "pt-BR": "Automação" } });
  assert.equal(name.errors?.[0]?.path, "name.en");
});

Deno.test("a name under whatsapp. that does not exist is 422 on the rate card and for a company", async () => {
  await using service = new TestService();
  await service.createCompany();
  const before = await service.readJson("GET", "/v1/features");
  for (const code of ["whatsapp.outbond", "whatsapp.outbound.promo"]) {
    for (const path of [`/v1/features/${code}`, `/v1/companies/acme/features/${code}`]) {
      const problem = await service.requestProblem("PUT", path, { credits: 1 });
      assert.deepEqual([problem.status, problem.code], [422, "unknown_feature"]);
      assert.deepEqual(problem.errors?.map(({ path }) => path), ["code"]);
      assert.match(
        problem.detail,
        /did you mean "whatsapp\.outbound.*use whatsapp\.inbound, whatsapp\.outbound, /,
      );
      assert.match(
        (await service.requestProblem("GET", path)).detail,
        /Names under "whatsapp\." are reserved/,
      );
    }
  }
  assert.deepEqual(await service.readJson("GET", "/v1/features"), before);
  const own = await service.readJson("PUT", "/v1/companies/acme/features/whatsapp.outbound.utility", {
    credits: 0,
  });
  assert.deepEqual([own.credits, own.own], [0, true]);
});

Deno.test("a company's own price of a feature that nobody knows is 422 and names the closest one", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, { name: NAME, credits: 2 });
  const problem = await service.requestProblem("PUT", OWN.replace("run", "rn"), { credits: 1 });
  assert.deepEqual([problem.status, problem.code], [422, "unknown_feature"]);
  assert.deepEqual(problem.errors?.map(({ path }) => path), ["code"]);
  assert.match(problem.detail, /^No feature "automation\.rn" exists: did you mean "automation\.run"\? /);
  const { data } = await service.readJson("GET", "/v1/companies/acme/features");
  assert.ok(data.every(({ own }: { own: boolean }) => !own));
});
