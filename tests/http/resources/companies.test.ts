import assert from "node:assert/strict";
import { NUMBER, TestService, ZONE } from "../test_service.ts";

const PATH = "/v1/companies/acme";

Deno.test("a PUT makes a company, with defaults for what was not said, and GET shows the same", async () => {
  await using house = new TestService();
  const put = await house.createCompany("acme", { phone_number_ids: undefined });
  assert.deepEqual(put, {
    company: "acme",
    name: "Acme",
    time_zone: ZONE,
    locale: "pt-BR",
    phone_number_ids: [],
    template_in_open_window: "charge",
    scheduled: null,
  });
  assert.deepEqual(await house.readJson("GET", PATH), put);
});

Deno.test("a new time zone or policy waits for the next local date, and is shown as scheduled", async () => {
  await using house = new TestService();
  await house.createCompany();
  const put = await house.createCompany("acme", {
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

Deno.test("what a PUT leaves out, or says null of, stays as it is, and an empty list gives the numbers up", async () => {
  await using house = new TestService();
  const all = { locale: "en", template_in_open_window: "free" };
  const before = await house.createCompany("acme", all);
  const renamed = await house.readJson("PUT", PATH, { name: "Acme Ltda.", time_zone: ZONE });
  assert.deepEqual(renamed, { ...before, name: "Acme Ltda." });
  const nulls = { locale: null, phone_number_ids: null, template_in_open_window: null, effective_from: null };
  assert.deepEqual(
    await house.readJson("PUT", PATH, { name: "Acme Ltda.", time_zone: ZONE, ...nulls }),
    renamed,
  );
  assert.deepEqual([...house.store.phone_numbers], [[NUMBER, "acme"]]);
  const none = await house.readJson("PUT", PATH, { name: "Acme", time_zone: ZONE, phone_number_ids: [] });
  assert.deepEqual(none, { ...before, phone_number_ids: [] });
  assert.deepEqual([...house.store.phone_numbers], []);
});

Deno.test("a date that has begun is refused, by the name of its field", async () => {
  await using house = new TestService();
  await house.createCompany();
  const body = { name: "Acme", time_zone: "America/Manaus", effective_from: "2026-11-03" };
  const problem = await house.requestProblem("PUT", PATH, body);
  assert.equal(problem.status, 422);
  assert.equal(problem.errors?.[0]?.path, "effective_from");
});

Deno.test("a company that is refused what it is asked to be claims no number, and gives none up", async () => {
  await using house = new TestService();
  const before = await house.createCompany();
  const other = "106540000000009";
  const body = { name: "A", time_zone: "America/Manaus", phone_number_ids: [other] };
  await house.requestProblem("PUT", PATH, { ...body, effective_from: "2026-11-03" });
  assert.deepEqual(await house.readJson("GET", PATH), before);
  const bravo = { name: "Bravo", time_zone: ZONE, phone_number_ids: [other] };
  await house.readJson("PUT", "/v1/companies/bravo", bravo);
  const taken = { ...bravo, phone_number_ids: [other, NUMBER] };
  assert.equal((await house.requestProblem("PUT", "/v1/companies/bravo", taken)).code, "phone_number_taken");
});

Deno.test("two PUTs of one company at once leave it with the numbers of one of them, and its webhooks with it", async () => {
  await using house = new TestService();
  await house.createCompany("acme", { phone_number_ids: undefined });
  const [first, second] = ["106540000000002", "106540000000003"];
  await Promise.all(
    [first, second].map((number) => house.createCompany("acme", { phone_number_ids: [number] })),
  );
  const { phone_number_ids } = await house.readJson("GET", PATH);
  assert.deepEqual(phone_number_ids, [second]);
  assert.deepEqual([...house.store.phone_numbers], [[second, "acme"]]);
});

Deno.test("a number that another company has is 409, and names its place in the list", async () => {
  await using house = new TestService();
  await house.createCompany();
  const body = { name: "Bravo", time_zone: ZONE, phone_number_ids: ["106540000000009", NUMBER] };
  const problem = await house.requestProblem("PUT", "/v1/companies/bravo", body);
  assert.equal(problem.status, 409);
  assert.equal(problem.code, "phone_number_taken");
  assert.equal(problem.errors?.[0]?.path, "phone_number_ids[1]");
  assert.equal((await house.requestProblem("GET", "/v1/companies/bravo")).code, "no_company");
});

Deno.test("every field that does not fit is named with its remedy", async () => {
  await using house = new TestService();
  const problem = await house.requestProblem("PUT", PATH, {
    time_zone: "Mars/Olympus",
    locale: "português",
    phone_number_ids: ["1", 2, "1"],
    template_in_open_window: "sometimes",
    colour: "blue",
  });
  assert.equal(problem.status, 422);
  assert.equal(problem.code, "invalid");
  assert.deepEqual(problem.errors?.map(({ message }) => message).sort(), [
    "colour is not a field of this: leave it out",
    "locale must be a BCP 47 language tag such as pt-BR",
    "name is missing: give it",
    "phone_number_ids[1] must be a string",
    'template_in_open_window must be one of "charge", "free"',
    "time_zone must be an IANA time zone such as America/Sao_Paulo",
  ]);
});

Deno.test("a number that stands twice in the list is named by its second place", async () => {
  await using house = new TestService();
  const problem = await house.requestProblem("PUT", PATH, {
    name: "A",
    time_zone: ZONE,
    phone_number_ids: ["1", "1"],
  });
  assert.deepEqual(problem.errors, [{
    path: "phone_number_ids[1]",
    message: "phone_number_ids[1] stands in the list already: leave it out",
  }]);
});

Deno.test("an offset is no time zone: it has no rules", async () => {
  await using house = new TestService();
  const problem = await house.requestProblem("PUT", PATH, { name: "A", time_zone: "-03:00" });
  assert.equal(problem.errors?.[0]?.path, "time_zone");
});

Deno.test("an id that no company can have is 422 for whoever makes it, and unknown to all others", async () => {
  await using house = new TestService();
  for (const id of ["a%20b", "a".repeat(65), "a%2Fb"]) {
    const made = await house.requestProblem("PUT", `/v1/companies/${id}`, { name: "A", time_zone: ZONE });
    assert.deepEqual([made.status, made.errors?.[0]?.path], [422, "company"]);
    assert.equal((await house.requestProblem("GET", `/v1/companies/${id}/balance`)).code, "no_company");
  }
});

Deno.test("companies are listed by id, in pages", async () => {
  await using house = new TestService();
  for (const id of ["c", "a", "b"]) await house.createCompany(id, { phone_number_ids: [] });
  const first = await house.readJson("GET", "/v1/companies?limit=2");
  assert.deepEqual(first.data.map((row: { company: string }) => row.company), ["a", "b"]);
  const second = await house.readJson("GET", `/v1/companies?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(second.data.map((row: { company: string }) => row.company), ["c"]);
  assert.equal(second.next_cursor, null);
});
