import assert from "node:assert/strict";
import { customerWrote, wamid } from "../support/payloads.ts";
import { withDatabase } from "../support/database.ts";
import type { Client } from "../support/service.ts";
import { COMPANY, LINE, seconds, ServiceProcess } from "../support/service.ts";

const ANA = { phone: "5511987650001" };
const DAY_S = 86_400;
const BALANCE = `/v1/companies/${COMPANY}/balance`;

interface Row {
  readonly id: string;
  readonly reason: string;
  readonly company: string | null;
  readonly replayed_at: string | null;
  readonly event: { readonly contact: string | null };
}

async function withService(work: (client: Client, url: string) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    await work(service.client, service.url);
  });
}

async function deliver(client: Client, id: string, at_s: number): Promise<void> {
  assert.equal(await client.deliver(customerWrote(LINE, ANA, { id: wamid(id), at_s })), 200);
}

async function only(client: Client, query = ""): Promise<Row> {
  const { data } = await client.ok("GET", `/v1/quarantine?${query}`);
  assert.equal(data.length, 1);
  return data[0];
}

/** Reads the service's clock through a separate company. */
async function nowS(client: Client): Promise<number> {
  const path = "/v1/companies/clock";
  await client.ok("PUT", path, { name: "Clock", time_zone: "America/Sao_Paulo" });
  return seconds(Temporal.Instant.from((await client.ok("GET", `${path}/balance`)).as_of));
}

Deno.test("a webhook for an unknown number is 200, quarantined, and metered once a company claims the number", async () => {
  await withService(async (client) => {
    const at_s = await nowS(client);
    for (const id of ["first", "again"]) await deliver(client, id, at_s);
    await deliver(client, "again", at_s);
    const { data } = await client.ok("GET", `/v1/quarantine?phone_number_id=${LINE.phone_number_id}`);
    assert.deepEqual(data.map(({ reason, company, event }: Row) => [reason, company, event.contact]), [
      ["unknown_phone_number", null, "+55 11 •••••-0001"],
      ["unknown_phone_number", null, "+55 11 •••••-0001"],
    ]);
    await client.createCompany();
    assert.equal((await client.balance()).consumed, 1);
    const after = await client.ok("GET", "/v1/quarantine");
    for (const { replayed_at, company } of after.data as Row[]) {
      assert.notEqual(replayed_at, null);
      assert.equal(company, COMPANY);
    }
    await client.createCompany();
    assert.equal((await client.ok("GET", BALANCE)).consumed, 1);
  });
});

Deno.test("a message of an unknown webhook field is quarantined once, and a replay keeps it", async () => {
  await withService(async (client) => {
    await client.createCompany();
    const at_s = seconds(await client.now());
    const change = { ...customerWrote(LINE, ANA, { id: wamid("unknown"), at_s }), field: "customer_events" };
    for (let times = 0; times < 2; times++) assert.equal(await client.deliver(change), 200);
    const { id, reason, company } = await only(client, "reason=unknown_field");
    assert.deepEqual([reason, company], ["unknown_field", COMPANY]);
    const replayed = await client.ok("POST", `/v1/quarantine/${id}/replay`);
    assert.deepEqual(replayed, { outcome: "kept", reason: "unknown_field" });
    assert.equal((await client.balance()).consumed, 0);
    await client.ok("DELETE", `/v1/companies/${COMPANY}/contacts/${ANA.phone}`);
    assert.deepEqual([(await only(client)).reason, (await only(client)).event.contact], ["erased", null]);
  });
});

Deno.test("a future event is metered by a replay once its time has come", async () => {
  await withService(async (client) => {
    await client.createCompany();
    await deliver(client, "future", seconds(await client.now()) + 600);
    const { id, reason, company } = await only(client);
    assert.deepEqual([reason, company], ["in_the_future", COMPANY]);
    const replay = () => client.ok("POST", `/v1/quarantine/${id}/replay`);
    assert.deepEqual(await replay(), { outcome: "kept", reason: "in_the_future" });
    assert.equal((await client.balance()).consumed, 0);
    await client.ok("POST", "/v1/test_clock", { advance: "PT10M" });
    for (let times = 0; times < 2; times++) assert.deepEqual(await replay(), { outcome: "metered" });
    const ledger = await client.ok("GET", `/v1/companies/${COMPANY}/ledger`);
    assert.deepEqual(ledger.data.map(({ credits }: { credits: number }) => credits), [-1]);
    assert.notEqual((await only(client)).replayed_at, null);
  });
});

Deno.test("an event that was too old on arrival stays in quarantine", async () => {
  await withService(async (client) => {
    await client.createCompany();
    await deliver(client, "old", seconds(await client.now()) - 9 * DAY_S);
    const { id } = await only(client, "reason=too_old");
    const replayed = await client.ok("POST", `/v1/quarantine/${id}/replay`);
    assert.deepEqual(replayed, { outcome: "kept", reason: "too_old" });
    assert.equal((await only(client)).replayed_at, null);
  });
});

Deno.test("an event stays in quarantine if its number is claimed after its month is final", async () => {
  await withService(async (client) => {
    const at_s = await nowS(client);
    await deliver(client, "in time", at_s);
    await client.ok("POST", "/v1/test_clock", { advance: "PT960H" });
    await client.createCompany();
    const { id, reason, replayed_at } = await only(client, `company=${COMPANY}`);
    assert.deepEqual([reason, replayed_at], ["month_final", null]);
    const replayed = await client.ok("POST", `/v1/quarantine/${id}/replay`);
    assert.deepEqual(replayed, { outcome: "kept", reason: "month_final" });
    const { data } = await client.ok("GET", `/v1/companies/${COMPANY}/ledger`);
    assert.deepEqual(data, []);
  });
});

Deno.test("quarantined events are counted by reason", async () => {
  await withService(async (client, url) => {
    const at_s = await nowS(client);
    await deliver(client, "unknown number", at_s);
    await client.createCompany();
    for (const id of ["from tomorrow", "and another"]) await deliver(client, id, at_s + DAY_S);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counters = [...metrics.matchAll(/^poli_quarantined_events_total\{reason="(\w+)"\} (\d+)$/gm)];
    assert.deepEqual(Object.fromEntries(counters.map(([, reason, times]) => [reason, Number(times)])), {
      too_old: 0,
      unknown_field: 0,
      in_the_future: 2,
      timestamp_unparseable: 0,
      unreadable: 0,
      unknown_phone_number: 1,
      identity_conflict: 0,
      month_final: 0,
      erased: 0,
    });
  });
});
