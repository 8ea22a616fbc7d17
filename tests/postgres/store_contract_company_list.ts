/** The store contract of the list of companies: its orders, pages and filters. */

import assert from "node:assert/strict";
import type { Command } from "../../src/domain/company/command.ts";
import { COMPANY_SORTS, type CompanyQuery, foldedName } from "../../src/domain/company_list.ts";
import { packageStatus } from "../../src/domain/contract.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { agreeContract, at, CompanyOwner, newCompany, useAutomation } from "./owner.ts";
import { BY_ID, type ContractCheck, NOON, type StoreUnderTest, writeOne } from "./store_under_test.ts";

/** The companies of the checks, each with its name and its commands of one turn. An automation run costs 2 credits. */
const COMPANIES: Readonly<Record<string, readonly [name: string, ...Command[]]>> = {
  "bakery": ["Padaria São José", agreeContract(100), useAutomation("1", 40)],
  "chemist": ["FARMÁCIA Popular", agreeContract(50), useAutomation("1", 30)],
  "dentist": ["Dentista", agreeContract(10), useAutomation("1", 1), { type: "cancel_contract", by: "tests" }],
  "florist": ["farmácia das Flores", startsLater()],
  "grocer": ["Mercado 100%_\\ José", useAutomation("1", 3)],
};

function startsLater(): Command {
  const command = agreeContract(20);
  if (command.type !== "change_contract") throw new Error("a contract was agreed on");
  return { ...command, offer: { ...command.offer, starts_on: "2026-12-05" as never } };
}

async function createCompanies({ store, writer }: StoreUnderTest): Promise<void> {
  for (const [company, [name, ...commands]] of Object.entries(COMPANIES)) {
    await store.create(company as CompanyId, newCompany(name, NOON));
    const owner = await CompanyOwner.of(store, company as CompanyId);
    const { change, replies } = await owner.decide(NOON, ...commands);
    for (const reply of replies) assert.notEqual(reply.type, "refused");
    await writeOne(writer, change);
  }
}

/** Returns the ids of a query's companies. */
async function idsOf({ store }: StoreUnderTest, query: Partial<CompanyQuery> = {}): Promise<string[]> {
  return (await store.list({ ...BY_ID, ...query })).map(({ company }) => company);
}

/** Checks of the list of companies, by test name. */
export const COMPANY_LIST_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "companies are listed by id, with their settings": async (subject) => {
    await createCompanies(subject);
    assert.deepEqual(await idsOf(subject), ["bakery", "chemist", "dentist", "florist", "grocer"]);
    const [bakery] = await subject.store.list(BY_ID);
    assert.deepEqual([bakery!.name, bakery!.settings[0]!.time_zone], [
      "Padaria São José",
      "America/Sao_Paulo",
    ]);
  },

  "companies are listed by name and by the figures of the current month": async (subject) => {
    await createCompanies(subject);
    const by = (sort: CompanyQuery["sort"], descending = true) => idsOf(subject, { sort, descending });
    assert.deepEqual(await by("name", false), ["dentist", "florist", "chemist", "grocer", "bakery"]);
    assert.deepEqual(await by("available"), ["bakery", "dentist", "chemist", "florist", "grocer"]);
    assert.deepEqual(await by("excess"), ["chemist", "grocer", "bakery", "dentist", "florist"]);
    assert.deepEqual(await by("consumed"), ["bakery", "chemist", "grocer", "dentist", "florist"]);
    // Without a package each credit counts as a whole one.
    assert.deepEqual(await by("share_used"), ["grocer", "chemist", "bakery", "dentist", "florist"]);
    const shares = await subject.store.list({ ...BY_ID, sort: "share_used", descending: true });
    assert.deepEqual(shares.map(({ sort_value }) => sort_value), [6, 1.2, 0.8, 0.2, 0]);
  },

  "pages of one company continue where the last one ended, in every order": async (subject) => {
    await createCompanies(subject);
    for (const sort of COMPANY_SORTS) {
      for (const descending of [false, true]) {
        const paged: string[] = [];
        let after: CompanyQuery["after"];
        for (;;) {
          const [row] = await subject.store.list({ sort, descending, after, limit: 1 });
          if (row === undefined) break;
          paged.push(row.company);
          after = { value: row.sort_value, company: row.company };
        }
        assert.deepEqual(paged, await idsOf(subject, { sort, descending }), `${sort} ${descending}`);
      }
    }
  },

  "a name is found by a part of it, in any case and without marks": async (subject) => {
    await createCompanies(subject);
    const named = (text: string) => idsOf(subject, { name: foldedName(text) });
    assert.deepEqual(await named("FARMACIA"), ["chemist", "florist"]);
    assert.deepEqual(await named("josé"), ["bakery", "grocer"]);
    assert.deepEqual(await named("100%_\\"), ["grocer"]);
    assert.deepEqual(await named("%"), ["grocer"]);
    assert.deepEqual(await named("bakery"), []);
  },

  "companies are filtered by the state of their package, by excess and by id": async (subject) => {
    await createCompanies(subject);
    assert.deepEqual(await idsOf(subject, { status: "active" }), ["bakery", "chemist"]);
    assert.deepEqual(await idsOf(subject, { status: "ending" }), ["dentist"]);
    assert.deepEqual(await idsOf(subject, { status: "scheduled" }), ["florist"]);
    assert.deepEqual(await idsOf(subject, { status: "none" }), ["grocer"]);
    assert.deepEqual(await idsOf(subject, { in_excess: true }), ["chemist", "grocer"]);
    assert.deepEqual(await idsOf(subject, { in_excess: false }), ["bakery", "dentist", "florist"]);
    assert.deepEqual(await idsOf(subject, { in_excess: true, status: "active", name: "popular" }), [
      "chemist",
    ]);
    assert.deepEqual(await idsOf(subject, { company: "grocer" as CompanyId }), ["grocer"]);
    assert.deepEqual(await idsOf(subject, { company: "grocer" as CompanyId, in_excess: false }), []);
  },

  "a new month begins without the use of the last": async (subject) => {
    await createCompanies(subject);
    const owner = await CompanyOwner.of(subject.store, "chemist" as CompanyId);
    const { change } = await owner.decide(at("2026-12-01T12:00:00Z"), { type: "close_due_days" });
    await writeOne(subject.writer, change);
    assert.deepEqual(await idsOf(subject, { in_excess: true }), ["grocer"]);
    const [first] = await subject.store.list({ ...BY_ID, sort: "available", descending: true });
    assert.deepEqual([first!.company, first!.sort_value], ["chemist", 50]);
  },

  "the state of a package is that of the contract's history, also after changes were scheduled and taken back":
    async (
      subject,
    ) => {
      const [cancel, resume] = [{ type: "cancel_contract", by }, {
        type: "withdraw_cancellation",
        by,
      }] as const;
      const now = [
        agreeContract(30),
        cancel,
        resume,
        agreeContract(60),
        cancel,
        agreeContract(90),
        agreeContract(9),
      ];
      const running = await statusesOf(subject, "acme" as CompanyId, now);
      assert.deepEqual(running, ["active", "ending", "active", "active", "ending", "active", "active"]);
      const not_started = await statusesOf(subject, "beta" as CompanyId, [startsLater(), cancel]);
      assert.deepEqual(not_started, ["scheduled", "scheduled"]);
    },
};

const by = "tests";

/** Decides commands one after another. @returns the state of the package after each, as the list shows it */
async function statusesOf(
  subject: StoreUnderTest,
  company: CompanyId,
  commands: readonly Command[],
): Promise<string[]> {
  const { store, writer } = subject;
  await store.create(company, newCompany(company, NOON));
  const owner = await CompanyOwner.of(store, company);
  const statuses: string[] = [];
  for (const [i, command] of commands.entries()) {
    await writeOne(writer, (await owner.decide(NOON + i, command)).change);
    const [row] = await store.list({ ...BY_ID, company });
    assert.equal(row!.status, packageStatus(owner.state.contract, owner.state.today));
    assert.deepEqual(await idsOf(subject, { company, status: row!.status }), [company]);
    statuses.push(row!.status);
  }
  return statuses;
}
