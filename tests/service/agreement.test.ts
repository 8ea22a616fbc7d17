import assert from "node:assert/strict";
import fc from "fast-check";
import { assertReportsAgree } from "../support/agreement.ts";
import { COMPANY, monthSteps, playMonth } from "../support/busy_month.ts";
import { withDatabase } from "../support/database.ts";
import { ServiceProcess } from "../support/service.ts";

Deno.test("on Postgres too: usage report = ledger = CSV = statement = balance, over two busy months", async () => {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    const { client } = service;
    // Far in the future, so that the machine's date does not matter.
    await client.ok("POST", "/v1/test_clock", { now: "2035-11-04T12:00:00Z" });
    const [all] = fc.sample(monthSteps(250).filter((some) => some.length > 200), { seed: 4, numRuns: 1 });
    await playMonth({
      request: async (method, path, body) => (await client.call(method, path, body)).status,
      deliver: (...changes) => client.deliver(...changes),
      now: async () =>
        Temporal.Instant.from((await client.ok("GET", `/v1/companies/${COMPANY}/balance`)).as_of),
    }, all!);
    await assertReportsAgree(
      { json: (path) => client.ok("GET", path), csv: (path) => client.csv(path) },
      COMPANY,
    );
    for (const filter of ["type=grant", "type=expiry", "type=adjustment", "type=reversal", "late=true"]) {
      const { data } = await client.ok("GET", `/v1/companies/${COMPANY}/ledger?limit=1&${filter}`);
      assert.equal(data.length, 1, `the steps made no entry with ${filter}`);
    }
  });
});
