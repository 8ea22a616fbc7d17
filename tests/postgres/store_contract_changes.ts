/** The store contract of changes: when they are written, and which rows they leave. */

import assert from "node:assert/strict";
import { isCharge } from "../../src/domain/ledger.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { createOwner } from "./company_history.ts";
import {
  agreeContract,
  at,
  CompanyOwner,
  noted,
  record,
  sendTemplate,
  templateStatus,
  useAutomation,
  wrote,
} from "./owner.ts";
import {
  ACME,
  BETA,
  type ContractCheck,
  MARIA,
  MINUTE_MS,
  NOON,
  writeAll,
  writeOne,
} from "./store_under_test.ts";

/** Checks of changes, by test name. */
export const CHANGE_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "a change is written once": async ({ writer, store, storedRows }) => {
    const { change } = await (await createOwner(store)).decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual(await writeAll(writer, change), [ACME]);
    const before = await storedRows(ACME);
    assert.deepEqual(await writeAll(writer, change), []);
    assert.deepEqual(await storedRows(ACME), before);
    assert.equal(before.ledger.length, 1);
  },

  "a change whose version does not match the head is not written": async (subject) => {
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

  "a fenced company does not affect the others of its statement": async (subject) => {
    const { writer, store, storedRows } = subject;
    const stale = await (await createOwner(store)).decide(NOON, record(wrote(MARIA, NOON)));
    await CompanyOwner.of(store, ACME);
    const fresh = await (await createOwner(store, BETA)).decide(NOON, record(wrote(MARIA, NOON)));
    assert.deepEqual(await writeAll(writer, stale.change, fresh.change), [BETA]);
    assert.equal((await storedRows(ACME)).facts.length, 0);
    assert.equal((await storedRows(BETA)).facts.length, 1);
  },

  "labels are returned in jsonb order: shorter names first, then by their bytes": async (
    subject,
  ) => {
    const { writer, store, storedRows } = subject;
    const own = await createOwner(store);
    const labels = { department: "sales", "\u{1F384}": "natal", team: "b", "áá": "1", Team: "a", "10": "2" };
    const sorted = ["10", "Team", "team", "áá", "\u{1F384}", "department"];
    const sent = sendTemplate(MARIA, "message-1", labels);
    await writeOne(writer, (await own.decide(NOON, sent, useAutomation("run-1", 3, labels))).change);
    const contacts = [own.state.keyring.contact(MARIA)];
    const { people } = await store.load(ACME, { contacts, messages: [], usage_ids: [], sends: [] });
    const { usages, ledger } = await storedRows(ACME);
    const given_back = [
      ...people[0]!.facts.map(({ attribution }) => attribution),
      ...usages.map(({ attributes }) => attributes),
      ...ledger.map(({ cause }) => cause !== null && "attribution" in cause ? cause.attribution : undefined),
    ];
    assert.deepEqual(given_back, [labels, labels, labels, labels]);
    for (const one of given_back) assert.deepEqual(Object.keys(one!), sorted);
  },

  "erased labels are gone from facts, usages and the ledger, of their company alone, and stay erased": async (
    { writer, store, label_sets, storedRows },
  ) => {
    const labels = { customer: "ANA Souza", department: "sales", "of ana souza": "x" };
    const [own, other] = [await createOwner(store), await createOwner(store, BETA)];
    for (const owner of [own, other]) {
      const commands = [sendTemplate(MARIA, "message-1", labels), useAutomation("run-1", 3, labels)];
      await writeOne(writer, (await owner.decide(NOON, ...commands)).change);
    }
    const labelsOf = async (company: CompanyId) => {
      const { facts, usages, ledger } = await storedRows(company);
      return [
        ...facts.map(({ attribution }) => attribution),
        ...usages.map(({ attributes }) => attributes),
        ...ledger.map(({ cause }) => isCharge(cause) ? cause.attribution : undefined),
      ];
    };
    const creditsOf = async () => (await storedRows(ACME)).ledger.map(({ credits }) => credits);
    const before = await creditsOf();
    assert.equal(await label_sets.erase(ACME, "nobody"), 0);
    assert.equal(await label_sets.erase(ACME, "Ana Souza"), 1);
    assert.equal(await label_sets.erase(ACME, "Ana Souza"), 0);
    const erased = { customer: "•••", department: "sales" };
    assert.deepEqual(await labelsOf(ACME), [erased, erased, erased, erased]);
    assert.deepEqual(await labelsOf(BETA), [labels, labels, labels, labels]);
    const { change } = await own.decide(NOON + MINUTE_MS, useAutomation("run-2", 1, labels));
    await writeOne(writer, change);
    assert.deepEqual(await creditsOf(), [...before, -2]);
    assert.deepEqual((await labelsOf(ACME)).at(-1), erased, "equal labels stay erased");
  },

  "a fact that two changes store is stored once": async (
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

  "a duplicate usage, send or ledger entry rejects the whole change": async (subject) => {
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

  "a window whose message failed is deleted, and its credit reversed": async (subject) => {
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

  "a window that is opened and reversed in one change leaves no row": async (subject) => {
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

  "late entries do not change the figures at the closing of a month": async (subject) => {
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
};
