import assert from "node:assert/strict";
import { toBalanceBody } from "../../../src/http/resources/balance_body.ts";
import { type TestDatabase, withDatabase } from "../../support/database.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { createCompanies, runAudit, writeChanges, WrittenCompany } from "./written_company.ts";

const KEY = "pk_test_of_the_audit";

/** Serves a company's balance as the service does, and tests the audit against it. */
async function withLiveBalance(
  answer: (company: WrittenCompany, database: TestDatabase) => unknown,
  test: (url: string, service: { url: string; key: string }) => Promise<void>,
): Promise<void> {
  await withDatabase(async (database) => {
    const company = new WrittenCompany("acme", { at: "2026-11-03 09:00" });
    company.changeContract({ package: 2 });
    for (const contact of [ANA, BETO]) company.wrote(contact, "2026-11-03 10:00");
    company.template(ANA, "2026-11-03 11:00");
    await createCompanies(database.url, company);
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
      assert.equal(new URL(request.url).pathname, "/v1/companies/acme/balance");
      const is_known = request.headers.get("authorization") === `Bearer ${KEY}`;
      if (!is_known) return Response.json({ detail: "give a key that is valid" }, { status: 401 });
      return Response.json(await answer(company, database));
    });
    await test(database.url, { url: `http://127.0.0.1:${server.addr.port}`, key: KEY });
  });
}

Deno.test("a live balance that equals the ledger and the windows agrees", async () => {
  await withLiveBalance((company) => toBalanceBody(company.balance()), async (url, service) => {
    const { differences, live_balances } = await runAudit(url, { service });
    assert.deepEqual(differences, []);
    assert.equal(live_balances, 1);
  });
});

Deno.test("a live balance that differs is reported, with each wrong figure", async () => {
  const answer = (company: WrittenCompany) => {
    const balance = toBalanceBody(company.balance());
    const open_windows = { ...balance.open_windows, inbound: 3 };
    return { ...balance, consumed: 4, excess: 2, open_windows };
  };
  await withLiveBalance(answer, async (url, service) => {
    assert.deepEqual((await runAudit(url, { service })).differences, [
      "acme: consumed of the live balance: expected 3; found 4",
      "acme: excess of the live balance: expected 1; found 2",
      "acme: open inbound windows of the live balance: expected 2; found 3",
    ]);
  });
});

Deno.test("a live balance ahead of the committed version is reported", async () => {
  const answer = (company: WrittenCompany) => ({ ...toBalanceBody(company.balance()), version: 100 });
  await withLiveBalance(answer, async (url, service) => {
    const { differences } = await runAudit(url, { service });
    assert.equal(differences.length, 1);
    assert.match(differences[0]!, /version of the live balance: expected at most 4, .*; found 100/);
  });
});

Deno.test("a company that changed after its answer is requested again", async () => {
  let requests = 0;
  const answer = async (company: WrittenCompany, { url }: TestDatabase) => {
    const shown = toBalanceBody(company.balance());
    if (++requests < 3) {
      company.wrote(`55119876500${10 + requests}`, "2026-11-03 12:00");
      await writeChanges(url, company);
    }
    return shown;
  };
  await withLiveBalance(answer, async (url, service) => {
    const { differences, live_balances } = await runAudit(url, { service });
    assert.deepEqual(differences, []);
    assert.equal(live_balances, 1);
    assert.equal(requests, 3);
  });
});

Deno.test("a company that changes at every request is left out, with a note", async () => {
  let requests = 0;
  const answer = async (company: WrittenCompany, { url }: TestDatabase) => {
    const shown = toBalanceBody(company.balance());
    company.wrote(`55119876500${10 + ++requests}`, "2026-11-03 12:00");
    await writeChanges(url, company);
    return shown;
  };
  await withLiveBalance(answer, async (url, service) => {
    const { differences, live_balances, notes } = await runAudit(url, { service });
    assert.deepEqual(differences, []);
    assert.equal(live_balances, 0);
    assert.match(notes.join(), /acme: its live balance changes faster than it can be compared/);
  });
});

Deno.test("a key that the service rejects stops the audit, with the service's reason", async () => {
  await withLiveBalance((company) => toBalanceBody(company.balance()), async (url, service) => {
    await assert.rejects(runAudit(url, { service: { ...service, key: "another" } }), {
      message: /answered 401: give a key that is valid/,
    });
  });
});
