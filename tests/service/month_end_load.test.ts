import assert from "node:assert/strict";
import { audit } from "../../tools/audit/audit.ts";
import { MonthEndCompanies } from "../../tools/bench/month_end/companies.ts";
import { startPacedLoad } from "../../tools/bench/paced_load.ts";
import { withDatabase } from "../support/database.ts";
import { SECRETS, ServiceProcess } from "../support/service.ts";

const COMPANIES = 300;

Deno.test("month-end load: all companies of a zone are closed and renewed, and webhooks are answered throughout", async () => {
  await withDatabase(async (database) => {
    const env = { DATABASE_URL: database.url };
    const place = {
      admin_key: SECRETS.ADMIN_KEY,
      app_secret: SECRETS.META_APP_SECRET,
      database_url: database.url,
    };
    await using first = await ServiceProcess.start(env);
    const month_end = new MonthEndCompanies(COMPANIES, { ...place, url: first.url });
    await month_end.create();
    const today = await month_end.today();
    const last_day = today.with({ day: today.daysInMonth });
    await month_end.moveTo(last_day.toPlainDateTime("23:50"));
    await month_end.openWindows();
    await first.end("SIGTERM");
    // After a restart all companies are passive.
    await using second = await ServiceProcess.start(env);
    month_end.useService({ ...place, url: second.url });
    const target = { hostname: "127.0.0.1", port: Number(new URL(second.url).port) };
    // `stop` rejects if any response was not 200.
    const load = await startPacedLoad(target, () => month_end.nextWebhook(COMPANIES / 2), {
      per_s: 100,
      connections: 8,
    });
    await month_end.moveTo(last_day.add({ days: 1 }).toPlainDateTime());
    await load.stop();
    assert.ok(load.takeLatencies().length > 0, "no webhook was sent meanwhile");
    assert.deepEqual(await month_end.findDifferences(last_day), []);
    const differences: string[] = [];
    await audit(
      { database_url: database.url, companies: ["month-end-0", "month-end-149", "month-end-299"] },
      {
        onCompany: () => {},
        onRowsRead: () => {},
        onNote: () => {},
        onDifference: (difference) => void differences.push(JSON.stringify(difference)),
      },
    );
    assert.deepEqual(differences, []);
  });
});
