import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { main as audit } from "../../tools/audit/main.ts";
import { withDatabase } from "../support/database.ts";
import { customerWrote, wamid } from "../support/payloads.ts";
import { COMPANY, LINE, seconds, ServiceProcess } from "../support/service.ts";

const ANA = "5511987650001";

Deno.test("after a restart with other zone data, dates that have begun keep their stored ends, and the audit agrees", async () => {
  await withDatabase(async ({ url }) => {
    const day = Temporal.Now.plainDateISO().add({ months: 2 }).with({ day: 10 });
    {
      await using service = await ServiceProcess.start({ DATABASE_URL: url });
      // Before the company: its first day is then never one that the shifted rows below end too early.
      await service.client.ok("POST", "/v1/test_clock", { now: `${day}T15:00:00Z` });
      await service.client.createCompany();
      assert.equal(
        (await service.client.balance()).open_windows.closes_at,
        `${day.add({ days: 1 })}T03:00:00Z`,
      );
      assert.match(await metric(service, "poli_zone_data_differing_companies"), /^0$/);
    }
    // As if the service had run with zone data in which São Paulo was at UTC-2.
    const client = await connect(url, { application_name: "test" });
    await client.query("update companies set due_at = due_at - interval '1 hour'");
    await client.query("update local_days set ends_at = ends_at - interval '1 hour'");
    await disconnect(client);

    await using service = await ServiceProcess.start({ DATABASE_URL: url });
    assert.match(service.output, /Zone data differ: \S*America\/Sao_Paulo.*padaria/);
    assert.equal(await metric(service, "poli_zone_data_differing_companies"), "1");
    assert.match(await metric(service, "poli_zone_data_info"), /^1$/);
    const write = async (at: string) => {
      await service.client.ok("POST", "/v1/test_clock", { now: at });
      const at_s = seconds(Temporal.Instant.from(at));
      const wrote = customerWrote(LINE, { phone: ANA }, { id: wamid(at), at_s });
      assert.equal(await service.client.deliver(wrote), 200);
    };
    // The day ended at 02:00 UTC: both messages fall on the next one, whose end follows the runtime's zone data.
    await write(`${day.add({ days: 1 })}T02:30:00Z`);
    await write(`${day.add({ days: 1 })}T16:00:00Z`);
    const { consumed, closed_through, open_windows } = await service.client.balance();
    assert.deepEqual([consumed, closed_through, open_windows.inbound], [1, day.toString(), 1]);
    assert.equal(open_windows.closes_at, `${day.add({ days: 2 })}T03:00:00Z`);

    const lines: string[] = [];
    const screen = { line: (text: string) => void lines.push(text), progress() {}, is_terminal: false };
    assert.equal(await audit([], { DATABASE_URL: url }, screen), 0, lines.join("\n"));
    assert.match(lines[0]!, new RegExp(`^${COMPANY}: note: zone data differ: \\d+ local days since`));
  });
});

Deno.test("a message dated tomorrow stores the end of tomorrow, which ends then after a restart with other zone data", async () => {
  await withDatabase(async ({ url }) => {
    const day = Temporal.Now.plainDateISO().add({ months: 2 }).with({ day: 10 });
    const [next, after] = [day.add({ days: 1 }), day.add({ days: 2 })];
    const write = async (service: ServiceProcess, at: string) => {
      const at_s = seconds(Temporal.Instant.from(at));
      const wrote = customerWrote(LINE, { phone: ANA }, { id: wamid(at), at_s });
      assert.equal(await service.client.deliver(wrote), 200);
    };
    {
      await using service = await ServiceProcess.start({ DATABASE_URL: url });
      await service.client.createCompany();
      // 23:57 in São Paulo; Meta's clock is at 00:01.
      await service.client.ok("POST", "/v1/test_clock", { now: `${next}T02:57:00Z` });
      await write(service, `${next}T03:01:00Z`);
      assert.equal((await service.client.balance()).open_windows.closes_at, `${next}T03:00:00Z`);
    }
    // As if the service had run with zone data in which São Paulo leaves UTC-3 for UTC-2 on the next day.
    const client = await connect(url, { application_name: "test" });
    const { rowCount } = await client.query(
      "update local_days set ends_at = ends_at - interval '1 hour' where local_date = $1 and ends_at = $2",
      [next.toString(), `${after}T03:00:00Z`],
    );
    await disconnect(client);
    assert.equal(rowCount, 1);

    await using service = await ServiceProcess.start({ DATABASE_URL: url });
    await service.client.ok("POST", "/v1/test_clock", { now: `${after}T02:30:00Z` });
    // The first is still on the next day; the second, after its stored end, is on the day after.
    await write(service, `${after}T01:59:00Z`);
    assert.equal((await service.client.balance()).consumed, 1);
    await write(service, `${after}T02:15:00Z`);
    const { consumed, closed_through, open_windows } = await service.client.balance();
    assert.deepEqual([consumed, closed_through, open_windows.inbound], [2, next.toString(), 1]);
    assert.equal(open_windows.closes_at, `${after.add({ days: 1 })}T03:00:00Z`);

    const lines: string[] = [];
    const screen = { line: (text: string) => void lines.push(text), progress() {}, is_terminal: false };
    assert.equal(await audit([], { DATABASE_URL: url }, screen), 0, lines.join("\n"));
  });
});

/** Returns the value of a metric, with any labels. */
async function metric({ url }: ServiceProcess, name: string): Promise<string> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.match(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m"))?.[1] ?? "absent";
}
