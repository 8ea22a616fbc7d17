import assert from "node:assert/strict";
import { type Client as Connection, connect, disconnect } from "../../src/postgres/connection.ts";
import { withDatabase } from "../support/database.ts";
import type { Client } from "../support/service.ts";
import { COMPANY, ServiceProcess } from "../support/service.ts";

const LEDGER = `/v1/companies/${COMPANY}/ledger`;

function byLabel(company: string): string {
  return `/v1/companies/${company}/usage?group_by=attribute:department`;
}

Deno.test("hanging reports block neither readiness nor company creation", async () => {
  await withHungLedger(async (client, hung) => {
    const reports = Array.from({ length: 16 }, () => client.call("GET", LEDGER));
    await hung.until(8);
    assert.equal((await client.call("GET", "/readyz")).status, 200);
    const beta = { name: "Beta", time_zone: "America/Sao_Paulo", phone_number_ids: ["2"] };
    assert.equal((await client.call("PUT", "/v1/companies/beta", beta)).status, 200);
    assert.equal((await client.call("GET", "/v1/quarantine")).status, 200);
    await hung.end();
    for (const { status } of await Promise.all(reports)) assert.equal(status, 200);
  });
});

Deno.test("past the maximum of reports by label the next is 503 with Retry-After, and other reports are served", async () => {
  await withHungLedger(async (client, hung) => {
    const companies = [COMPANY, "beta", "gamma", "delta"];
    for (const [i, company] of companies.entries()) {
      const profile = { name: company, time_zone: "America/Sao_Paulo", phone_number_ids: [`${i + 10}`] };
      await client.ok("PUT", `/v1/companies/${company}`, profile);
    }
    const refused = Promise.withResolvers<Awaited<ReturnType<Client["call"]>>>();
    const reports = companies.map(async (company) => {
      const answer = await client.call("GET", byLabel(company));
      if (answer.status === 503) refused.resolve(answer);
      return answer.status;
    });
    const { body, headers } = await refused.promise;
    assert.deepEqual([body.code, headers.get("retry-after")], ["unavailable", "5"]);
    assert.equal((await client.call("GET", `/v1/companies/${COMPANY}/usage`)).status, 200);
    await hung.end();
    assert.deepEqual((await Promise.all(reports)).sort(), [200, 200, 200, 503]);
    assert.equal((await client.call("GET", byLabel(COMPANY))).status, 200);
  });
});

/** Reports that wait for a lock on the ledger. */
interface Hung {
  /** Resolves when `count` reports wait. */
  until(count: number): Promise<void>;
  /** Releases the lock. */
  end(): Promise<void>;
}

async function withHungLedger(work: (client: Client, hung: Hung) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    await service.client.createCompany();
    const locking = await connect(database.superuser_url, { application_name: "tests" });
    try {
      await locking.query("begin; lock table ledger in access exclusive mode");
      const end = async () => void await locking.query("rollback");
      await work(service.client, { until: (count) => untilWaiting(locking, count), end });
    } finally {
      await disconnect(locking);
    }
  });
}

async function untilWaiting(connection: Connection, count: number): Promise<void> {
  let waiting = 0;
  while (waiting < count) {
    // Within a transaction pg_stat_activity is cached from its first read.
    await connection.query("select pg_stat_clear_snapshot()");
    const { rows } = await connection.query<{ waiting: number }>(
      "select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    waiting = rows[0]!.waiting;
  }
}
