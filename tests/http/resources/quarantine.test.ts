import assert from "node:assert/strict";
import {
  businessNumber,
  type Change,
  customerWrote,
  numberChanged,
  numberedCustomer,
  statusesOf,
} from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/quarantine";
const LINE = businessNumber(1);
const OTHER = businessNumber(2);
const ANA = numberedCustomer(1);

type Changes = readonly Change[];

/** Quarantines an event of an unclaimed number, then one that is too old, one in the future, and an unreadable one. */
async function withQuarantinedEvents(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const at_s = service.now_ms / 1000;
  const later = async (...changes: Changes) => {
    service.now_ms += 1_000;
    await service.deliver(...changes);
  };
  await service.deliver(customerWrote(OTHER, ANA, { id: "unknown", at_s }));
  await later(customerWrote(LINE, ANA, { id: "old", at_s: at_s - 9 * 86_400 }));
  await later(
    statusesOf(LINE, ANA, { id: "future", at_s: at_s + 600, status: "sent", category: "marketing" }),
  );
  await later(customerWrote(LINE, ANA, { id: "bad", at_s, content: { timestamp: "soon" } }));
  return service;
}

interface Row {
  readonly id: string;
  readonly reason: string;
}

async function rows(service: TestService, query = ""): Promise<Row[]> {
  return (await service.readJson("GET", `${PATH}?${query}`)).data;
}

Deno.test("quarantined events are listed newest first, with their reason", async () => {
  await using service = await withQuarantinedEvents();
  assert.deepEqual((await rows(service)).map(({ reason }) => reason), [
    "unreadable",
    "in_the_future",
    "too_old",
    "unknown_phone_number",
  ]);
});

Deno.test("a row summarizes the event, without full contacts or message content", async () => {
  await using service = await withQuarantinedEvents();
  const [unreadable, future, , unknown] = (await service.readJson("GET", PATH)).data;
  const { id: _, ...row } = unknown;
  assert.deepEqual(row, {
    reason: "unknown_phone_number",
    received_at: "2026-11-03T12:00:00Z",
    phone_number_id: OTHER.phone_number_id,
    company: null,
    event: {
      type: "wrote",
      at: "2026-11-03T12:00:00Z",
      contact: "+55 11 •••••-0001",
      new_contact: null,
      status: null,
      message_type: "text",
      field: null,
      detail: null,
    },
    replayed_at: null,
  });
  assert.deepEqual([future.company, future.event.status], ["acme", "sent"]);
  assert.deepEqual([unreadable.company, unreadable.event.type, unreadable.event.detail], [
    "acme",
    "unreadable",
    "timestamp_unparseable",
  ]);
  const text = JSON.stringify(await rows(service));
  assert.doesNotMatch(text, new RegExp(`${ANA.phone}|${ANA.bsuid}|azul`));
});

Deno.test("both contacts of a number change are masked", async () => {
  await using service = await withQuarantinedEvents();
  await service.deliver(numberChanged(OTHER, ANA, numberedCustomer(2), "change", service.now_ms / 1000));
  const [row] = (await service.readJson("GET", `${PATH}?reason=unknown_phone_number`)).data;
  assert.deepEqual([row.event.type, row.event.contact, row.event.new_contact], [
    "number_changed",
    "+55 11 •••••-0001",
    "+55 11 •••••-0002",
  ]);
});

Deno.test("the quarantine is filtered by company, reason and number, and read in pages", async () => {
  await using service = await withQuarantinedEvents();
  const reasons = async (query: string) => (await rows(service, query)).map(({ reason }) => reason);
  assert.deepEqual(await reasons("company=acme"), ["unreadable", "in_the_future", "too_old"]);
  assert.deepEqual(await reasons("reason=too_old"), ["too_old"]);
  assert.deepEqual(await reasons(`phone_number_id=${OTHER.phone_number_id}`), ["unknown_phone_number"]);
  assert.deepEqual(await reasons(`company=acme&phone_number_id=${OTHER.phone_number_id}`), []);
  const seen: string[] = [];
  for (let query = "limit=1";;) {
    const { data, next_cursor } = await service.readJson("GET", `${PATH}?${query}`);
    seen.push(...data.map(({ id }: Row) => id));
    if (next_cursor === null) break;
    query = `limit=1&cursor=${next_cursor}`;
  }
  assert.deepEqual(seen, (await rows(service)).map(({ id }) => id));
});

Deno.test("a replay after its reason is gone meters the event, and only once", async () => {
  await using service = await withQuarantinedEvents();
  const [{ id }] = await rows(service, "reason=in_the_future") as [Row];
  const replay = () => service.readJson("POST", `${PATH}/${id}/replay`);
  assert.deepEqual(await replay(), { outcome: "kept", reason: "in_the_future" });
  await service.readJson("POST", "/v1/test_clock", { advance: "PT1H" });
  for (let times = 0; times < 2; times++) assert.deepEqual(await replay(), { outcome: "metered" });
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 1);
  const [row] = (await service.readJson("GET", `${PATH}?reason=in_the_future`)).data;
  assert.equal(row.replayed_at, "2026-11-03T13:00:03Z");
});

Deno.test("an event that is too old or unreadable stays in quarantine", async () => {
  await using service = await withQuarantinedEvents();
  for (const reason of ["too_old", "unreadable"]) {
    const [{ id }] = await rows(service, `reason=${reason}`) as [Row];
    assert.deepEqual(await service.readJson("POST", `${PATH}/${id}/replay`), { outcome: "kept", reason });
  }
});

Deno.test("a number claimed later replays by itself", async () => {
  await using service = await withQuarantinedEvents();
  await service.createCompany("bravo", { phone_number_ids: [OTHER.phone_number_id] });
  assert.equal((await service.readJson("GET", "/v1/companies/bravo/balance")).consumed, 1);
  const [row] = (await service.readJson("GET", `${PATH}?phone_number_id=${OTHER.phone_number_id}`)).data;
  assert.notEqual(row.replayed_at, null);
  assert.deepEqual((await rows(service, "company=bravo")).map(({ id }) => id), [row.id]);
});

Deno.test("an unreadable event belongs to the company that claims its number later, and stays in quarantine", async () => {
  await using service = await withQuarantinedEvents();
  const at_s = service.now_ms / 1000;
  await service.deliver(customerWrote(OTHER, ANA, { id: "odd", at_s, content: { timestamp: "soon" } }));
  await service.createCompany("bravo", { phone_number_ids: [OTHER.phone_number_id] });
  const found = (await rows(service, "company=bravo&reason=unreadable")).map(({ reason }) => reason);
  assert.deepEqual(found, ["unreadable"]);
});

Deno.test("an unknown event is 404, an invalid id 422, and the quarantine needs admin", async () => {
  const read_key = {
    kind: "key",
    name: "reader",
    id: "reader",
    scope: "read",
    company: undefined,
    sees_contacts: false,
  } as const;
  await using service = new TestService();
  const none = await service.requestProblem("POST", `${PATH}/00000000-0000-4000-8000-000000000000/replay`);
  assert.deepEqual([none.status, none.code], [404, "event_not_found"]);
  assert.equal((await service.requestProblem("POST", `${PATH}/first/replay`)).errors?.[0]?.path, "id");
  assert.equal((await service.requestProblem("GET", `${PATH}?reason=sad`)).errors?.[0]?.path, "reason");
  assert.equal((await service.requestProblem("GET", `${PATH}?cursor=abc`)).errors?.[0]?.path, "cursor");
  await using reader = new TestService({ authenticate: () => read_key });
  assert.equal((await reader.requestProblem("GET", PATH)).code, "insufficient_scope");
});

Deno.test("a quarantined event is erased once its contact turns out to be an erased person", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const at_s = service.now_ms / 1000;
  const bsuid = "BR.13491208650099";
  await service.deliver(customerWrote(LINE, ANA, { id: "m1", at_s }));
  await service.deliver(customerWrote(LINE, { bsuid }, { id: "m2", at_s: at_s - 9 * 86_400 }));
  const reasons = async () =>
    (await service.readJson("GET", PATH)).data.map((event: { reason: string }) => event.reason);
  assert.deepEqual(await reasons(), ["too_old"]);
  service.now_ms += 60_000;
  assert.equal((await service.request("DELETE", `/v1/companies/acme/contacts/${ANA.phone}`)).status, 200);
  await service.deliver(customerWrote(LINE, { phone: ANA.phone, bsuid }, { id: "m3", at_s: at_s + 30 }));
  assert.deepEqual(await reasons(), ["erased"]);
  assert.ok(!JSON.stringify(await service.readJson("GET", PATH)).includes("0099"));
});

Deno.test("a replay of many events counts their outcomes, in batches that a cursor joins", async () => {
  await using service = await withQuarantinedEvents();
  await service.readJson("POST", "/v1/test_clock", { advance: "PT1H" });
  const replay = (body: unknown) => service.readJson("POST", `${PATH}/replay`, body);
  assert.deepEqual(await replay({ reason: "too_old" }), {
    metered: 0,
    kept: [{ reason: "too_old", events: 1 }],
    unavailable: 0,
    next_cursor: null,
  });
  const outcomes: unknown[] = [];
  let cursor: string | undefined;
  while (true) {
    const { next_cursor, ...counts } = await replay({ limit: 3, ...(cursor && { cursor }) });
    outcomes.push(counts);
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  assert.deepEqual(outcomes, [
    {
      metered: 1,
      kept: [{ reason: "unreadable", events: 1 }, { reason: "too_old", events: 1 }],
      unavailable: 0,
    },
    { metered: 0, kept: [{ reason: "unknown_phone_number", events: 1 }], unavailable: 0 },
  ]);
  // What is metered is not replayed again.
  assert.equal((await replay({ reason: "in_the_future" })).metered, 0);
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 1);
});

Deno.test("a replay of many events with an invalid cursor or filter is refused, and replays nothing", async () => {
  await using service = await withQuarantinedEvents();
  await service.readJson("POST", "/v1/test_clock", { advance: "PT1H" });
  for (const body of [{ cursor: "x" }, { reason: "late" }, { limit: 0 }, { limit: 1_001 }, { since: "x" }]) {
    assert.equal((await service.requestProblem("POST", `${PATH}/replay`, body)).status, 422);
  }
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 0);
});
