import assert from "node:assert/strict";
import fc from "fast-check";
import type { Command, ContactEvent } from "../../../src/domain/company/command.ts";
import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import type { ContactIdentifiers } from "../../../src/domain/identity/phone.ts";
import { parsePhone } from "../../../src/domain/identity/phone.ts";
import type { MessagePricing } from "../../../src/domain/meta_costs/fact_pricing.ts";
import type { Attributes } from "../../../src/domain/ledger.ts";
import type { FeatureCode, TemplateCategory } from "../../../src/domain/types.ts";
import { countedCosts, TestCompany } from "../../support/company.ts";
import type { ExpectedTotals, Fact, Rules, Who } from "../../support/oracle.ts";
import { expectedCosts, expectedTotals } from "../../support/oracle.ts";
import { PHONE_NUMBER_ID } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";
import { zoneDataWith } from "../../support/zone_data.ts";
import type { Arrival } from "./fact_histories.ts";
import { histories } from "./fact_histories.ts";

const MINUTE_MS = 60_000;

Deno.test("any order of the same facts, with duplicates and restarts, ends in the charges of the oracle", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const company = companyFor(rules);
      for (const arrival of arrivals) {
        arrive(company, facts, arrival);
        if (arrival.restart) company.restart();
      }
      assert.deepEqual(chargesOf(company), expectedCharges(facts, rules));
      assert.deepEqual(costsOf(company), sorted(expectedCosts(facts, rules)));
      assertInvariants(company);
      company.advanceTo("2027-02-01 00:00");
      assertInvariants(company);
    }),
    { numRuns: 400 },
  );
});

Deno.test("contacts older than the stored facts: any order of the same facts ends in the charges of the oracle", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const company = companyFor(rules);
      knowAll(company, facts);
      for (const arrival of arrivals) {
        arrive(company, facts, arrival);
        if (arrival.restart) company.restart();
      }
      const older = { ...rules, older_contacts: true };
      assert.deepEqual(chargesOf(company), expectedCharges(facts, older));
      assert.deepEqual(costsOf(company), sorted(expectedCosts(facts, older)));
      assertInvariants(company);
    }),
    { numRuns: 300 },
  );
});

/** Lets the company know every identifier, each of its own contact, since before its oldest stored facts. */
function knowAll(company: TestCompany, facts: readonly Fact[]): void {
  const contacts = facts.flatMap((fact) =>
    fact.type === "usage" ? [] : [fact.who, ...(fact.type === "changed" ? [fact.to] : [])]
  ).map(parsed);
  for (const identifier of new Set(contacts.flatMap(identifierTexts))) {
    // A failure alone charges nothing.
    company.status("failed", `wamid.old ${identifier}`, "2026-11-27 11:30", { to: identifier });
  }
  company.advanceToMs(company.now_ms + 1);
  company.store.facts_retained_from_ms = company.now_ms;
  company.restart();
}

Deno.test("restarts with other zone data move no date once given: the charges are those of the oracle", () => {
  const restarts = fc.array(fc.constantFrom("-07:00", "-02:00", "+01:00", "+05:30", "+09:00"), {
    minLength: 1,
  });
  fc.assert(
    fc.property(histories(), restarts, ({ rules, facts, arrivals }, offsets) => {
      const company = companyFor(rules);
      const given = new Map<string, number>();
      for (const [i, arrival] of arrivals.entries()) {
        // In between no day is closed, so that facts are dated after the current day.
        company.is_time_certain = i % 3 !== 1;
        arrive(company, facts, arrival);
        for (const [date, end_ms] of endsOf(company)) {
          assert.equal(given.get(date) ?? end_ms, end_ms, date);
          given.set(date, end_ms);
        }
        if (!arrival.restart) continue;
        company.restart(zoneDataWith({ [rules.time_zone]: offsets[i % offsets.length]! }));
      }
      const fixed = { ...rules, day_ends: endsOf(company) };
      assert.deepEqual(chargesOf(company), expectedCharges(facts, fixed));
      assert.deepEqual(costsOf(company), sorted(expectedCosts(facts, fixed)));
      assertInvariants(company);
    }),
    { numRuns: 300 },
  );
});

Deno.test("whenever the accounts of a number change, each message counts on the date of the account of its delivery", () => {
  const changes = fc.array(
    fc.tuple(fc.nat({ max: 40 }), fc.constantFrom("America/Los_Angeles", "Asia/Tokyo", "Pacific/Chatham")),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(histories(), changes, ({ rules, facts, arrivals }, changes) => {
      const company = companyFor(rules);
      for (const [i, arrival] of arrivals.entries()) {
        for (const [at, time_zone] of changes) if (at === i) setAccount(company, time_zone);
        arrive(company, facts, arrival);
        if (arrival.restart) company.restart();
      }
      const { number_accounts } = company.store;
      assert.deepEqual(costsOf(company), sorted(expectedCosts(facts, rules, number_accounts)));
    }),
    { numRuns: 300 },
  );
});

Deno.test("two orders of the same facts end in the same totals by day, direction and month", () => {
  fc.assert(
    fc.property(histories(), fc.infiniteStream(fc.nat()), ({ rules, facts, arrivals }, chance) => {
      const [first, second] = [companyFor(rules), companyFor(rules)];
      for (const arrival of arrivals) arrive(first, facts, arrival);
      for (const fact of shuffled(facts, chance)) {
        arrive(second, facts, { fact, delay_minutes: 0, restart: false });
      }
      assert.deepEqual(chargesOf(first), chargesOf(second));
      assert.deepEqual(costsOf(first), costsOf(second));
      first.advanceTo("2027-01-15 00:00");
      second.advanceTo("2027-01-15 00:00");
      for (const month of ["2026-11", "2026-12"]) assert.deepEqual(first.month(month), second.month(month));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a restart in the middle of any history changes nothing", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const [steady, restarted] = [companyFor(rules), companyFor(rules)];
      for (const arrival of arrivals) {
        arrive(steady, facts, arrival);
        arrive(restarted, facts, arrival);
        if (arrival.restart) restarted.restart();
      }
      assert.deepEqual(restarted.store.ledger, steady.store.ledger);
      assert.deepEqual(restarted.store.totals, steady.store.totals);
      assert.deepEqual(restarted.store.windows, steady.store.windows);
      assert.deepEqual(restarted.store.costs, steady.store.costs);
      assert.deepEqual(restarted.store.closed_days, steady.store.closed_days);
      assert.deepEqual(restarted.store.at_close, steady.store.at_close);
    }),
    { numRuns: 200 },
  );
});

Deno.test("repeating every fact in any order posts nothing", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const company = companyFor(rules);
      for (const arrival of arrivals) arrive(company, facts, arrival);
      const posted = company.store.ledger.length;
      const costs = countedCosts(company);
      for (const fact of facts.toReversed()) {
        arrive(company, facts, { fact, delay_minutes: 0, restart: false });
      }
      assert.equal(company.store.ledger.length, posted);
      assert.deepEqual(countedCosts(company), costs);
    }),
    { numRuns: 100 },
  );
});

function setAccount(company: TestCompany, time_zone: string): void {
  const account = { account_id: "102290129340398", portfolio_id: undefined, time_zone, currency: "USD" };
  const command = {
    type: "set_number_account",
    phone_number_id: PHONE_NUMBER_ID,
    account,
    by: "test",
  } as const;
  assert.equal(company.execute(command).type, "number_account");
}

/** Returns the stored end of each local date, in order of date. */
function endsOf({ state, store }: TestCompany): Map<string, number> {
  const ends = new Map<string, number>(store.local_days).set(state.today, state.due_at_ms);
  return new Map([...ends].sort(([a], [b]) => a < b ? -1 : 1));
}

function companyFor(rules: Rules): TestCompany {
  const { time_zone, policy, prices } = rules;
  const company = new TestCompany({ at: "2026-11-27 12:00", time_zone, policy, prices });
  company.changeContract({ package: 6, starts_on: "2026-11-01" });
  return company;
}

/**
 * Lets a fact arrive after it happened, some of them days late. A failure that is reported before its send gets
 * `message_not_found`: the caller records the send and reports the failure again.
 */
function arrive(company: TestCompany, facts: readonly Fact[], { fact, delay_minutes }: Arrival): void {
  company.now_ms = Math.max(company.now_ms, fact.at_ms) + delay_minutes * MINUTE_MS;
  let reply = company.execute(commandOf(fact, company.now_ms));
  if (fact.type === "send_failed" && reply.type === "refused") {
    assert.equal(reply.code, "message_not_found");
    const send = facts.find(({ type, ...other }) =>
      type === "send" && "message" in other && other.message === fact.message
    )!;
    company.now_ms = Math.max(company.now_ms, send.at_ms);
    company.execute(commandOf(send, company.now_ms));
    reply = company.execute(commandOf(fact, company.now_ms));
  }
  assert.notEqual(reply.type, "refused");
  // Until the number change arrives, the two phones with one BSUID are two people.
  for (const reason of company.store.quarantineReasons()) assert.equal(reason, "identity_conflict");
}

function commandOf(fact: Fact, received_at_ms: number): Command {
  switch (fact.type) {
    case "usage": {
      const { id, quantity, at_ms } = fact;
      const usage = {
        id,
        feature: fact.feature as FeatureCode,
        quantity,
        occurred_at_ms: at_ms,
        attributes: undefined,
      };
      return { type: "report_usage", usages: [usage] };
    }
    case "send": {
      const category = fact.category as TemplateCategory | undefined;
      const send = { message_id: fact.message, to: parsed(fact.who), kind: "template", category } as const;
      return { type: "report_send", send: { ...send, sent_at_ms: fact.at_ms, attribution: labelsOf(fact) } };
    }
    case "send_failed": {
      const failure = { message_id: fact.message, failed_at_ms: fact.at_ms, error_code: undefined };
      return { type: "report_send_failure", failure };
    }
    default:
      return { type: "record", events: [eventOf(fact)], received_at_ms };
  }
}

/** Gives two records of one message different labels, in a key order that jsonb changes. */
function labelsOf({ message }: Extract<Fact, { type: "send" }>): Attributes {
  return message.startsWith("wamid.") ? { campaign: "spring", to: "all" } : { on: "monday" };
}

function eventOf(fact: Extract<Fact, { type: "wrote" | "status" | "changed" }>): ContactEvent {
  const { at_ms } = fact;
  const contact = parsed(fact.who);
  if (fact.type === "changed") {
    const change = {
      from: contact,
      to: parsed(fact.to),
      message_id: "change",
      phone_number_id: PHONE_NUMBER_ID,
    };
    return { ...change, type: "number_changed", at_ms };
  }
  const base = { contact, at_ms, phone_number_id: PHONE_NUMBER_ID };
  if (fact.type === "wrote") {
    const { message = `${contact.phone} ${contact.bsuid} ${at_ms}` } = fact;
    return { ...base, type: "wrote", message_id: message };
  }
  const { status, template, message: message_id, callback: callback_data } = fact;
  const category = fact.category as TemplateCategory | undefined;
  const pricing = fact.pricing as MessagePricing | undefined;
  return { ...base, type: "status", message_id, status, template, category, callback_data, pricing };
}

/** Parses a contact as the webhooks do: every spelling of a phone has one form. */
function parsed({ phone, ...bsuids }: Who): ContactIdentifiers {
  return { phone: phone === undefined ? undefined : parsePhone(phone), ...bsuids };
}

/** Returns the company's charges without zero totals. */
function chargesOf(company: TestCompany): ExpectedTotals {
  return nonZero(
    [...company.store.totals].map(([key, { units, credits }]) => [key, { units, credits }] as const),
  );
}

/** Returns the messages that Meta prices, in the form of the oracle. */
function costsOf(company: TestCompany): Readonly<Record<string, number>> {
  return sorted(Object.fromEntries(
    countedCosts(company).map(({ group, messages }) => {
      const { local_date, account_date, country, category, pricing_type, billable } = group;
      return [`${local_date} ${account_date} ${country} ${category} ${pricing_type} ${billable}`, messages];
    }),
  ));
}

function sorted(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1));
}

function expectedCharges(facts: readonly Fact[], rules: Rules): ExpectedTotals {
  return nonZero(Object.entries(expectedTotals(facts, rules)));
}

function nonZero(totals: readonly (readonly [string, { units: number; credits: number }])[]): ExpectedTotals {
  const sorted = totals.filter(([, { units, credits }]) => units !== 0 || credits !== 0).toSorted((
    [a],
    [b],
  ) => a < b ? -1 : 1);
  return Object.fromEntries(sorted);
}

function shuffled<T>(items: readonly T[], chance: fc.Stream<number>): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(chance.next().value % left.length, 1));
  return order;
}
