/** What every store promises: the suite that Postgres and its stand-in in memory are both held to. */

import assert from "node:assert/strict";
import type { Change } from "../../src/domain/company/change.ts";
import type { ListedCompany } from "../../src/domain/company/command.ts";
import type { NewCompany } from "../../src/domain/company/new_company.ts";
import type { CompanyId, ContactId, ContactKey, MessageKey } from "../../src/domain/types.ts";
import type { Writer } from "../../src/journal/journal.ts";
import type { PostgresPhoneNumbers } from "../../src/postgres/phone_numbers.ts";
import type { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import type { PostgresRateCard } from "../../src/postgres/rates.ts";
import type { StoredRows } from "./stored_rows.ts";
import { createOwner, HISTORY } from "./company_history.ts";
import {
  agreeContract,
  at,
  CompanyOwner,
  newCompany,
  noted,
  numberChanged,
  type OwnerStore,
  record,
  sendTemplate,
  templateStatus,
  useAutomation,
  wrote,
} from "./owner.ts";

/** A store under test. */
export interface StoreUnderTest {
  readonly writer: Writer;
  readonly store: OwnerStore & {
    create(company: CompanyId, made: NewCompany): Promise<boolean>;
    dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
    list(limit: number, after?: CompanyId): Promise<ListedCompany[]>;
    identifiersOf(company: CompanyId, contact: ContactId): Promise<string[]>;
  };
  readonly phone_numbers: Pick<PostgresPhoneNumbers, "claim" | "release" | "all" | "ownersOf">;
  readonly rates: Pick<
    PostgresRateCard,
    "history" | "names" | "append" | "rename" | "timeZones" | "latestOutbound"
  >;
  readonly quarantine: Pick<
    PostgresQuarantine,
    "add" | "erase" | "get" | "markReplayed" | "markReplayFailed" | "waitingFor" | "claimedNumbers"
  >;
  /** Everything it keeps of a company. */
  storedRows(company: CompanyId): Promise<StoredRows>;
}

export type ContractCheck = (subject: StoreUnderTest) => Promise<void>;

const NOON = at("2026-11-23T12:00:00Z");
const MINUTE_MS = 60_000;
const ACME = "acme" as CompanyId;
const BETA = "beta" as CompanyId;
const MARIA = "5511988887777";

/** The promises, by what they say. */
export const STORE_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "a company begins on the local date it was made on, with its first settings": async ({ store }) => {
    // 01:00 UTC is still the day before in São Paulo.
    assert.equal(await store.create(ACME, newCompany("Acme", at("2026-11-23T01:00:00Z"))), true);
    const activation = (await store.activate(ACME))!;
    const { epoch, version, ledger_seq, closed_through, due_at_ms, name, locale } = activation;
    assert.deepEqual({ epoch, version, ledger_seq, closed_through, due_at_ms, name, locale }, {
      epoch: 1,
      version: 0,
      ledger_seq: 0,
      closed_through: "2026-11-21",
      due_at_ms: at("2026-11-23T03:00:00Z"),
      name: "Acme",
      locale: "pt-BR",
    });
    assert.deepEqual(activation.settings, [{
      version: 1,
      effective_from: "0001-01-01",
      time_zone: "America/Sao_Paulo",
      template_in_open_window: "charge",
      recorded_at_ms: at("2026-11-23T01:00:00Z"),
      recorded_by: "tests",
    }]);
    assert.deepEqual(activation.contact_secret, newCompany("Acme", 0).contact_secret);
  },

  "a company is made once, and stays as it was": async ({ store }) => {
    await store.create(ACME, newCompany("Acme", NOON));
    assert.equal(await store.create(ACME, newCompany("Other", NOON)), false);
    assert.equal((await store.activate(ACME))!.name, "Acme");
  },

  "there is nothing to activate where there is no company": async ({ store }) => {
    assert.equal(await store.activate(ACME), undefined);
  },

  "each activation raises the epoch, and shuts the owner before it out": async (
    { writer, store, storedRows },
  ) => {
    const first = await createOwner(store);
    const second = await CompanyOwner.of(store, ACME);
    assert.ok(second.state.epoch > first.state.epoch);
    const late = await first.decide(NOON, record(wrote(MARIA, NOON)));
    const before = await storedRows(ACME);
    assert.deepEqual(await writeAll(writer, late.change), []);
    assert.deepEqual(await storedRows(ACME), before);
    const { change } = await second.decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual(await writeAll(writer, change), [ACME]);
  },

  "a change is written once": async ({ writer, store, storedRows }) => {
    const { change } = await (await createOwner(store)).decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual(await writeAll(writer, change), [ACME]);
    const before = await storedRows(ACME);
    assert.deepEqual(await writeAll(writer, change), []);
    assert.deepEqual(await storedRows(ACME), before);
    assert.equal(before.ledger.length, 1);
  },

  "a change that does not begin where its company stands is not written": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    await writeOne(writer, (await own.decide(NOON, record(wrote(MARIA, NOON)))).change);
    const { change } = await own.decide(NOON + MINUTE_MS, record(noted(MARIA, NOON + MINUTE_MS)));
    const before = await storedRows(ACME);
    for (const from_version of [change.from_version - 1, change.from_version + 1]) {
      assert.deepEqual(await writeAll(writer, { ...change, from_version, version: from_version + 1 }), []);
      assert.deepEqual(await storedRows(ACME), before);
    }
    assert.deepEqual(await writeAll(writer, change), [ACME]);
  },

  "a company that does not hold costs the others of its statement nothing": async (subject) => {
    const { writer, store, storedRows } = subject;
    const stale = await (await createOwner(store)).decide(NOON, record(wrote(MARIA, NOON)));
    await CompanyOwner.of(store, ACME);
    const fresh = await (await createOwner(store, BETA)).decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual(await writeAll(writer, stale.change, fresh.change), [BETA]);
    assert.equal((await storedRows(ACME)).facts.length, 0);
    assert.equal((await storedRows(BETA)).facts.length, 1);
  },

  "what a new owner reads is what the old one held": async ({ writer, store }) => {
    const old = await createOwner(store);
    for (const step of HISTORY) await writeOne(writer, await step(old));
    const fresh = await CompanyOwner.of(store, ACME);
    const summary = ({ state }: CompanyOwner) => ({
      head: [
        state.version,
        state.ledger_seq,
        state.closed_through,
        state.due_at_ms,
        state.name,
        state.locale,
      ],
      settings: state.settings,
      contract: state.contract,
      rates: state.rates,
      periods: [...state.periods].sort(),
      totals: [...state.totals].map(([date, totals]) => [date, [...totals].sort()]).sort(),
    });
    assert.deepEqual(summary(fresh), summary(old));
  },

  "what a contact wrote comes back with them, and charges nothing again": async ({ writer, store }) => {
    const old = await createOwner(store);
    await writeOne(writer, (await old.decide(NOON, record(wrote(MARIA, NOON)))).change);
    const fresh = await CompanyOwner.of(store, ACME);
    const again = await fresh.decide(NOON + MINUTE_MS, record(wrote(MARIA, NOON)));
    assert.deepEqual(again.change.events, []);
  },

  "labels come back in an order of the store's own: shorter names first, then by their bytes": async (
    subject,
  ) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const labels = { department: "sales", "\u{1F384}": "natal", team: "b", "áá": "1", Team: "a", "10": "2" };
    const sorted = ["10", "Team", "team", "áá", "\u{1F384}", "department"];
    const sent = sendTemplate(MARIA, "message-1", labels);
    await writeOne(writer, (await own.decide(NOON, sent, useAutomation("run-1", 3, labels))).change);
    const contacts = [own.state.keyring.contact(MARIA)];
    const { people } = await store.load(ACME, { contacts, usage_ids: [], sends: [] });
    const { usages, ledger } = await storedRows(ACME);
    const given_back = [
      ...people[0]!.facts.map(({ attribution }) => attribution),
      ...usages.map(({ attributes }) => attributes),
      ...ledger.map(({ cause }) => cause?.type === "contract" ? undefined : cause?.attribution),
    ];
    assert.deepEqual(given_back, [labels, labels, labels, labels]);
    for (const one of given_back) assert.deepEqual(Object.keys(one!), sorted);
  },

  "a fact that is stored again, under another change, is there once": async (
    { writer, store, storedRows },
  ) => {
    const first = await createOwner(store);
    const { change } = await first.decide(NOON, record(wrote(MARIA, NOON)));
    await writeOne(writer, change);
    const facts = change.events.filter(({ type }) => type === "fact_stored");
    const repeat = { ...change, from_version: 1, version: 2, events: [...facts, ...facts] };
    assert.deepEqual(await writeAll(writer, repeat), [ACME]);
    assert.equal((await storedRows(ACME)).facts.length, 1);
  },

  "a usage, a send or an entry that is there already refuses the whole change": async (subject) => {
    const { writer, store, storedRows } = subject;
    const first = await createOwner(store);
    const { change } = await first.decide(NOON, useAutomation("run-1", 3), sendTemplate(MARIA, "message-1"));
    await writeOne(writer, change);
    const before = await storedRows(ACME);
    for (const type of ["usage_counted", "send_decided", "entry_posted"] as const) {
      const repeated = change.events.filter((event) => event.type === type);
      const total = change.events.filter((event) => event.type === "total_changed");
      const repeat = { ...change, from_version: 1, version: 2, events: [...total, ...repeated] };
      assert.deepEqual(await writeAll(writer, repeat), [], type);
      assert.deepEqual(await storedRows(ACME), before, type);
    }
  },

  "a window that turned out not to have opened is gone, and its credit is back": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const sent = record(templateStatus(MARIA, "wamid.t", "sent", NOON));
    await writeOne(writer, (await own.decide(NOON, sent)).change);
    assert.equal((await storedRows(ACME)).windows.length, 1);
    const failed = record(templateStatus(MARIA, "wamid.t", "failed", NOON + MINUTE_MS));
    await writeOne(writer, (await own.decide(NOON + MINUTE_MS, failed)).change);
    const { windows, ledger, totals } = await storedRows(ACME);
    assert.deepEqual(windows, []);
    assert.deepEqual(ledger.map(({ type, credits }) => [type, credits]), [["consumption", -1], [
      "reversal",
      1,
    ]]);
    assert.deepEqual(totals.map(({ units, credits }) => [units, credits]), [[0, 0]]);
  },

  "a window that opened and was taken back in one change leaves no row": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const both = record(
      templateStatus(MARIA, "wamid.t", "sent", NOON),
      templateStatus(MARIA, "wamid.t", "failed", NOON),
    );
    await writeOne(writer, (await own.decide(NOON, both)).change);
    const { windows, ledger } = await storedRows(ACME);
    assert.deepEqual([windows.length, ledger.length], [0, 2]);
  },

  "two numbers that turn out to be one person are loaded as one, by either": async (subject) => {
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
      const { people } = await store.load(ACME, { contacts: [key(phone)], usage_ids: [], sends: [] });
      assert.deepEqual(people.map(({ id, keys, facts }) => [id, keys.length, facts.length]), [[
        key(MARIA),
        2,
        3,
      ]]);
    }
    assert.deepEqual((await storedRows(ACME)).windows.map(({ contact }) => contact), [key(MARIA)]);
  },

  "a key that is learned and merged in one change ends with the contact it was merged into": async (
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

  "two contacts that are erased as one person stay one for the next owner": async ({ writer, store }) => {
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

  "what is not known is in no list, and companies never see each other's": async ({ writer, store }) => {
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
      usage_ids: ["run-1", "run-2"],
      sends: [acme.state.keyring.message("message-1"), UNKNOWN as MessageKey],
    };
    const [of_acme, of_beta, of_nobody] = await Promise.all([
      store.load(ACME, missing),
      store.load(BETA, missing),
      store.load("nobody" as CompanyId, missing),
    ]);
    assert.deepEqual(
      [of_acme.people.length, of_acme.usages.map(({ id }) => id), of_acme.sends.map(({ key }) => key)],
      [1, ["run-1"], [missing.sends[0]]],
    );
    const nothing = { people: [], usages: [], sends: [] };
    assert.deepEqual([of_beta, of_nobody], [nothing, nothing]);
    assert.deepEqual(await store.load(ACME, { contacts: [], usage_ids: [], sends: [] }), nothing);
  },

  "the same message_id gets the same answer from the next owner": async ({ writer, store }) => {
    const first = await (await createOwner(store)).decide(NOON, sendTemplate(MARIA, "message-1"));
    await writeOne(writer, first.change);
    const again = await (await CompanyOwner.of(store, ACME)).decide(NOON, sendTemplate(MARIA, "message-1"));
    // As it is shown: a field that is undefined is in no JSON.
    assert.deepEqual(again.replies, JSON.parse(JSON.stringify(first.replies)));
    assert.deepEqual(again.change.events, []);
  },

  "what the closing of a month froze stays, whatever is posted to it later": async (subject) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const november = at("2026-11-30T12:00:00Z");
    const december = at("2026-12-01T12:00:00Z");
    await writeOne(writer, (await own.decide(NOON, agreeContract(100))).change);
    await writeOne(writer, (await own.decide(november, record(wrote(MARIA, november)))).change);
    await writeOne(writer, (await own.decide(december)).change);
    const late = { ...record(wrote("5511966665555", november)), received_at_ms: december };
    await writeOne(writer, (await own.decide(december, late)).change);
    const { periods } = await storedRows(ACME);
    const [closed, open] = periods;
    assert.deepEqual(closed, {
      period: { month: "2026-11", granted: 100, consumed: 2, closed: true },
      at_close: { granted: 100, consumed: 1, prepaid_used: 1, expired: 99, excess: 0 },
    });
    assert.deepEqual(open, {
      period: { month: "2026-12", granted: 100, consumed: 0, closed: false },
      at_close: undefined,
    });
  },

  "companies are due when their local day has ended, the longest due first": async ({ store }) => {
    await store.create(BETA, newCompany("Beta", NOON));
    await store.create(ACME, { ...newCompany("Acme", NOON), time_zone: "Asia/Tokyo" });
    const [tokyo, sao_paulo] = [at("2026-11-23T15:00:00Z"), at("2026-11-24T03:00:00Z")];
    assert.deepEqual(await store.dueCompanies(tokyo - 1, 10), []);
    assert.deepEqual(await store.dueCompanies(tokyo, 10), [ACME]);
    assert.deepEqual(await store.dueCompanies(sao_paulo, 10), [ACME, BETA]);
    assert.deepEqual(await store.dueCompanies(sao_paulo, 1), [ACME]);
  },

  "companies are listed by id, page by page": async ({ store }) => {
    for (const id of ["c", "a", "b"] as CompanyId[]) {
      await store.create(id, newCompany(`Company ${id}`, NOON));
    }
    const first = await store.list(2);
    assert.deepEqual(first.map(({ company, name }) => [company, name]), [["a", "Company a"], [
      "b",
      "Company b",
    ]]);
    assert.equal(first[0]!.settings[0]!.time_zone, "America/Sao_Paulo");
    assert.deepEqual((await store.list(2, first.at(-1)!.company)).map(({ company }) => company), ["c"]);
  },
};

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

async function writeAll(writer: Writer, ...changes: readonly Change[]): Promise<CompanyId[]> {
  return [...await writer.write(changes)].sort();
}

async function writeOne(writer: Writer, change: Change): Promise<void> {
  assert.deepEqual(await writeAll(writer, change), [change.company]);
}
