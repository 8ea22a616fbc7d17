import assert from "node:assert/strict";
import fc from "fast-check";
import type { Command, ContactEvent } from "../../../src/domain/company/command.ts";
import type { Attributes } from "../../../src/domain/ledger.ts";
import type { FeatureCode, TemplateCategory } from "../../../src/domain/types.ts";
import { TestCompany } from "../../support/company.ts";
import type { ExpectedTotals, Fact, Rules, Who } from "../../support/oracle.ts";
import { expectedTotals } from "../../support/oracle.ts";
import { localMs, PHONE_NUMBER_ID } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

/** The days facts are of: the end of November and the beginning of December. */
const MIDNIGHTS = ["2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"];
/** Minutes from a midnight: close to it, where dates part, and far from it. */
const MINUTES = [-90, -2, -1, 0, 1, 2, 600, 601, 900];
const ZONES = ["America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Chatham"];
const MINUTE_MS = 60_000;
const SECOND_PHONE = "5521912340000";

/** Facts, the order they arrive in (some more than once), and how long after one another. */
interface History {
  readonly rules: Rules;
  readonly facts: readonly Fact[];
  readonly arrivals: readonly Arrival[];
}

interface Arrival {
  readonly fact: Fact;
  readonly delay_minutes: number;
  readonly restart: boolean;
}

Deno.test("any order of the same facts, with duplicates and restarts, ends in what a plain fold over them owes", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const company = companyFor(rules);
      for (const arrival of arrivals) {
        arrive(company, arrival);
        if (arrival.restart) company.restart();
      }
      assert.deepEqual(owedBy(company), owedByFacts(facts, rules));
      assertInvariants(company);
      company.advanceTo("2027-02-01 00:00");
      assertInvariants(company);
    }),
    { numRuns: 400 },
  );
});

Deno.test("two orders of the same facts end in the same totals by day, direction and month", () => {
  fc.assert(
    fc.property(histories(), fc.infiniteStream(fc.nat()), ({ rules, facts, arrivals }, chance) => {
      const [first, second] = [companyFor(rules), companyFor(rules)];
      for (const arrival of arrivals) arrive(first, arrival);
      for (const fact of shuffled(facts, chance)) arrive(second, { fact, delay_minutes: 0, restart: false });
      assert.deepEqual(owedBy(first), owedBy(second));
      first.advanceTo("2027-01-15 00:00");
      second.advanceTo("2027-01-15 00:00");
      for (const month of ["2026-11", "2026-12"]) assert.deepEqual(first.month(month), second.month(month));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a restart in the middle of any history changes nothing", () => {
  fc.assert(
    fc.property(histories(), ({ rules, arrivals }) => {
      const [steady, restarted] = [companyFor(rules), companyFor(rules)];
      for (const arrival of arrivals) {
        arrive(steady, arrival);
        arrive(restarted, arrival);
        if (arrival.restart) restarted.restart();
      }
      assert.deepEqual(restarted.store.ledger, steady.store.ledger);
      assert.deepEqual(restarted.store.totals, steady.store.totals);
      assert.deepEqual(restarted.store.windows, steady.store.windows);
      assert.deepEqual(restarted.store.closed_days, steady.store.closed_days);
      assert.deepEqual(restarted.store.at_close, steady.store.at_close);
    }),
    { numRuns: 200 },
  );
});

Deno.test("every fact once more, in any order, posts nothing", () => {
  fc.assert(
    fc.property(histories(), ({ rules, facts, arrivals }) => {
      const company = companyFor(rules);
      for (const arrival of arrivals) arrive(company, arrival);
      const posted = company.store.ledger.length;
      for (const fact of facts.toReversed()) arrive(company, { fact, delay_minutes: 0, restart: false });
      assert.equal(company.store.ledger.length, posted);
    }),
    { numRuns: 100 },
  );
});

function companyFor(rules: Rules): TestCompany {
  const { time_zone, policy, prices } = rules;
  const company = new TestCompany({ at: "2026-11-27 12:00", time_zone, policy, prices });
  company.changeContract({ package: 6, starts_on: "2026-11-01" });
  return company;
}

/** Facts arrive after they happened, one after the other, some of them days late. */
function arrive(company: TestCompany, { fact, delay_minutes }: Arrival): void {
  company.now_ms = Math.max(company.now_ms, fact.at_ms) + delay_minutes * MINUTE_MS;
  const reply = company.execute(commandOf(fact, company.now_ms));
  assert.notEqual(reply.type, "refused");
  // Until the number change arrives, its two phones with one BSUID are two people.
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
      const send = { message_id: fact.message, to: fact.who, kind: "template", category } as const;
      return { type: "report_send", send: { ...send, sent_at_ms: fact.at_ms, attribution: labelsOf(fact) } };
    }
    default:
      return { type: "record", events: [eventOf(fact)], received_at_ms };
  }
}

/** Two records of one message are labelled otherwise, by names that a store gives back in another order. */
function labelsOf({ message }: Extract<Fact, { type: "send" }>): Attributes {
  return message.startsWith("wamid.") ? { campaign: "spring", to: "all" } : { on: "monday" };
}

function eventOf(fact: Extract<Fact, { type: "wrote" | "status" | "changed" }>): ContactEvent {
  const { who: contact, at_ms } = fact;
  if (fact.type === "changed") {
    const change = { from: contact, to: fact.to, message_id: "change", phone_number_id: PHONE_NUMBER_ID };
    return { ...change, type: "number_changed", at_ms };
  }
  const base = { contact, at_ms, phone_number_id: PHONE_NUMBER_ID };
  if (fact.type === "wrote") {
    return { ...base, type: "wrote", message_id: `${contact.phone} ${contact.bsuid} ${at_ms}` };
  }
  const { status, template, message: message_id, callback: callback_data } = fact;
  const category = fact.category as TemplateCategory | undefined;
  return { ...base, type: "status", message_id, status, template, category, callback_data };
}

/** What the company was charged, without what came to nothing. */
function owedBy(company: TestCompany): ExpectedTotals {
  return nonZero(
    [...company.store.totals].map(([key, { units, credits }]) => [key, { units, credits }] as const),
  );
}

function owedByFacts(facts: readonly Fact[], rules: Rules): ExpectedTotals {
  return nonZero(Object.entries(expectedTotals(facts, rules)));
}

function nonZero(owed: readonly (readonly [string, { units: number; credits: number }])[]): ExpectedTotals {
  const sorted = owed.filter(([, { units, credits }]) => units !== 0 || credits !== 0).toSorted(([a], [b]) =>
    a < b ? -1 : 1
  );
  return Object.fromEntries(sorted);
}

function histories(): fc.Arbitrary<History> {
  return rulesOf().chain((rules) =>
    fc.array(factOf(rules), { minLength: 1, maxLength: 24, size: "max" }).map(withSendsOnce).map(
      withNumberChange,
    ).chain((
      facts,
    ) => arrivalsOf(facts).map((arrivals) => ({ rules, facts, arrivals })))
  );
}

/** One body for each id of a send: another under the same id is refused, which is another test's. */
function withSendsOnce(facts: readonly Fact[]): Fact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    if (fact.type !== "send") return true;
    if (seen.has(fact.message)) return false;
    seen.add(fact.message);
    return true;
  });
}

/** Whoever is known by a second phone has changed numbers: without that fact nobody could know. */
function withNumberChange(facts: readonly Fact[]): Fact[] {
  const second = facts.find((fact) => fact.type !== "usage" && fact.who.phone === SECOND_PHONE);
  if (second === undefined) return [...facts];
  const who = { phone: "5511987650000", bsuid: undefined };
  const to = { phone: SECOND_PHONE, bsuid: undefined };
  return [...facts, { type: "changed", who, to, at_ms: second.at_ms }];
}

function rulesOf(): fc.Arbitrary<Rules> {
  return fc.record({
    time_zone: fc.constantFrom(...ZONES),
    policy: fc.constantFrom("charge", "free"),
    prices: fc.constantFrom<Rules["prices"]>(
      { "whatsapp.inbound": 1, "whatsapp.outbound": 1, "automation.run": 2 },
      {
        "whatsapp.inbound": 1,
        "whatsapp.outbound": 2,
        "whatsapp.outbound.marketing": 5,
        "automation.run": 1,
      },
    ),
  });
}

function factOf(rules: Rules): fc.Arbitrary<Fact> {
  return fc.oneof(
    { weight: 4, arbitrary: wroteFact(rules) },
    { weight: 6, arbitrary: statusFact(rules) },
    { weight: 2, arbitrary: sendFact(rules) },
    { weight: 1, arbitrary: usageFact(rules) },
  );
}

/** Messages are numbered: each has its own seconds of the minute, so that no two templates leave in one. */
const messageNumbers = fc.nat({ max: 5 });
const categories = fc.constantFrom(undefined, "marketing", "utility", "authentication");

function wroteFact(rules: Rules): fc.Arbitrary<Fact> {
  return fc.tuple(whoOf(fc.nat({ max: 1 })), instantOf(rules), messageNumbers)
    .map(([who, minute_ms, number]) => ({ type: "wrote", who, at_ms: minute_ms + secondOf(number) }));
}

function statusFact(rules: Rules): fc.Arbitrary<Fact> {
  return messageNumbers.chain((number) =>
    fc.record({
      type: fc.constant("status" as const),
      who: whoOf(fc.constant(number % 2)),
      message: fc.constant(`wamid.${number}`),
      status: fc.constantFrom("sent", "delivered", "read", "played", "failed"),
      at_ms: instantOf(rules).map((minute_ms) => minute_ms + secondOf(number)),
      template: fc.boolean(),
      category: categories,
      callback: fc.constantFrom(undefined, `send-${number}`),
    })
  );
}

function sendFact(rules: Rules): fc.Arbitrary<Fact> {
  return messageNumbers.chain((number) =>
    fc.record({
      type: fc.constant("send" as const),
      who: whoOf(fc.constant(number % 2)),
      message: fc.constantFrom(`wamid.${number}`, `send-${number}`),
      category: categories,
      at_ms: instantOf(rules).map((minute_ms) => minute_ms + secondOf(number)),
    })
    // Under two ids, which no status may tie together, one message is two: they need an instant each as well.
  ).map((fact) => ({ ...fact, at_ms: fact.at_ms + (fact.message.startsWith("wamid.") ? 300 : 400) }));
}

function usageFact(rules: Rules): fc.Arbitrary<Fact> {
  return fc.tuple(fc.nat({ max: 3 }), instantOf(rules)).map(([number, at_ms]) => ({
    type: "usage",
    // An id of its own for whatever is reported: the same id with another body is another test's.
    id: `run ${number} ${at_ms}`,
    feature: "automation.run",
    quantity: number + 1,
    at_ms,
  }));
}

/**
 * One of two people, by phone, by BSUID or by both: until both are seen together they are two contacts. The
 * first of them has two phones.
 */
function whoOf(people: fc.Arbitrary<number>): fc.Arbitrary<Who> {
  const ways = fc.constantFrom("phone", "bsuid", "both", "second phone", "second and bsuid");
  return fc.tuple(people, ways).map(([person, by]) => {
    const second = by.startsWith("second") && person === 0;
    return {
      phone: by === "bsuid" ? undefined : second ? SECOND_PHONE : `551198765000${person}`,
      bsuid: by.endsWith("phone") ? undefined : `BR.${person}`,
    };
  });
}

function instantOf(rules: Rules): fc.Arbitrary<number> {
  return fc.tuple(fc.constantFrom(...MIDNIGHTS), fc.constantFrom(...MINUTES)).map(([date, minutes]) =>
    localMs(`${date} 00:00`, rules.time_zone) + minutes * MINUTE_MS
  );
}

function secondOf(message_number: number): number {
  return message_number * 7_000;
}

/** Every fact at least once, some again, in any order. */
function arrivalsOf(facts: readonly Fact[]): fc.Arbitrary<Arrival[]> {
  const indices = facts.map((_, index) => index);
  const orders = fc.tuple(
    fc.shuffledSubarray(indices, { minLength: indices.length }),
    fc.shuffledSubarray(indices),
  );
  return orders.chain(([all, again]) => {
    const order = [...all, ...again];
    const moments = fc.array(
      fc.record({ delay_minutes: fc.constantFrom(0, 0, 1, 45), restart: fc.boolean() }),
      { minLength: order.length, maxLength: order.length },
    );
    return moments.map((of) => order.map((index, i) => ({ fact: facts[index]!, ...of[i]! })));
  });
}

function shuffled<T>(items: readonly T[], chance: fc.Stream<number>): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(chance.next().value % left.length, 1));
  return order;
}
