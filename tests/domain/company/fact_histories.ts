import fc from "fast-check";
import { localMs } from "../../support/fixtures.ts";
import { NO_PRICING } from "../../../src/domain/meta_costs/fact_pricing.ts";
import type { Fact, Priced, Rules, Who } from "../../support/oracle.ts";

/** The dates of the facts: the end of November and the beginning of December. */
const MIDNIGHTS = ["2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"];
/** Minutes from a midnight: close to it, where dates differ, and far from it. */
const MINUTES = [-90, -2, -1, 0, 1, 2, 600, 601, 900];
const ZONES = ["America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Chatham"];
const MINUTE_MS = 60_000;
/** The phones of the two people, and the second phone of the first one, each in its two spellings. */
const PHONES = [["5511987650000", "551187650000"], ["525512345678", "5215512345678"]] as const;
const SECOND_PHONES = ["541123400000", "5491123400000"] as const;

/** Facts, their order of arrival (some arrive twice), and the delays between them. */
export interface History {
  readonly rules: Rules;
  readonly facts: readonly Fact[];
  readonly arrivals: readonly Arrival[];
}

/** The arrival of a fact. */
export interface Arrival {
  readonly fact: Fact;
  /** The delay after the later of the fact and the previous arrival. */
  readonly delay_minutes: number;
  /** Whether the company restarts after it. */
  readonly restart: boolean;
}

/** Generates histories: rules, facts and their arrivals. */
export function histories(): fc.Arbitrary<History> {
  return rulesOf().chain((rules) =>
    fc.tuple(
      fc.array(factOf(rules), { minLength: 1, maxLength: 24, size: "max" }).map(withSendsOnce).map(
        withNumberChange,
      ),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(-5, 0, 90)), { maxLength: 3 }),
    ).map(withSendFailures).chain((
      facts,
    ) => arrivalsOf(facts).map((arrivals) => ({ rules, facts, arrivals })))
  );
}

/** Keeps one body for each send id: another body under the same id is refused. */
function withSendsOnce(facts: readonly Fact[]): Fact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    if (fact.type !== "send") return true;
    if (seen.has(fact.message)) return false;
    seen.add(fact.message);
    return true;
  });
}

/** Adds reports that Meta refused some of the sends, minutes before or after the send's time. */
function withSendFailures(
  [facts, failures]: readonly [readonly Fact[], readonly (readonly [index: number, minutes: number])[]],
): Fact[] {
  const sends = facts.filter((fact) => fact.type === "send");
  if (sends.length === 0) return [...facts];
  const failed = failures.map(([index, minutes]): Fact => {
    const { who, message, at_ms } = sends[index % sends.length]!;
    return { type: "send_failed", who, message, at_ms: at_ms + minutes * MINUTE_MS };
  });
  return [...facts, ...failed];
}

/** Adds the number change of the person with two phones: only it links the phones. */
function withNumberChange(facts: readonly Fact[]): Fact[] {
  const second = facts.find((fact) =>
    fact.type !== "usage" && SECOND_PHONES.some((phone) => phone === fact.who.phone)
  );
  if (second === undefined) return [...facts];
  const who = { phone: PHONES[0][1], bsuid: undefined };
  const to = { phone: SECOND_PHONES[0], bsuid: undefined };
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
        "whatsapp.service_message": 0,
      },
      {
        "whatsapp.inbound": 1,
        "whatsapp.outbound": 2,
        "automation.run": 1,
        "whatsapp.service_message": 3,
      },
    ),
  });
}

function factOf(rules: Rules): fc.Arbitrary<Fact> {
  return fc.oneof(
    { weight: 4, arbitrary: wroteFact(rules) },
    { weight: 1, arbitrary: openingFact(rules) },
    { weight: 6, arbitrary: statusFact(rules) },
    { weight: 2, arbitrary: sendFact(rules) },
    { weight: 1, arbitrary: usageFact(rules) },
  );
}

/** Each message number has its own second of the minute, so that no two templates leave at once. */
const messageNumbers = fc.nat({ max: 5 });
/** What a status says of Meta's price: it is read, whether Meta gives one or not. */
const pricings = fc.constantFrom<Priced>(
  NO_PRICING,
  NO_PRICING,
  { category: "marketing", type: "regular", billable: true },
  { category: "utility", type: "regular", billable: true },
  { category: "utility", type: "free_customer_service", billable: false },
  { category: "service", type: "regular", billable: true },
  { category: "unknown", type: "free_entry_point", billable: false },
);
const categories = fc.constantFrom(undefined, "marketing", "utility", "authentication");

function wroteFact(rules: Rules): fc.Arbitrary<Fact> {
  return fc.tuple(whoOf(fc.nat({ max: 1 })), instantOf(rules), messageNumbers)
    .map(([who, minute_ms, number]) => ({ type: "wrote", who, at_ms: minute_ms + secondOf(number) }));
}

/**
 * A delivery of a person's first message of a date that has no earlier facts. Its deliveries name the person differently.
 */
function openingFact(rules: Rules): fc.Arbitrary<Fact> {
  const at_ms = localMs("2026-11-27 11:00", rules.time_zone);
  return fc.nat({ max: 1 }).chain((person) =>
    whoOf(fc.constant(person)).map((who) => ({ type: "wrote", who, at_ms, message: `wamid.in ${person}` }))
  );
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
      pricing: pricings,
    })
    // Meta names no category of a message that it does not call a template.
  ).map((fact) => ({ ...fact, category: fact.template ? fact.category : undefined }));
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
    // Under two ids that no status links, one message is two: each needs its own time.
  ).map((fact) => ({ ...fact, at_ms: fact.at_ms + (fact.message.startsWith("wamid.") ? 300 : 400) }));
}

function usageFact(rules: Rules): fc.Arbitrary<Fact> {
  return fc.tuple(fc.nat({ max: 3 }), instantOf(rules)).map(([number, at_ms]) => ({
    type: "usage",
    // Each usage has its own id: the same id with another body is refused.
    id: `run ${number} ${at_ms}`,
    feature: "automation.run",
    quantity: number + 1,
    at_ms,
  }));
}

/**
 * One of two people, by phone, BSUID or parent BSUID, or by several: they are two contacts until they are seen together.
 * The first person has two phones.
 */
function whoOf(people: fc.Arbitrary<number>): fc.Arbitrary<Who> {
  const ways = fc.constantFrom(
    "phone",
    "bsuid",
    "both",
    "second phone",
    "second and bsuid",
    "parent",
    "parent beside bsuid",
  );
  return fc.tuple(people, ways, fc.nat({ max: 1 }), fc.boolean()).map(
    ([person, by, spelling, has_parent]) => {
      const spellings = by.startsWith("second") && person === 0 ? SECOND_PHONES : PHONES[person]!;
      if (by === "parent") return { phone: undefined, bsuid: `BR.ENT.${person}` };
      const bsuid = by.endsWith("phone") ? undefined : `BR.${person}`;
      return {
        phone: by.endsWith("bsuid") && by !== "second and bsuid" ? undefined : spellings[spelling],
        bsuid,
        ...(bsuid !== undefined && has_parent ? { parent_bsuid: `BR.ENT.${person}` } : {}),
      };
    },
  );
}

function instantOf(rules: Rules): fc.Arbitrary<number> {
  return fc.tuple(fc.constantFrom(...MIDNIGHTS), fc.constantFrom(...MINUTES)).map(([date, minutes]) =>
    localMs(`${date} 00:00`, rules.time_zone) + minutes * MINUTE_MS
  );
}

function secondOf(message_number: number): number {
  return message_number * 7_000;
}

/** Every fact at least once, some twice, in any order. */
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
