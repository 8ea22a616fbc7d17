/** The store contract of contacts and sends: loading, merging and erasure. */

import assert from "node:assert/strict";
import type { CompanyId, ContactKey, MessageKey } from "../../src/domain/types.ts";
import type { Command, Reply } from "../../src/domain/company/command.ts";
import { DAY_MS } from "../../src/time/units.ts";
import { createOwner } from "./company_history.ts";
import {
  CompanyOwner,
  numberChanged,
  record,
  sendTemplate,
  templateStatus,
  useAutomation,
  wrote,
} from "./owner.ts";
import { ACME, BETA, type ContractCheck, MARIA, MINUTE_MS, NOON, writeOne } from "./store_under_test.ts";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

/** Checks of contacts and sends, by test name. */
export const CONTACT_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "a contact is loaded with its facts, and a redelivered message is not charged again": async (
    { writer, store },
  ) => {
    const old = await createOwner(store);
    await writeOne(writer, (await old.decide(NOON, record(wrote(MARIA, NOON)))).change);
    const fresh = await CompanyOwner.of(store, ACME);
    const again = await fresh.decide(NOON + MINUTE_MS, record(wrote(MARIA, NOON)));
    assert.deepEqual(again.change.events, []);
  },

  "two merged numbers are loaded as one person, by either number": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const later = NOON + MINUTE_MS;
    const other = "5511977776666";
    const two = await own.decide(NOON, record(wrote(MARIA, NOON), wrote(other, later)));
    await writeOne(writer, two.change);
    await writeOne(
      writer,
      (await own.decide(later, record(numberChanged(MARIA, other, later)))).change,
    );
    const key = (phone: string) => own.state.keyring.contact(phone);
    for (const phone of [MARIA, other]) {
      const { people } = await store.load(ACME, {
        contacts: [key(phone)],
        messages: [],
        usage_ids: [],
        sends: [],
      });
      assert.deepEqual(people.map(({ id, keys, facts }) => [id, keys.length, facts.length]), [[
        key(MARIA),
        2,
        3,
      ]]);
    }
    assert.deepEqual((await storedRows(ACME)).windows.map(({ contact }) => contact), [key(MARIA)]);
  },

  "a key that is learned and merged in one change belongs to the merged contact": async (
    subject,
  ) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const bsuid = "BR.1349120865";
    const events = record(
      wrote(bsuid, NOON),
      wrote(MARIA, NOON + MINUTE_MS),
      wrote(MARIA, NOON + 2 * MINUTE_MS, bsuid),
    );
    await writeOne(writer, (await own.decide(NOON + 2 * MINUTE_MS, events)).change);
    const id = own.state.keyring.contact(MARIA);
    const { contacts } = await storedRows(ACME);
    assert.deepEqual(
      new Set(
        contacts.map(({ contact_id, by_phone, identifier }) => `${contact_id} ${by_phone} ${identifier}`),
      ),
      new Set([`${id} true ${MARIA}`, `${id} false ${bsuid}`]),
    );
  },

  "two contacts erased as one person stay one person for the next owner": async ({ writer, store }) => {
    const own = await createOwner(store);
    const bsuid = "BR.1349120865";
    const apart = record(wrote(MARIA, NOON), wrote(bsuid, NOON + MINUTE_MS));
    await writeOne(writer, (await own.decide(NOON + MINUTE_MS, apart)).change);
    const later = NOON + 2 * MINUTE_MS;
    const contact = { phone: MARIA, bsuid };
    await writeOne(writer, (await own.decide(later, { type: "erase_contact", contact })).change);
    const fresh = await CompanyOwner.of(store, ACME);
    const failed = record(
      templateStatus(bsuid, "wamid.t", "sent", NOON),
      templateStatus(MARIA, "wamid.t", "failed", NOON),
    );
    await writeOne(writer, (await fresh.decide(later, failed)).change);
    const balance = (await fresh.decide(later, { type: "read_balance" })).replies[0]!;
    assert.ok(balance.type === "balance");
    assert.equal(balance.balance.consumed, 1);
  },

  "quarantined events of a contact that turns out to be an erased person are erased, up to the erasure":
    async (
      { writer, store, storedRows },
    ) => {
      const own = await createOwner(store);
      const beta = await createOwner(store, BETA);
      const [bsuid, other] = ["BR.1349120865", "BR.1349120866"];
      const atNoon = (contact: string, days: number): Command =>
        ({ ...record(wrote(contact, NOON + days * DAY_MS)), received_at_ms: NOON }) as Command;
      const quarantined = async (company: CompanyId) =>
        (await storedRows(company)).quarantine.map(({ reason, event }) =>
          `${reason} ${(event as { type: string }).type}`
        ).sort();
      const earlier = [record(wrote(MARIA, NOON)), atNoon(bsuid, -9), atNoon(bsuid, 9), atNoon(other, -9)];
      await writeOne(writer, (await own.decide(NOON, ...earlier)).change);
      await writeOne(writer, (await beta.decide(NOON, atNoon(bsuid, -9))).change);
      const later = NOON + 2 * MINUTE_MS;
      const contact = { phone: MARIA, bsuid: undefined };
      await writeOne(writer, (await own.decide(later, { type: "erase_contact", contact })).change);
      assert.deepEqual(await quarantined(ACME), ["in_the_future wrote", "too_old wrote", "too_old wrote"]);
      // One change quarantines more events, and learns that they mention the erased person.
      const one_change = [
        atNoon(bsuid, -10),
        atNoon(bsuid, 10),
        record(wrote(MARIA, NOON + MINUTE_MS, bsuid)),
      ];
      await writeOne(writer, (await own.decide(later, ...one_change)).change);
      assert.deepEqual(await quarantined(ACME), [
        "erased erased",
        "erased erased",
        "in_the_future wrote",
        "in_the_future wrote",
        "too_old wrote",
      ]);
      assert.deepEqual(await quarantined(BETA), ["too_old wrote"]);
    },

  "a load omits unknown keys, and companies never see each other's rows": async ({ writer, store }) => {
    const acme = await createOwner(store);
    await createOwner(store, BETA);
    const decided = await acme.decide(
      NOON,
      record(wrote(MARIA, NOON)),
      useAutomation("run-1", 1),
      sendTemplate(MARIA, "message-1"),
    );
    await writeOne(writer, decided.change);
    const missing = {
      contacts: [acme.state.keyring.contact(MARIA), UNKNOWN as ContactKey],
      messages: [],
      usage_ids: ["run-1", "run-2"],
      sends: [acme.state.keyring.message("message-1"), UNKNOWN as MessageKey],
    };
    const [of_acme, of_beta, of_unknown] = await Promise.all([
      store.load(ACME, missing),
      store.load(BETA, missing),
      store.load("unknown" as CompanyId, missing),
    ]);
    assert.deepEqual(
      [of_acme.people.length, of_acme.usages.map(({ id }) => id), of_acme.sends.map(({ key }) => key)],
      [1, ["run-1"], [missing.sends[0]]],
    );
    const nothing = { people: [], usages: [], sends: [] };
    assert.deepEqual([of_beta, of_unknown], [nothing, nothing]);
    assert.deepEqual(
      await store.load(ACME, { contacts: [], messages: [], usage_ids: [], sends: [] }),
      nothing,
    );
  },

  "the next owner finds the contact of a send by its message_id, also after a merge": async (
    { writer, store },
  ) => {
    const first = await createOwner(store);
    const sent = await first.decide(
      NOON,
      sendTemplate("BR.1001", "message-1"),
      // The day before: it opens no window in place of the template.
      record(wrote(MARIA, NOON - DAY_MS), wrote(MARIA, NOON - DAY_MS + 1_000, "BR.1001")),
    );
    await writeOne(writer, sent.change);
    const failure = { message_id: "message-1", failed_at_ms: undefined, error_code: "132000" };
    const report = { type: "report_send_failure", failure } as const;
    const next = await CompanyOwner.of(store, ACME);
    const reported = await next.decide(NOON, report);
    assert.equal(given(reported.replies[0]!), 1);
    await writeOne(writer, reported.change);
    const again = await (await CompanyOwner.of(store, ACME)).decide(NOON, report);
    assert.equal(given(again.replies[0]!), 0);
    assert.deepEqual(again.change.events, []);
  },

  "the next owner gives the same answer to the same message_id": async ({ writer, store }) => {
    const first = await (await createOwner(store)).decide(NOON, sendTemplate(MARIA, "message-1"));
    await writeOne(writer, first.change);
    const again = await (await CompanyOwner.of(store, ACME)).decide(NOON, sendTemplate(MARIA, "message-1"));
    // As it is shown: a field that is undefined is in no JSON.
    assert.deepEqual(again.replies, JSON.parse(JSON.stringify(first.replies)));
    assert.deepEqual(again.change.events, []);
  },
};

function given(reply: Reply): number {
  if (reply.type !== "send_failure_recorded") assert.fail(`got ${reply.type}`);
  return reply.credits;
}
