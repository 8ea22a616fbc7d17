import assert from "node:assert/strict";
import { main as audit } from "../../tools/audit/main.ts";
import { businessNumber, customerWrote, statusesOf, templateStatuses, wamid } from "../support/payloads.ts";
import { createDatabase } from "../support/database.ts";
import { dumpDatabase } from "../support/dump.ts";
import { COMPANY, LINE, seconds, ServiceProcess } from "../support/service.ts";
import { tracesOf } from "../support/identifier_traces.ts";

const OF = `/v1/companies/${COMPANY}`;
const ANA = { phone: "5511987123456" };
const BETO = { phone: "5511985345678" };

Deno.test("after the retention period people are no longer identifiable, and amounts do not change, late facts included", async () => {
  await using database = await createDatabase();
  const env = { DATABASE_URL: database.url, FACTS_KEPT_DAYS: "35" };
  await using service = await ServiceProcess.start(env);
  let { client } = service;
  await client.createCompany();
  await client.ok("PUT", "/v1/features/automation.run", { credits: 3 });
  const at_s = seconds(await client.now());
  const deliverAll = async () => {
    await client.deliver(customerWrote(LINE, ANA, { id: wamid("1"), at_s }));
    await client.deliver(...templateStatuses(LINE, ANA, { id: wamid("2"), sent_at_s: at_s }));
    await client.deliver(customerWrote(LINE, BETO, { id: wamid("3"), at_s: at_s - 20 * 86_400 }));
    await client.deliver(customerWrote(businessNumber(9), BETO, { id: wamid("4"), at_s }));
  };
  await deliverAll();
  await client.ok("POST", `${OF}/usage`, { id: "run-1", feature: "automation.run", quantity: 2 });
  const first = (await client.balance()).period;
  const amountsOwed = async () => {
    const statements = await client.ok("GET", `${OF}/statements`);
    const { consumed, excess, total } = statements.data.find(({ period }: { period: string }) =>
      period === first
    );
    const { data } = await client.ok("GET", `${OF}/ledger?limit=200`);
    const of_month = data.filter(({ period }: { period: string }) => period === first);
    const entries = of_month.map(({ window: _, ...row }: { window: unknown }) => row);
    return { consumed, excess, total, entries };
  };
  const traces = tracesOf(ANA.phone, BETO.phone);
  const readableTraces = async () => {
    const dump = await dumpDatabase(database.superuser_url);
    return traces.filter((trace) => dump.includes(trace));
  };
  assert.ok((await readableTraces()).length > 0);

  await client.ok("POST", "/v1/test_clock", { advance: "P30D" });
  const before = await amountsOwed();
  assert.ok(before.entries.length >= 3);
  assert.ok((await readableTraces()).length > 0, "the facts are within their retention period");
  await client.ok("POST", "/v1/test_clock", { advance: "P45D" });
  await service.printed(/Retention deleted/);
  assert.deepEqual(await readableTraces(), []);
  assert.deepEqual(await amountsOwed(), before);

  // The restart also drops the identities in memory.
  await service.end("SIGTERM");
  await using again = await ServiceProcess.start(env);
  client = again.client;
  const now_s = seconds(await client.now());
  const period = await client.balance();
  await deliverAll();
  for (const status of ["read", "played"]) {
    const read = { id: wamid("2"), at_s: now_s, status, category: "marketing" };
    assert.equal(await client.deliver(statusesOf(LINE, ANA, read)), 200);
  }
  assert.deepEqual(await amountsOwed(), before);
  assert.equal((await client.balance()).consumed, period.consumed);
  const lines: string[] = [];
  const screen = { line: (text: string) => void lines.push(text), progress() {}, is_terminal: false };
  assert.equal(await audit([], { DATABASE_URL: database.url }, screen), 0, lines.join("\n"));
  assert.match(lines.join("\n"), /facts are stored from \d{4}-\d{2}-\d{2} on/);

  await client.deliver(customerWrote(LINE, ANA, { id: wamid("5"), at_s: now_s }));
  assert.equal((await client.balance()).consumed, period.consumed + 1);
});
