import assert from "node:assert/strict";
import { NUMBER, TestService, ZONE } from "../test_service.ts";

const PATH = "/v1/companies/acme";
const NO_CHANGES = { scheduled: [], withdrawn: [] };

Deno.test("a PUT creates a company, with defaults for omitted fields, and GET returns the same", async () => {
  await using service = new TestService();
  const put = await service.createCompany("acme", { phone_number_ids: undefined });
  assert.deepEqual(put, {
    company: "acme",
    name: "Acme",
    time_zone: ZONE,
    locale: "pt-BR",
    country: null,
    phone_number_ids: [],
    template_in_open_window: "charge",
    scheduled: null,
    changes: NO_CHANGES,
  });
  assert.deepEqual({ ...await service.readJson("GET", PATH), changes: NO_CHANGES }, put);
});

Deno.test("a new time zone or policy applies from the next local date, and is shown as scheduled", async () => {
  await using service = new TestService();
  await service.createCompany();
  const put = await service.createCompany("acme", {
    time_zone: "America/Manaus",
    template_in_open_window: "free",
  });
  assert.equal(put.time_zone, ZONE);
  assert.equal(put.template_in_open_window, "charge");
  assert.deepEqual(put.scheduled, {
    effective_from: "2026-11-04",
    time_zone: "America/Manaus",
    template_in_open_window: "free",
  });
});

Deno.test("fields omitted or null in a PUT keep their value, and an empty list releases the numbers", async () => {
  await using service = new TestService();
  const all = { locale: "en", template_in_open_window: "free" };
  const before = await service.createCompany("acme", all);
  const renamed = await service.readJson("PUT", PATH, { name: "Acme Ltda.", time_zone: ZONE });
  assert.deepEqual(renamed, { ...before, name: "Acme Ltda." });
  const nulls = { locale: null, phone_number_ids: null, template_in_open_window: null, effective_from: null };
  assert.deepEqual(
    await service.readJson("PUT", PATH, { name: "Acme Ltda.", time_zone: ZONE, ...nulls }),
    renamed,
  );
  assert.deepEqual([...service.store.phone_owners], [[NUMBER, "acme"]]);
  const none = await service.readJson("PUT", PATH, { name: "Acme", time_zone: ZONE, phone_number_ids: [] });
  assert.deepEqual(none, { ...before, phone_number_ids: [] });
  assert.deepEqual([...service.store.phone_owners], []);
});

Deno.test("a date that has begun is 422 and names its field", async () => {
  await using service = new TestService();
  await service.createCompany();
  const body = { name: "Acme", time_zone: "America/Manaus", effective_from: "2026-11-03" };
  const problem = await service.requestProblem("PUT", PATH, body);
  assert.equal(problem.status, 422);
  assert.equal(problem.errors?.[0]?.path, "effective_from");
});

Deno.test("a refused PUT neither claims nor releases a number", async () => {
  await using service = new TestService();
  await service.createCompany();
  const before = await service.readJson("GET", PATH);
  const other = "106540000000009";
  const body = { name: "A", time_zone: "America/Manaus", phone_number_ids: [other] };
  await service.requestProblem("PUT", PATH, { ...body, effective_from: "2026-11-03" });
  assert.deepEqual(await service.readJson("GET", PATH), before);
  const bravo = { name: "Bravo", time_zone: ZONE, phone_number_ids: [other] };
  await service.readJson("PUT", "/v1/companies/bravo", bravo);
  const taken = { ...bravo, phone_number_ids: [other, NUMBER] };
  assert.equal(
    (await service.requestProblem("PUT", "/v1/companies/bravo", taken)).code,
    "phone_number_taken",
  );
});

Deno.test("two concurrent PUTs of one company leave it with the numbers of one of them", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: undefined });
  const [first, second] = ["106540000000002", "106540000000003"];
  await Promise.all(
    [first, second].map((number) => service.createCompany("acme", { phone_number_ids: [number] })),
  );
  const { phone_number_ids } = await service.readJson("GET", PATH);
  assert.deepEqual(phone_number_ids, [second]);
  assert.deepEqual([...service.store.phone_owners], [[second, "acme"]]);
});

Deno.test("a number of another company is 409 and names its index", async () => {
  await using service = new TestService();
  await service.createCompany();
  const body = { name: "Bravo", time_zone: ZONE, phone_number_ids: ["106540000000009", NUMBER] };
  const problem = await service.requestProblem("PUT", "/v1/companies/bravo", body);
  assert.equal(problem.status, 409);
  assert.equal(problem.code, "phone_number_taken");
  assert.equal(problem.errors?.[0]?.path, "phone_number_ids[1]");
  assert.equal((await service.requestProblem("GET", "/v1/companies/bravo")).code, "company_not_found");
});

Deno.test("every invalid field is named with its remedy", async () => {
  await using service = new TestService();
  const problem = await service.requestProblem("PUT", PATH, {
    time_zone: "Mars/Olympus",
    locale: "português",
    phone_number_ids: ["1", 2, "1"],
    template_in_open_window: "sometimes",
    colour: "blue",
  });
  assert.equal(problem.status, 422);
  assert.equal(problem.code, "invalid_request");
  assert.deepEqual(problem.errors?.map(({ message }) => message).sort(), [
    "Unknown field `colour`. Remove it.",
    "locale must be a BCP 47 language tag such as pt-BR",
    "name is required",
    "phone_number_ids[1] must be a string",
    'template_in_open_window must be one of "charge", "free"',
    "time_zone must be an IANA time zone such as America/Sao_Paulo, or an offset such as -03:00",
  ]);
});

Deno.test("a duplicate number is named by its second index", async () => {
  await using service = new TestService();
  const problem = await service.requestProblem("PUT", PATH, {
    name: "A",
    time_zone: ZONE,
    phone_number_ids: ["1", "1"],
  });
  assert.deepEqual(problem.errors, [{
    path: "phone_number_ids[1]",
    message: "phone_number_ids[1] is a duplicate: remove it",
  }]);
});

Deno.test("a time zone can be a fixed offset, written with sign, hours and minutes", async () => {
  await using service = new TestService();
  const { time_zone } = await service.readJson("PUT", PATH, { name: "A", time_zone: "+05:30" });
  assert.equal(time_zone, "+05:30");
  assert.equal((await service.readJson("GET", `${PATH}/balance`)).time_zone, "+05:30");
  for (const offset of ["-3", "+0530", "-03:60", "+15:00", "-00:00"]) {
    const problem = await service.requestProblem("PUT", PATH, { name: "A", time_zone: offset });
    assert.equal(problem.errors?.[0]?.path, "time_zone", offset);
  }
});

Deno.test("a malformed company id is 422 in a PUT and 404 in all other calls", async () => {
  await using service = new TestService();
  for (const id of ["a%20b", "a".repeat(65), "a%2Fb"]) {
    const put = await service.requestProblem("PUT", `/v1/companies/${id}`, { name: "A", time_zone: ZONE });
    assert.deepEqual([put.status, put.errors?.[0]?.path], [422, "company"]);
    assert.equal(
      (await service.requestProblem("GET", `/v1/companies/${id}/balance`)).code,
      "company_not_found",
    );
  }
});

Deno.test("companies are listed by id, in pages", async () => {
  await using service = new TestService();
  for (const id of ["c", "a", "b"]) await service.createCompany(id, { phone_number_ids: [] });
  const first = await service.readJson("GET", "/v1/companies?limit=2");
  assert.deepEqual(first.data.map((row: { company: string }) => row.company), ["a", "b"]);
  const second = await service.readJson("GET", `/v1/companies?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(second.data.map((row: { company: string }) => row.company), ["c"]);
  assert.equal(second.next_cursor, null);
});

Deno.test("while nothing confirms the clock, phone numbers are neither claimed nor released, and other settings change", async () => {
  await using service = new TestService();
  await service.createCompany();
  const right_ms = service.now_ms;
  service.now_ms = right_ms - 24 * 60 * 60_000;
  service.clock_is_certain = service.clock_is_confirmed = false;
  const settings = { name: "Acme", time_zone: ZONE };
  for (const phone_number_ids of [[], [NUMBER], [NUMBER, "106540000000009"]]) {
    const problem = await service.requestProblem("PUT", PATH, { ...settings, phone_number_ids });
    assert.deepEqual([problem.status, problem.code], [503, "unavailable"]);
    assert.match(problem.detail, /clock_uncertain/);
  }
  const renamed = await service.readJson("PUT", PATH, { ...settings, name: "Acme Ltda" });
  assert.deepEqual([renamed.name, renamed.phone_number_ids], ["Acme Ltda", [NUMBER]]);
  service.now_ms = right_ms;
  service.clock_is_certain = service.clock_is_confirmed = true;
  const released = await service.readJson("PUT", PATH, { ...settings, phone_number_ids: [] });
  assert.deepEqual(released.phone_number_ids, []);
});
