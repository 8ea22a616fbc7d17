/** The store contract of the rate card and the quarantine, together with that of phone numbers. */

import assert from "node:assert/strict";
import { shardOf } from "../../actors/placement/shards.ts";
import type { CompanyId, ContactKey, FeatureCode } from "../../src/domain/types.ts";
import type { QuarantinedEvent } from "../../src/domain/company/event.ts";
import { credits, INBOUND } from "../../src/domain/types.ts";
import type { RateVersion } from "../../src/domain/rates.ts";
import { createOwner } from "./company_history.ts";
import { claimOf, PHONE_NUMBER_CONTRACT } from "./store_contract_phone_numbers.ts";
import { ACME, BETA, type ContractCheck, MARIA, MINUTE_MS, NOON } from "./store_under_test.ts";
import { at, CompanyOwner, newCompany, record, templateStatus, wrote } from "./owner.ts";

const JOAO = "5521977776666";
const CAMPAIGN = "campaign.run" as FeatureCode;

/** Checks of phone numbers, the rate card and the quarantine, by test name. */
export const DIRECTORY_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  ...PHONE_NUMBER_CONTRACT,

  "the rate card begins with the two kinds of windows at one credit, and free replies, since the beginning":
    async (
      { rates },
    ) => {
      const history = await rates.history();
      assert.deepEqual([...history].map(([feature, [first]]) => [feature, first!.credits]), [
        ["whatsapp.inbound", 1],
        ["whatsapp.outbound", 1],
        ["whatsapp.service_message", 0],
      ]);
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
    },

  "a version of a rate is added once; a second call returns false and changes nothing": async (
    { rates },
  ) => {
    const added = await Promise.all(
      [3, 4].map((amount) =>
        rates.append(version(1, amount), { "pt-BR": `Campanha ${amount}`, en: "Campaign" })
      ),
    );
    assert.deepEqual(added.toSorted(), [false, true]);
    const won = added[0] ? 3 : 4;
    assert.equal((await rates.names()).get(CAMPAIGN)!["pt-BR"], `Campanha ${won}`);
    assert.equal(await rates.append(version(2, 9)), true);
    const history = (await rates.history()).get(CAMPAIGN)!;
    assert.deepEqual(history.map((rate) => [rate.version, rate.credits]), [[1, won], [2, 9]]);
    assert.deepEqual(history[1], version(2, 9));
    await rates.rename(CAMPAIGN, { "pt-BR": "Outra", en: "Other" });
    assert.deepEqual((await rates.names()).get(CAMPAIGN), { "pt-BR": "Outra", en: "Other" });
  },

  "each time zone of all companies is listed once, scheduled ones too": async (subject) => {
    const { rates, store, writer } = subject;
    await store.create(BETA, { ...newCompany("Beta", NOON), time_zone: "Asia/Tokyo" });
    const own = await createOwner(store);
    const moved = {
      time_zone: "America/Manaus",
      template_in_open_window: "charge",
      effective_from: undefined,
    } as const;
    const profile = { name: "Acme", locale: "en", phone_number_ids: [], ...moved };
    await writer.write([(await own.decide(NOON, { type: "configure", profile, by: "tests" })).change]);
    assert.deepEqual(await rates.timeZones(), ["America/Manaus", "America/Sao_Paulo", "Asia/Tokyo"]);
  },

  "the latest date that has begun is that of the company furthest ahead": async ({ store, rates }) => {
    assert.equal(await rates.latestBegun(NOON), undefined);
    await store.create(ACME, newCompany("Acme", NOON));
    await store.create(BETA, newCompany("Beta", NOON, "Asia/Tokyo"));
    const tokyo = at("2026-11-23T15:00:00Z");
    assert.equal(await rates.latestBegun(tokyo - 1), "2026-11-23");
    assert.equal(await rates.latestBegun(tokyo), "2026-11-24");
  },

  "the latest outbound window of all companies is found until it is reversed": async (subject) => {
    const { rates, store, writer } = subject;
    assert.equal(await rates.latestOutbound(NOON), undefined);
    const acme = await createOwner(store);
    const beta = await createOwner(store, BETA);
    const later = NOON + MINUTE_MS;
    const template = (status: "sent" | "failed") => templateStatus(MARIA, "wamid.t", status, later);
    await writer.write([
      (await acme.decide(later, record(template("sent"), wrote(JOAO, later + MINUTE_MS)))).change,
      (await beta.decide(later, record(templateStatus(MARIA, "wamid.t", "sent", NOON)))).change,
    ]);
    assert.equal(await rates.latestOutbound(NOON), later);
    assert.equal(await rates.latestOutbound(later + 5), later + 4);
    await writer.write([(await acme.decide(later, record(template("failed")))).change]);
    assert.equal(await rates.latestOutbound(NOON), NOON);
  },

  "an event of an unclaimed number waits, once, until it is replayed": async (
    { phone_numbers, quarantine },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["n1", "n2"]));
    const events = [quarantinedEvent(1, "n1"), quarantinedEvent(2, "n2"), quarantinedEvent(3, "n1")];
    await quarantine.add(events);
    await quarantine.add([...events, { ...events[0]!, received_at_ms: NOON + 99 }]);
    await quarantine.add([]);
    const waiting = async (number: string, limit = 10) =>
      (await quarantine.waitingFor(number, limit)).map((row) => row.id);
    assert.deepEqual(await waiting("n1"), [eventId(1), eventId(3)]);
    assert.deepEqual(await waiting("n1", 1), [eventId(1)]);
    assert.deepEqual(await waiting("n2"), [eventId(2)]);
    assert.equal(await quarantine.markReplayed(eventId(1), NOON + 50, ACME), true);
    assert.equal(await quarantine.markReplayed(eventId(1), NOON + 60, BETA), false);
    assert.equal(await quarantine.markReplayed(eventId(9), NOON + 60, ACME), false);
    await quarantine.markReplayFailed(eventId(2), "month_final", ACME);
    await quarantine.markReplayFailed(eventId(1), "month_final", BETA);
    assert.deepEqual([await waiting("n1"), await waiting("n2")], [[eventId(3)], []]);
    const row = (await quarantine.get(eventId(1)))!;
    assert.deepEqual([row.reason, row.company, row.replayed_at_ms], [
      "unknown_phone_number",
      ACME,
      NOON + 50,
    ]);
    assert.equal((await quarantine.get(eventId(2)))!.reason, "month_final");
    assert.equal(await quarantine.get(eventId(9)), undefined);
  },

  "numbers that events wait for and a company owns are listed": async (
    { phone_numbers, quarantine },
  ) => {
    await quarantine.add([quarantinedEvent(1, "n1"), quarantinedEvent(2, "n2"), quarantinedEvent(3, "n1")]);
    assert.deepEqual(await quarantine.claimedNumbers(), []);
    await phone_numbers.claim(claimOf(ACME, ["n0", "n1"]));
    assert.deepEqual(await quarantine.claimedNumbers(), ["n1"]);
    await phone_numbers.claim(claimOf(BETA, ["n2"]));
    assert.deepEqual(await quarantine.claimedNumbers(), ["n1", "n2"]);
    assert.deepEqual(await quarantine.claimedNumbers([shardOf(BETA)]), ["n2"]);
    assert.deepEqual(await quarantine.claimedNumbers([]), []);
    await quarantine.markReplayed(eventId(1), NOON + 50, ACME);
    await quarantine.markReplayed(eventId(2), NOON + 50, BETA);
    assert.deepEqual(await quarantine.claimedNumbers(), ["n1"]);
    await quarantine.markReplayFailed(eventId(3), "month_final", ACME);
    assert.deepEqual(await quarantine.claimedNumbers(), []);
  },

  "a quarantined event of a company is found by its id, stored once and replayed once": async (subject) => {
    const { quarantine, store, writer, storedRows } = subject;
    const own = await createOwner(store);
    const too_old = (received_at_ms: number) => {
      return { ...record(wrote(MARIA, NOON - 30 * 86_400_000)), received_at_ms };
    };
    await writer.write([(await own.decide(NOON, too_old(NOON))).change]);
    const fresh = await CompanyOwner.of(store, ACME);
    await writer.write([(await fresh.decide(NOON, too_old(NOON + 1))).change]);
    const [event, ...more] = (await storedRows(ACME)).quarantine;
    assert.deepEqual(more, []);
    const row = (await quarantine.get(event!.id))!;
    assert.deepEqual([row.company, row.reason, row.received_at_ms], [ACME, "too_old", NOON]);
    assert.equal(await quarantine.markReplayed(event!.id, NOON + 2, ACME), true);
    assert.equal((await quarantine.get(event!.id))!.replayed_at_ms, NOON + 2);
  },

  "an erasure removes the person from quarantined events, and from older events that arrive later": async (
    { quarantine },
  ) => {
    const [maria, other] = ["00000000-0000-4000-8000-00000000aaaa", "00000000-0000-4000-8000-00000000bbbb"];
    const of = (n: number, people: string[], at_ms: number) => {
      return { ...quarantinedEvent(n, "n1"), people, event: { message_id: `wamid.${n}`, at_ms } };
    };
    await quarantine.add([of(1, [maria, other], NOON), of(2, [other], NOON)]);
    assert.equal(await quarantine.erase(ACME, [], [maria], NOON + 10), 1);
    await quarantine.add([of(3, [maria], NOON + 10), of(4, [maria], NOON + 11)]);
    const reasons = await Promise.all(
      [1, 2, 3, 4].map(async (n) => (await quarantine.get(eventId(n)))!.reason),
    );
    assert.deepEqual(reasons, ["erased", "unknown_phone_number", "erased", "unknown_phone_number"]);
    assert.deepEqual((await quarantine.get(eventId(3)))!.event, { type: "erased" });
  },

  "a replayed event belongs to the company that it was replayed on, metered or not": async (
    { phone_numbers, quarantine },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["n1"]));
    await quarantine.add([1, 2, 3, 4].map((n) => quarantinedEvent(n, "n1")));
    const companyOf = async (n: number) => (await quarantine.get(eventId(n)))!.company;
    await quarantine.markReplayed(eventId(1), NOON + 50, ACME);
    await quarantine.markReplayFailed(eventId(2), "month_final", ACME);
    await quarantine.markReplayFailed(eventId(3), "unknown_phone_number", undefined);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(companyOf)), [ACME, ACME, undefined, undefined]);
    assert.deepEqual((await quarantine.waitingFor("n1", 10)).map((row) => row.id), [eventId(3), eventId(4)]);
    // An operator replays it after another company has claimed the number: it stays with the first.
    await quarantine.markReplayFailed(eventId(2), "too_old", BETA);
    assert.deepEqual([await companyOf(2), (await quarantine.get(eventId(2)))!.reason], [ACME, "too_old"]);
  },

  "an event that is erased during a replay stays erased and is not replayed again": async (
    { phone_numbers, quarantine },
  ) => {
    await phone_numbers.claim(claimOf(ACME, ["n1"]));
    const maria = "00000000-0000-4000-8000-00000000aaaa";
    await quarantine.add([{ ...quarantinedEvent(1, "n1"), people: [maria] }, quarantinedEvent(2, "n1")]);
    await quarantine.erase(ACME, [], [maria], NOON + 10);
    await quarantine.markReplayFailed(eventId(1), "month_final", ACME);
    assert.equal((await quarantine.get(eventId(1)))!.reason, "erased");
    assert.deepEqual((await quarantine.waitingFor("n1", 10)).map((row) => row.id), [eventId(2)]);
  },

  "events of the future are listed by their times once these have come, until a replay meters them": async (
    { quarantine },
  ) => {
    const future = (n: number, at_ms: number) =>
      ({ ...quarantinedEvent(n, "n1"), reason: "in_the_future", event: { at_ms } }) as const;
    await quarantine.add([
      future(1, NOON + 200),
      future(2, NOON + 100),
      future(3, NOON + 200),
      future(4, NOON + 300),
      quarantinedEvent(5, "n1"),
    ]);
    const due = async (at_ms: number, limit = 10, after?: { at_ms: number; id: string }) =>
      (await quarantine.waitingForTheirTime(at_ms, limit, after)).map(({ id }) => id);
    assert.deepEqual(await due(NOON + 99), []);
    assert.deepEqual(await due(NOON + 200), [eventId(2), eventId(1), eventId(3)]);
    assert.deepEqual(await due(NOON + 200, 2), [eventId(2), eventId(1)]);
    assert.deepEqual(await due(NOON + 300, 2, { at_ms: NOON + 200, id: eventId(1) }), [
      eventId(3),
      eventId(4),
    ]);
    const of_shards = async (shards: readonly number[]) =>
      (await quarantine.waitingForTheirTime(NOON + 300, 10, undefined, shards)).map(({ id }) => id);
    // These events belong to no company yet.
    assert.deepEqual(await of_shards([shardOf(ACME)]), []);
    assert.equal((await of_shards([shardOf(ACME), shardOf("" as CompanyId)])).length, 4);
    await quarantine.markReplayFailed(eventId(4), "in_the_future", ACME);
    assert.deepEqual(await of_shards([shardOf(ACME)]), [eventId(4)]);
    await quarantine.markReplayed(eventId(3), NOON + 400, ACME);
    await quarantine.markReplayFailed(eventId(2), "unknown_phone_number", undefined);
    assert.deepEqual(await due(NOON + 300), [eventId(1), eventId(4)]);
    const listed = await quarantine.list({ reason: "in_the_future", unreplayed: true, limit: 10 });
    assert.deepEqual(listed.map(({ id }) => id), [eventId(4), eventId(1)]);
  },

  "a contact's identifiers are listed until they are erased": async ({ store, writer }) => {
    const own = await createOwner(store);
    const bsuid = "BR.1349120865";
    await writer.write([(await own.decide(NOON, record(wrote(MARIA, NOON, bsuid)))).change]);
    const id = own.state.keyring.contact(MARIA) as ContactKey as string as never;
    assert.deepEqual((await store.identifiersOf(ACME, id)).toSorted(), [MARIA, bsuid]);
    const contact = { phone: MARIA, bsuid: undefined };
    await writer.write([(await own.decide(NOON, { type: "erase_contact", contact })).change]);
    assert.deepEqual(await store.identifiersOf(ACME, id), []);
  },
};

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

/** Creates an event of an unclaimed number. */
export function quarantinedEvent(n: number, phone_number_id: string): QuarantinedEvent {
  return {
    id: eventId(n),
    reason: "unknown_phone_number",
    phone_number_id,
    received_at_ms: NOON + n,
    event: { message_id: `wamid.${n}` },
  };
}

/** The id of the nth event. */
export function eventId(n: number): string {
  return `00000000-0000-4000-8000-00000000000${n}`;
}
