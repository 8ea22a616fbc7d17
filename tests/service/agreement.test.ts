import assert from "node:assert/strict";
import { assertReportsAgree } from "../support/agreement.ts";
import { COMPANY, playTwoMonths } from "../support/busy_month.ts";
import { withDatabase } from "../support/database.ts";
import { ServiceProcess } from "../support/service.ts";

Deno.test("on Postgres too: usage report = ledger = CSV = statement = balance, over two busy months", async () => {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    const { client } = service;
    await playTwoMonths(client);
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
