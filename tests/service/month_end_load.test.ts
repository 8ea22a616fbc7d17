import assert from "node:assert/strict";
import { audit } from "../../tools/audit/audit.ts";
import { MonthEndCompanies } from "../../tools/bench/month_end/companies.ts";
import { startPacedLoad } from "../../tools/bench/month_end/paced_load.ts";
import { withDatabase } from "../support/database.ts";
import { SECRETS, ServiceProcess } from "../support/service.ts";

const COMPANIES = 300;

Deno.test("a herd of one zone crosses a month's end: all are closed and renewed, and webhooks are answered throughout", async () => {
  await withDatabase(async (database) => {
    const env = { DATABASE_URL: database.url };
    const place = {
      admin_key: SECRETS.ADMIN_KEY,
      app_secret: SECRETS.META_APP_SECRET,
      database_url: database.url,
    };
    await using first = await ServiceProcess.start(env);
    const herd = new MonthEndCompanies(COMPANIES, { ...place, url: first.url });
    await herd.create();
    const today = await herd.today();
    const last_day = today.with({ day: today.daysInMonth });
    await herd.moveTo(last_day.toPlainDateTime("23:50"));
    await herd.openWindows();
    await first.end("SIGTERM");
    // Whoever was just started finds all of them asleep.
    await using second = await ServiceProcess.start(env);
    herd.useService({ ...place, url: second.url });
    const target = { hostname: "127.0.0.1", port: Number(new URL(second.url).port) };
    // Stopping rejects when anything was not answered 200.
    const load = await startPacedLoad(target, () => herd.nextWebhook(COMPANIES / 2), {
      per_s: 100,
      connections: 8,
    });
    await herd.moveTo(last_day.add({ days: 1 }).toPlainDateTime());
    await load.stop();
    assert.ok(load.takeLatencies().length > 0, "no webhook came meanwhile");
    assert.deepEqual(await herd.unclosed(last_day), []);
    const differences: string[] = [];
    await audit({ database_url: database.url, companies: ["herd-0", "herd-149", "herd-299"] }, {
      onCompany: () => {},
      onRowsRead: () => {},
      onNote: () => {},
      onDifference: (difference) => void differences.push(JSON.stringify(difference)),
    });
    assert.deepEqual(differences, []);
  });
});
