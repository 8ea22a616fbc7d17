import assert from "node:assert/strict";
import { distribute } from "../../../tools/distribute/distribute.ts";
import { PLACEMENTS } from "../../../tools/distribute/placements.ts";
import { assertReportsAgree } from "../../support/agreement.ts";
import { COMPANY, playTwoMonths } from "../../support/busy_month.ts";
import { createCitusDatabase, createCitusSchema, testOnCitus } from "../../support/citus.ts";
import { ServiceProcess } from "../../support/service.ts";
import { createOwner, HISTORY } from "../../postgres/company_history.ts";
import { openPostgresStore } from "../../postgres/test_store.ts";
import { runAudit } from "../audit/written_company.ts";

const ACME = "acme" as never;

testOnCitus(
  "on Citus: a database is distributed with all its rows, and a second run changes nothing",
  async () => {
    await using database = await createCitusSchema();
    const storedRows = async () => {
      await using subject = await openPostgresStore(Promise.resolve(withoutDisposal(database)));
      return await subject.storedRows(ACME);
    };
    {
      await using subject = await openPostgresStore(Promise.resolve(withoutDisposal(database)));
      const owner = await createOwner(subject.store);
      for (const step of HISTORY) await subject.writer.write([await step(owner)]);
    }
    const before = await storedRows();
    const lines: string[] = [];
    const run = (dry_run = false) =>
      distribute({ url: database.url, dry_run, print: (line) => lines.push(line) });
    const moves = Object.values(PLACEMENTS).filter((placement) => placement !== "coordinator").length;
    assert.equal(await run(true), moves);
    assert.equal(await run(), moves);
    assert.ok(lines.some((line) => line.startsWith("ledger: about ")), lines.join("\n"));
    assert.deepEqual(await storedRows(), before);
    assert.equal(await run(), 0);
  },
);

testOnCitus(
  "on Citus: the reports of two busy months agree with each other, and the audit with them",
  async () => {
    await using database = await createCitusDatabase();
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
    const { differences, facts } = await runAudit(database.url);
    assert.deepEqual(differences, []);
    assert.ok(facts > 0);
  },
);

function withoutDisposal<Database extends object>(database: Database): Database & AsyncDisposable {
  return { ...database, [Symbol.asyncDispose]: () => Promise.resolve() };
}
