import assert from "node:assert/strict";
import type { QuarantinedEvent } from "../../src/domain/company/event.ts";
import type { CompanyId, FeatureCode } from "../../src/domain/names.ts";
import { credits, INBOUND } from "../../src/domain/names.ts";
import type { RateVersion } from "../../src/domain/rates.ts";
import { PhoneNumbers } from "../../src/store/postgres/phone_numbers.ts";
import { Quarantine } from "../../src/store/postgres/quarantine.ts";
import { GeneralRates } from "../../src/store/postgres/rates.ts";
import { TestClockStore } from "../../src/store/postgres/test_clock.ts";
import { owner } from "./life.ts";
import { at, newCompany, record, wrote } from "./owner.ts";
import { openPostgres } from "./postgres_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;
const BETA = "beta" as CompanyId;
const CAMPAIGN = "campaign.run" as FeatureCode;

Deno.test("numbers are claimed all together or, when another company has one, not at all", async () => {
  await using subject = await openPostgres();
  const numbers = new PhoneNumbers(subject.pool);
  assert.deepEqual(await numbers.claim(ACME, ["1", "2", "2"], NOON), { taken: [] });
  assert.deepEqual(await numbers.claim(ACME, ["2", "3"], NOON), { taken: [] });
  assert.deepEqual(await numbers.claim(BETA, ["4", "3", "1"], NOON), {
    taken: [{ phone_number_id: "1" }, { phone_number_id: "3" }],
  });
  assert.equal(await numbers.ownerOf("4"), undefined);
  assert.equal(await numbers.ownerOf("3"), ACME);
  assert.deepEqual(await numbers.claim(BETA, [], NOON), { taken: [] });
});

Deno.test("of two companies that claim the same numbers at once, one gets all and the other none", async () => {
  await using subject = await openPostgres();
  const numbers = new PhoneNumbers(subject.pool);
  for (let round = 0; round < 20; round++) {
    const ids = Array.from({ length: 5 }, (_, i) => `${round}-${i}`);
    const [acme, beta] = await Promise.all([
      numbers.claim(ACME, ids, NOON),
      numbers.claim(BETA, ids.toReversed(), NOON),
    ]);
    const winner = acme.taken.length === 0 ? ACME : BETA;
    const loser = winner === ACME ? beta : acme;
    assert.equal(loser.taken.length, 5);
    for (const id of ids) assert.equal(await numbers.ownerOf(id), winner);
  }
});

Deno.test("numbers that are released are free, the others stay, and the next owner reads them", async () => {
  await using subject = await openPostgres();
  const numbers = new PhoneNumbers(subject.pool);
  await subject.store.create(ACME, newCompany("Acme", NOON));
  await numbers.claim(ACME, ["3", "1", "2"], NOON);
  assert.deepEqual(await numbers.release(ACME, ["2"]), ["1", "3"]);
  await numbers.claim(BETA, ["1"], NOON);
  assert.deepEqual((await numbers.all()).sort((a, b) => a.phone_number_id < b.phone_number_id ? -1 : 1), [
    { phone_number_id: "1", company: BETA },
    { phone_number_id: "2", company: ACME },
  ]);
  assert.deepEqual((await subject.store.activate(ACME))!.phone_number_ids, ["2"]);
});

Deno.test("the general card begins with the two kinds of windows, at one credit from always", async () => {
  await using subject = await openPostgres();
  const rates = new GeneralRates(subject.pool);
  const history = await rates.history();
  assert.deepEqual([...history.keys()], ["whatsapp.inbound", "whatsapp.outbound"]);
  assert.deepEqual(history.get(INBOUND), [{
    company: null,
    feature: "whatsapp.inbound",
    version: 1,
    credits: 1,
    effective_from: null,
    from_ms: null,
    recorded_at_ms: 0,
    recorded_by: "built-in",
  }]);
  assert.deepEqual((await rates.names()).get(INBOUND)?.en, "Conversation opened by the customer");
});

Deno.test("a version of a feature is added once: who comes second is told, and changes nothing", async () => {
  await using subject = await openPostgres();
  const rates = new GeneralRates(subject.pool);
  const made = await Promise.all(
    [3, 4].map((amount) =>
      rates.append(version(1, amount), { "pt-BR": `Campanha ${amount}`, en: "Campaign" })
    ),
  );
  assert.deepEqual(made.toSorted(), [false, true]);
  const won = made[0] ? 3 : 4;
  assert.equal((await rates.names()).get(CAMPAIGN)!["pt-BR"], `Campanha ${won}`);
  assert.equal(await rates.append(version(2, 9)), true);
  const history = (await rates.history()).get(CAMPAIGN)!;
  assert.deepEqual(history.map((rate) => [rate.version, rate.credits]), [[1, won], [2, 9]]);
  assert.deepEqual(history[1], version(2, 9));
  await rates.rename(CAMPAIGN, { "pt-BR": "Outra", en: "Other" });
  assert.deepEqual((await rates.names()).get(CAMPAIGN), { "pt-BR": "Outra", en: "Other" });
});

Deno.test("the time zones of all companies are told once each", async () => {
  await using subject = await openPostgres();
  for (const [company, time_zone] of [["a", "Asia/Tokyo"], ["b", "America/Sao_Paulo"], ["c", "Asia/Tokyo"]]) {
    await subject.store.create(company as CompanyId, {
      ...newCompany(company!, NOON),
      time_zone: time_zone!,
    });
  }
  const rates = new GeneralRates(subject.pool);
  assert.deepEqual(await rates.timeZones(), ["America/Sao_Paulo", "Asia/Tokyo"]);
});

Deno.test("what no company has a number for waits, once, until it is replayed", async () => {
  await using subject = await openPostgres();
  const quarantine = new Quarantine(subject.pool);
  const events = [quarantined(1, "n1"), quarantined(2, "n2"), quarantined(3, "n1")];
  await quarantine.add(events);
  await quarantine.add([...events, { ...events[0]!, received_at_ms: NOON + 99 }]);
  await quarantine.add([]);
  const waiting = async (numbers: readonly string[], limit = 10) =>
    (await quarantine.waitingFor(numbers, limit)).map((row) => row.id);
  assert.deepEqual(await waiting(["n1"]), [id(1), id(3)]);
  assert.deepEqual(await waiting(["n1"], 1), [id(1)]);
  assert.deepEqual(await waiting(["n1", "n2"]), [id(1), id(2), id(3)]);
  assert.equal(await quarantine.markReplayed(id(1), NOON + 50), true);
  assert.equal(await quarantine.markReplayed(id(1), NOON + 60), false);
  await quarantine.markKept(id(2), "month_final");
  assert.deepEqual(await waiting(["n1", "n2"]), [id(3)]);
  assert.deepEqual(await quarantine.get(events[0]!.id), {
    ...events[0],
    company: undefined,
    replayed_at_ms: NOON + 50,
  });
  assert.equal(await quarantine.get(id(9)), undefined);
});

Deno.test("the quarantine is listed newest first, page by page, of one company or of all", async () => {
  await using subject = await openPostgres();
  const quarantine = new Quarantine(subject.pool);
  await quarantine.add([quarantined(1, "n1"), quarantined(2, "n1"), quarantined(3, "n1")]);
  const own = await owner(subject.store);
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
  assert.deepEqual(rest.map((row) => row.id), [id(1)]);
  assert.equal((await quarantine.list({ limit: 3, company: ACME })).length, 1);
});

Deno.test("the test clock's offset is kept, and never goes back", async () => {
  await using subject = await openPostgres();
  const clock = new TestClockStore(subject.pool);
  assert.equal(await clock.read(), undefined);
  await clock.write(86_400_000);
  await clock.write(3_600_000);
  assert.equal(await clock.read(), 86_400_000);
});

function version(number: number, amount: number): RateVersion {
  return {
    company: null,
    feature: CAMPAIGN,
    version: number,
    credits: credits(amount),
    effective_from: number === 1 ? null : "2026-12-01" as RateVersion["effective_from"],
    from_ms: number === 1 ? null : NOON + 1,
    recorded_at_ms: NOON,
    recorded_by: "tests",
  };
}

function quarantined(n: number, phone_number_id: string): QuarantinedEvent {
  return {
    id: id(n),
    reason: "unknown_phone_number",
    phone_number_id,
    received_at_ms: NOON + n,
    event: { message_id: `wamid.${n}` },
  };
}

function id(n: number): string {
  return `00000000-0000-4000-8000-00000000000${n}`;
}
