import assert from "node:assert/strict";
import { Reopening } from "../../actors/reopening.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { DAY_MS } from "../../src/time/units.ts";
import { ACME, balanceIn, MORNING_MS, TestActors, wrote } from "../support/actors.ts";
import { ANA } from "../support/fixtures.ts";

/** Companies whose days were closed until 60 days after {@link MORNING_MS}, and the time is right again. */
async function companiesAhead(...companies: CompanyId[]) {
  const actors = new TestActors();
  const system = actors.createSystem();
  for (const company of companies) {
    await actors.create(company);
    await system.execute(company, wrote(ANA));
  }
  actors.clock.at_ms += 60 * DAY_MS;
  for (const company of companies) await system.execute(company, { type: "close_due_days" });
  actors.clock.at_ms = MORNING_MS + 60_000;
  const notified: CompanyId[] = [];
  const reopening = new Reopening({
    clock: actors.clock,
    store: actors.store,
    companies: system,
    onReopened: (company) => Promise.resolve(void notified.push(company)),
  });
  const reopen = (request: { company?: CompanyId; limit?: number; after?: CompanyId } = {}) =>
    reopening.reopen({ company: undefined, limit: 10, after: undefined, by: "ops", ...request });
  return { actors, system, reopen, notified };
}

const DATES = { closed_through: "2026-11-22", closed_before: "2027-01-21" };

Deno.test("companies ahead of the time are reopened, although their actors no longer have the totals of these days", async () => {
  const { actors, system, reopen, notified } = await companiesAhead(ACME);
  assert.deepEqual(await reopen(), {
    reopened: [{ company: ACME, ...DATES }],
    failed: [],
    last: undefined,
  });
  assert.deepEqual(notified, [ACME]);
  // The total of the day counts on from what it was.
  await system.execute(ACME, wrote("5511987650009", actors.clock.at_ms));
  assert.equal(balanceIn(await system.execute(ACME, { type: "read_balance" })).closed_through, "2026-11-22");
  const totals = actors.store.stored(ACME)!.totalsAfter("2026-11-22" as never);
  assert.deepEqual(totals.map(({ units }) => units), [2]);
  assert.deepEqual(await reopen(), { reopened: [], failed: [], last: undefined });
  await system.stop();
});

Deno.test("companies are reopened in pages, and one alone on request", async () => {
  const [one, two, three] = ["a", "b", "c"] as CompanyId[] as [CompanyId, CompanyId, CompanyId];
  const { system, reopen } = await companiesAhead(one, two, three);
  assert.deepEqual(await reopen({ company: two }), {
    reopened: [{ company: two, ...DATES }],
    failed: [],
    last: undefined,
  });
  const first = await reopen({ limit: 1 });
  assert.deepEqual(first, { reopened: [{ company: one, ...DATES }], failed: [], last: one });
  const rest = await reopen({ limit: 2, after: one });
  assert.deepEqual(rest, { reopened: [{ company: three, ...DATES }], failed: [], last: undefined });
  assert.deepEqual(await reopen({ company: "nobody" as CompanyId }), {
    reopened: [],
    failed: [],
    last: undefined,
  });
  await system.stop();
});

Deno.test("nothing is reopened while the time is uncertain", async () => {
  const { actors, system, reopen } = await companiesAhead(ACME);
  actors.clock.is_certain = false;
  assert.equal(await reopen(), "clock_uncertain");
  assert.equal(actors.store.stored(ACME)!.head.closed_through, "2027-01-21");
  await system.stop();
});

Deno.test("a company that cannot answer is listed as failed, and reopened by the next call", async () => {
  const { actors, system, reopen } = await companiesAhead(ACME);
  actors.writer.script.push("refuse");
  assert.deepEqual(await reopen(), { reopened: [], failed: [ACME], last: undefined });
  assert.deepEqual(await reopen(), {
    reopened: [{ company: ACME, ...DATES }],
    failed: [],
    last: undefined,
  });
  await system.stop();
});
