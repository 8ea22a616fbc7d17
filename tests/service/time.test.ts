import assert from "node:assert/strict";
import { customerWrote, wamid } from "../support/payloads.ts";
import { withDatabase } from "../support/database.ts";
import type { Client } from "../support/service.ts";
import { COMPANY, LINE, messageOf, seconds, ServiceProcess } from "../support/service.ts";

const ANA = "5511987650001";

async function withService(work: (client: Client, service: ServiceProcess) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    await work(service.client, service);
  });
}

/** Moves the clock to a local time of São Paulo, for example `2026-11-30T23:50`. */
async function moveTo(client: Client, local: string): Promise<void> {
  const at = Temporal.PlainDateTime.from(local).toZonedDateTime("America/Sao_Paulo").toInstant();
  await client.ok("POST", "/v1/test_clock", { now: at.toString() });
}

/** Returns the first of the month after next, so that the machine's date does not matter. */
function monthAhead(): Temporal.PlainDate {
  return Temporal.Now.plainDateISO().add({ months: 2 }).with({ day: 1 });
}

Deno.test("a window that opened at 23:50 closes at midnight, and free-form is refused from then on", async () => {
  await withService(async (client) => {
    const day = monthAhead().add({ days: 9 });
    await client.createCompany();
    await moveTo(client, `${day}T23:50`);
    const at_s = seconds(await client.now());
    assert.equal(await client.deliver(customerWrote(LINE, { phone: ANA }, { id: wamid("a"), at_s })), 200);
    const send = (message_id: string) => ({ message_id, to: ANA, kind: "free_form" });
    const messages = `/v1/companies/${COMPANY}/messages`;
    const allowed = await client.ok("POST", messages, send("before midnight"));
    assert.deepEqual([allowed.outcome, allowed.credits], ["allowed", 0]);
    assert.equal(allowed.window.closes_at, `${day.add({ days: 1 })}T03:00:00Z`);
    await client.ok("POST", "/v1/test_clock", { advance: "PT10M" });
    const refused = await client.call("POST", messages, send("after midnight"));
    assert.deepEqual([refused.status, refused.body.code], [409, "window_closed"]);
    const { open_windows, closed_through, consumed } = await client.balance();
    assert.deepEqual([open_windows.inbound, closed_through, consumed], [0, day.toString(), 1]);
  });
});

Deno.test("at the month's end unused credits expire, the package renews, and each day's report is frozen", async () => {
  await withService(async (client) => {
    const first = monthAhead();
    const last = first.with({ day: first.daysInMonth });
    await client.createCompany();
    await moveTo(client, `${first}T10:00`);
    await client.ok("PUT", `/v1/companies/${COMPANY}/contract`, {
      package: { credits: 100, price: "50.00" },
      excess_credit_price: "0.75",
      currency: "BRL",
    });
    const deliver = async (number: number) => {
      assert.equal(await client.deliver(messageOf(number, seconds(await client.now()))), 200);
    };
    for (const number of [1, 2, 3]) await deliver(number);
    await moveTo(client, `${last}T23:59`);
    await deliver(4);
    assert.equal((await client.balance()).available, 96);
    await moveTo(client, `${last.add({ days: 1 })}T00:00`);
    const renewed = await client.balance();
    assert.deepEqual([renewed.period, renewed.granted, renewed.available, renewed.consumed], [
      last.add({ days: 1 }).toString().slice(0, 7),
      100,
      100,
      0,
    ]);
    const ledger = await client.ok("GET", `/v1/companies/${COMPANY}/ledger?limit=10`);
    // deno-lint-ignore no-explicit-any
    const entries = ledger.data.map(({ type, credits, local_date }: any) => [type, credits, local_date]);
    assert.deepEqual(entries.slice(0, 3), [
      ["grant", 100, last.add({ days: 1 }).toString()],
      ["expiry", -96, last.toString()],
      ["consumption", -1, last.toString()],
    ]);
    const report = await client.ok(
      "GET",
      `/v1/companies/${COMPANY}/usage?from=${first}&to=${last}&as_of=close`,
    );
    // deno-lint-ignore no-explicit-any
    const rows = report.data.map(({ day, feature, direction, units, credits }: any) => {
      return [day, feature, direction, units, credits];
    });
    assert.deepEqual(rows, [
      [first.toString(), "whatsapp.inbound", "inbound", 3, 3],
      [last.toString(), "whatsapp.inbound", "inbound", 1, 1],
    ]);
  });
});

Deno.test("the test clock only moves forward, survives a restart, and responds after the days it passed are closed", async () => {
  await withDatabase(async (database) => {
    const env = { DATABASE_URL: database.url };
    const first = await ServiceProcess.start(env);
    await first.client.createCompany();
    await first.client.ok("POST", "/v1/test_clock", { advance: "P3D" });
    const { closed_through, as_of } = await first.client.balance();
    const back = await first.client.call("POST", "/v1/test_clock", { now: "2020-01-01T00:00:00Z" });
    assert.deepEqual([back.status, back.body.code], [409, "clock_backwards"]);
    assert.equal((await first.end("SIGTERM")).code, 0);
    await using second = await ServiceProcess.start(env);
    const after = await second.client.balance();
    assert.ok(after.as_of >= as_of);
    assert.ok(after.closed_through >= closed_through);
  });
});

Deno.test("without TEST_CLOCK=1 there is no test clock", async () => {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url, TEST_CLOCK: "0" });
    assert.equal((await service.client.call("POST", "/v1/test_clock", { advance: "PT1H" })).status, 404);
  });
});

Deno.test("a viewer sees the balance move as a webhook arrives, and SIGTERM ends the streams and the process", async () => {
  await withService(async (client, service) => {
    await client.createCompany();
    const at_s = seconds(await client.now());
    const seen: number[] = [];
    const watched = Promise.withResolvers<void>();
    const ended = (async () => {
      for await (const { consumed } of client.balances()) {
        seen.push(consumed);
        if (consumed === 0) watched.resolve();
      }
    })();
    await watched.promise;
    assert.equal(await client.deliver(messageOf(1, at_s)), 200);
    while (!seen.includes(1)) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await service.end("SIGTERM")).code, 0);
    await ended;
    assert.deepEqual(seen, [0, 1]);
  });
});
