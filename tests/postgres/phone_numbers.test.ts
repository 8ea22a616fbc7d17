import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { PostgresPhoneNumbers } from "../../src/postgres/phone_numbers.ts";
import { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import { TestClockStore } from "../../src/postgres/test_clock.ts";
import { claimOf } from "./store_contract_phone_numbers.ts";
import { eventId, quarantinedEvent } from "./store_contract_directory.ts";
import { createOwner } from "./company_history.ts";
import { at, record, wrote } from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;
const BETA = "beta" as CompanyId;

Deno.test("when two companies claim the same numbers at once, one gets all and the other none", async () => {
  await using subject = await openPostgresStore();
  const numbers = new PostgresPhoneNumbers(subject.pool);
  for (let round = 0; round < 20; round++) {
    const ids = Array.from({ length: 5 }, (_, i) => `${round}-${i}`);
    const [acme, beta] = await Promise.all([
      numbers.claim(claimOf(ACME, ids)),
      numbers.claim(claimOf(BETA, ids.toReversed())),
    ]);
    const winner = acme.length === 0 ? ACME : BETA;
    const loser = winner === ACME ? beta : acme;
    assert.equal(loser.length, 5);
    assert.deepEqual((await numbers.claimsOf(ids)).map(({ company }) => company), ids.map(() => winner));
  }
});

Deno.test("the database refuses a second open claim of a number", async () => {
  await using subject = await openPostgresStore();
  await new PostgresPhoneNumbers(subject.pool).claim(claimOf(ACME, ["1"]));
  await assert.rejects(
    subject.pool.query(
      "insert into phone_numbers (phone_number_id, claim, company_id, claimed_at) values ('1', 2, 'beta', now())",
    ),
    /phone_numbers_owner/,
  );
});

Deno.test("the quarantine is listed newest first, page by page, for one company or all", async () => {
  await using subject = await openPostgresStore();
  const quarantine = new PostgresQuarantine(subject.pool);
  await quarantine.add([quarantinedEvent(1, "n1"), quarantinedEvent(2, "n1"), quarantinedEvent(3, "n1")]);
  const own = await createOwner(subject.store);
  const too_old = {
    ...record(wrote("5511988887777", NOON - 30 * 86_400_000)),
    received_at_ms: NOON + 10,
  };
  await subject.writer.write([(await own.decide(NOON + 10, too_old)).change]);
  const first = await quarantine.list({ limit: 3 });
  assert.deepEqual(first.map(({ company, reason }) => [company, reason]), [
    [ACME, "too_old"],
    [undefined, "unknown_phone_number"],
    [undefined, "unknown_phone_number"],
  ]);
  const rest = await quarantine.list({ limit: 3, before: first.at(-1)! });
  assert.deepEqual(rest.map((row) => row.id), [eventId(1)]);
  assert.equal((await quarantine.list({ limit: 3, company: ACME })).length, 1);
});

Deno.test("the test clock's offset is stored and never decreases", async () => {
  await using subject = await openPostgresStore();
  const clock = new TestClockStore(subject.pool);
  assert.equal(await clock.read(), undefined);
  await clock.write(86_400_000);
  await clock.write(3_600_000);
  assert.equal(await clock.read(), 86_400_000);
});
