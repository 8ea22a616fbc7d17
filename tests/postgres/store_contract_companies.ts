/** The store contract of companies: creation, activation and listing. */

import assert from "node:assert/strict";
import { DAY_MS } from "../../src/time/units.ts";
import { createOwner, HISTORY } from "./company_history.ts";
import { agreeContract, at, CompanyOwner, newCompany, record, wrote } from "./owner.ts";
import {
  ACME,
  BETA,
  BY_ID,
  type ContractCheck,
  MARIA,
  NOON,
  writeAll,
  writeOne,
} from "./store_under_test.ts";

/** Checks of companies, by test name. */
export const COMPANY_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "a new company begins on its local date of creation, with its first settings": async ({ store }) => {
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

  "a company is created once, and a second creation changes nothing": async ({ store }) => {
    await store.create(ACME, newCompany("Acme", NOON));
    assert.equal(await store.create(ACME, newCompany("Other", NOON)), false);
    assert.equal((await store.activate(ACME))!.name, "Acme");
  },

  "activating an unknown company returns undefined": async ({ store }) => {
    assert.equal(await store.activate(ACME), undefined);
  },

  "each activation raises the epoch and fences the previous owner": async (
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

  "a new owner reads the state of the old owner": async ({ writer, store }) => {
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

  "companies are due when their local date has ended, longest due first": async ({ store }) => {
    await store.create(BETA, newCompany("Beta", NOON));
    await store.create(ACME, newCompany("Acme", NOON, "Asia/Tokyo"));
    const [tokyo, sao_paulo] = [at("2026-11-23T15:00:00Z"), at("2026-11-24T03:00:00Z")];
    assert.deepEqual(await store.dueCompanies(tokyo - 1, 10), []);
    assert.deepEqual(await store.dueCompanies(tokyo, 10), [ACME]);
    assert.deepEqual(await store.dueCompanies(sao_paulo, 10), [ACME, BETA]);
    assert.deepEqual(await store.dueCompanies(sao_paulo, 1), [ACME]);
  },

  "local days are read with the ends that were stored, the days before the creation too": async (
    { store, writer },
  ) => {
    await store.create(ACME, newCompany("Acme", NOON));
    const created = (await store.activate(ACME))!;
    // From the 31st of October on: the facts of November are accepted.
    const midnights = (count: number) =>
      Array.from({ length: count }, (_, day) => at("2026-11-01T03:00:00Z") + day * DAY_MS);
    assert.deepEqual(created.day_ends_ms, midnights(23));
    const owner = await CompanyOwner.of(store, ACME);
    const { change } = await owner.decide(NOON + 2 * DAY_MS, { type: "close_due_days" });
    await writeOne(writer, change);
    const { closed_through, day_ends_ms, due_at_ms } = (await store.activate(ACME))!;
    assert.deepEqual([closed_through, due_at_ms], ["2026-11-24", at("2026-11-26T03:00:00Z")]);
    assert.deepEqual(day_ends_ms, midnights(25));
  },

  "the end of a date on which something is dated early is stored with it, and stays when the day closes":
    async (
      { store, writer, storedRows },
    ) => {
      const owner = await createOwner(store);
      const early = record(wrote(MARIA, at("2026-11-24T03:01:00Z")));
      await writeOne(writer, (await owner.decide(at("2026-11-24T02:58:00Z"), early)).change);
      const end_ms = at("2026-11-25T03:00:00Z");
      const { closed_through, day_ends_ms, later_day_ends_ms } = (await store.activate(ACME))!;
      assert.deepEqual([closed_through, later_day_ends_ms], ["2026-11-22", [end_ms]]);
      assert.equal(day_ends_ms.at(-1), at("2026-11-23T03:00:00Z"));
      const fresh = await CompanyOwner.of(store, ACME);
      await writeOne(
        writer,
        (await fresh.decide(at("2026-11-25T12:00:00Z"), { type: "close_due_days" })).change,
      );
      assert.deepEqual((await store.activate(ACME))!.later_day_ends_ms, []);
      assert.deepEqual((await storedRows(ACME)).local_days.slice(-2), [
        { local_date: "2026-11-23", ends_ms: at("2026-11-24T03:00:00Z") },
        { local_date: "2026-11-24", ends_ms: end_ms },
      ]);
    },

  "a reopening keeps the ends of the dates up to the last charged one": async (
    { store, writer, storedRows },
  ) => {
    const owner = await createOwner(store);
    const ahead_ms = at("2026-12-05T12:00:00Z");
    await writeOne(writer, (await owner.decide(ahead_ms, record(wrote(MARIA, ahead_ms)))).change);
    await writeOne(
      writer,
      (await owner.decide(at("2026-12-10T12:00:00Z"), { type: "close_due_days" })).change,
    );
    const fresh = await CompanyOwner.of(store, ACME, NOON);
    await writeOne(writer, (await fresh.decide(NOON, { type: "reopen_days", by: "ops" })).change);
    const dates = (await storedRows(ACME)).local_days.map(({ local_date }) => local_date);
    assert.deepEqual([dates.includes("2026-11-23" as never), dates.at(-1)], [false, "2026-12-05"]);
    assert.equal((await store.activate(ACME))!.later_day_ends_ms.length, 12);
  },

  "days that a wrong clock closed are reopened, and their months, and close again": async (
    { store, writer, storedRows },
  ) => {
    const own = await createOwner(store);
    await writeOne(writer, (await own.decide(NOON, agreeContract(3), record(wrote(MARIA, NOON)))).change);
    const ahead_ms = at("2027-03-10T12:00:00Z");
    await writeOne(writer, (await own.decide(ahead_ms, { type: "close_due_days" })).change);
    const later_ms = NOON + 60 * 60_000;
    assert.deepEqual(await store.companiesAhead(later_ms, 10), [ACME]);
    assert.deepEqual(await store.companiesAhead(later_ms, 10, ACME), []);
    assert.deepEqual(await store.companiesAhead(ahead_ms, 10), []);
    // The rows of November are read because the time says so.
    assert.ok(!(await store.activate(ACME))!.periods.some(({ month }) => month === "2026-11"));
    const fresh = await CompanyOwner.of(store, ACME, later_ms);
    const { change, replies } = await fresh.decide(later_ms, { type: "reopen_days", by: "ops" });
    assert.deepEqual(replies, [
      { type: "reopened", closed_through: "2026-11-22", closed_before: "2027-03-09" },
    ]);
    await writeOne(writer, change);
    assert.deepEqual(await store.companiesAhead(later_ms, 10), []);
    const reopened = await storedRows(ACME);
    assert.deepEqual(reopened.closed_days, []);
    assert.equal(reopened.local_days.at(-1)!.local_date, "2026-11-22");
    assert.ok(reopened.periods.every(({ period, at_close }) => !period.closed && at_close === undefined));
    assert.deepEqual(reopened.periods.map(({ period }) => period.granted), [3, 0, 0, 0, 0]);
    const next = await CompanyOwner.of(store, ACME, later_ms);
    const december_ms = at("2026-12-02T12:00:00Z");
    await writeOne(writer, (await next.decide(december_ms, { type: "close_due_days" })).change);
    const { periods, closed_days } = await storedRows(ACME);
    assert.equal(closed_days.length, 9);
    assert.deepEqual(periods[0]!.at_close, {
      granted: 3,
      consumed: 1,
      prepaid_used: 1,
      expired: 2,
      excess: 0,
    });
  },

  "a company has a country from its creation or its configuration, and keeps it": async (
    { writer, store },
  ) => {
    await store.create(ACME, { ...newCompany("Acme", NOON), country: "BR" });
    await store.create(BETA, newCompany("Beta", NOON));
    assert.equal((await store.activate(ACME))!.country, "BR");
    assert.equal((await store.activate(BETA))!.country, undefined);
    const own = await CompanyOwner.of(store, BETA);
    const configured = { name: "Beta", time_zone: "America/Sao_Paulo", effective_from: undefined };
    for (const profile of [{ ...configured, country: "MX" }, { ...configured, name: "Beta Ltda." }]) {
      await writer.write([(await own.decide(NOON, { type: "configure", profile, by: "tests" })).change]);
    }
    assert.deepEqual((await store.list(BY_ID)).map(({ name, country }) => [name, country]), [
      ["Acme", "BR"],
      ["Beta Ltda.", "MX"],
    ]);
    assert.equal((await store.activate(BETA))!.country, "MX");
  },
};
