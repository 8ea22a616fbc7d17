/**
 * An independent implementation of the rulebook: a simple, slow fold over a set of facts. The domain must post
 * the charges it computes, in any order of arrival.
 */

import { canonicalSpelling } from "./spellings.ts";

/** A contact as a fact names it. */
export interface Who {
  /** In any spelling, digits only. */
  readonly phone: string | undefined;
  readonly bsuid: string | undefined;
  readonly parent_bsuid?: string;
}

/** A fact of a contact, or a usage. */
export type Fact =
  | {
    readonly type: "wrote";
    readonly who: Who;
    readonly at_ms: number;
    /** Given for a message whose deliveries name its sender differently. It must open a window of each name. */
    readonly message?: string | undefined;
  }
  | {
    readonly type: "status";
    readonly who: Who;
    readonly message: string;
    readonly status: "sent" | "delivered" | "read" | "played" | "failed";
    readonly at_ms: number;
    readonly template: boolean;
    readonly category: string | undefined;
    readonly callback: string | undefined;
    /** What Meta says of the price; undefined: it is not read. */
    readonly pricing?: Priced | undefined;
  }
  | {
    readonly type: "send";
    readonly who: Who;
    readonly message: string;
    readonly category: string | undefined;
    readonly at_ms: number;
  }
  | SendFailed
  | { readonly type: "changed"; readonly who: Who; readonly to: Who; readonly at_ms: number }
  | {
    readonly type: "usage";
    readonly id: string;
    readonly feature: string;
    readonly quantity: number;
    readonly at_ms: number;
  };

/** A price as Meta's statuses give it. */
export interface Priced {
  readonly category: string;
  readonly type: string;
  readonly billable: boolean;
}

/** The platform's report that Meta refused a send. */
export interface SendFailed {
  readonly type: "send_failed";
  readonly who: Who;
  readonly message: string;
  readonly at_ms: number;
}

/** The time zone, policy and prices of a company. */
export interface Rules {
  readonly time_zone: string;
  readonly policy: "charge" | "free";
  /** Credits by feature; `whatsapp.outbound.marketing` and so on if a category has its own price. */
  readonly prices: Readonly<Record<string, number>>;
  /** Whether every contact is older than the stored facts: a read alone then proves no template. */
  readonly older_contacts?: boolean;
  /** The ends of the dates that have begun, in order of date; without them the zone's clocks decide every date. */
  readonly day_ends?: ReadonlyMap<string, number> | undefined;
}

/** Units and credits by `date feature direction`. */
export type ExpectedTotals = Readonly<Record<string, { readonly units: number; readonly credits: number }>>;

/** The Meta account of the company's number, from an instant on. */
export interface Account {
  readonly from_ms: number;
  readonly time_zone: string;
}

type Status = Extract<Fact, { type: "status" }>;
type Send = Extract<Fact, { type: "send" }>;
type Template = { readonly at_ms: number; readonly category: string | undefined };

/** Computes the charges of a set of facts; duplicates count once. */
export function expectedTotals(given: readonly Fact[], rules: Rules): ExpectedTotals {
  const facts = distinct(given);
  const owed: Record<string, { units: number; credits: number }> = {};
  const add = (key: string, units: number, credits: number) => {
    const before = owed[key] ?? { units: 0, credits: 0 };
    owed[key] = { units: before.units + units, credits: before.credits + credits };
  };
  for (const fact of facts) {
    if (fact.type !== "usage") continue;
    const date = dateOf(fact.at_ms, rules);
    add(`${date} ${fact.feature} none`, fact.quantity, fact.quantity * rules.prices[fact.feature]!);
  }
  const reply_price = rules.prices["whatsapp.service_message"] ?? 0;
  for (const { date, category, type, billable } of reply_price === 0 ? [] : deliveredMessages(facts, rules)) {
    const is_charged = category === "service" && billable && (type === "regular" || type === "unknown");
    if (is_charged) add(`${date} whatsapp.service_message none`, 1, reply_price);
  }
  for (const person of peopleIn(facts)) {
    const of_person = facts.filter((fact) => fact.type !== "usage" && isOf(person, fact.who));
    const wrote = of_person.filter((fact) => fact.type === "wrote").map((fact) => fact.at_ms);
    const templates = templatesIn(of_person, rules);
    const dates = new Set(
      [...wrote, ...templates.map((template) => template.at_ms)].map((at) => dateOf(at, rules)),
    );
    for (const date of dates) {
      const first_wrote = Math.min(...wrote.filter((at) => dateOf(at, rules) === date));
      const of_date = templates.filter((template) => dateOf(template.at_ms, rules) === date);
      const first_template = of_date.find((one) => of_date.every((other) => one.at_ms <= other.at_ms));
      const wrote_before = first_wrote !== Infinity &&
        (first_template === undefined || wholeSecond(first_wrote) < wholeSecond(first_template.at_ms));
      if (wrote_before) add(`${date} whatsapp.inbound inbound`, 1, rules.prices["whatsapp.inbound"]!);
      if (first_template === undefined || (wrote_before && rules.policy === "free")) continue;
      const of_category = rules.prices[`whatsapp.outbound.${first_template.category}`];
      add(`${date} whatsapp.outbound outbound`, 1, of_category ?? rules.prices["whatsapp.outbound"]!);
    }
  }
  return owed;
}

/** Categories and types, the dearest first. */
const [DEAREST_CATEGORIES, DEAREST_TYPES] = [
  ["marketing", "authentication_international", "authentication", "utility", "service", "unknown"],
  ["regular", "free_customer_service", "free_entry_point", "free_group_customer_service", "unknown"],
];
/** The countries of phones by their calling codes. */
const CALLING_CODES = { "54": "AR", "55": "BR", "52": "MX" };

/**
 * Counts the messages that Meta prices: by `date account_date country category type billable`.
 *
 * @param accounts in order of time
 */
export function expectedCosts(
  given: readonly Fact[],
  rules: Rules,
  accounts: readonly Account[] = [],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { date, delivered_ms, priced, ...price } of deliveredMessages(distinct(given), rules)) {
    const account = accounts.findLast(({ from_ms }) => from_ms <= delivered_ms);
    const account_date = account === undefined
      ? date
      : dateOf(delivered_ms, { ...rules, ...account, day_ends: undefined });
    const { category, type, billable } = price;
    const key = `${date} ${account_date} ${countryOf(priced)} ${category} ${type} ${billable}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** A message that a status of some price, and one of its delivery, tell of. */
interface DeliveredMessage extends Priced {
  readonly date: string;
  readonly delivered_ms: number;
  /** Its statuses that have a price. */
  readonly priced: readonly Status[];
}

function deliveredMessages(facts: readonly Fact[], rules: Rules): DeliveredMessage[] {
  const delivered: DeliveredMessage[] = [];
  const statuses = facts.filter((fact): fact is Status => fact.type === "status");
  for (const of_message of Map.groupBy(statuses, ({ message }) => message).values()) {
    const deliveries = of_message.filter(({ status }) => ["delivered", "read", "played"].includes(status));
    const priced = of_message.filter(({ pricing }) => pricing !== undefined);
    const sending_seen = of_message.some(({ status }) => status === "sent" || status === "delivered");
    if (deliveries.length === 0 || priced.length === 0) continue;
    if (rules.older_contacts && !sending_seen) continue;
    const delivered_ms = Math.min(...deliveries.map(({ at_ms }) => at_ms));
    const [price] = priced.map(({ pricing }) => pricing!).toSorted((a, b) =>
      DEAREST_CATEGORIES.indexOf(a.category) - DEAREST_CATEGORIES.indexOf(b.category) ||
      DEAREST_TYPES.indexOf(a.type) - DEAREST_TYPES.indexOf(b.type) || Number(b.billable) - Number(a.billable)
    );
    delivered.push({ ...price!, date: dateOf(delivered_ms, rules), delivered_ms, priced });
  }
  return delivered;
}

/** Returns the country of the recipient: of phones the least, or of BSUIDs if no status names a phone. */
function countryOf(statuses: readonly Status[]): string {
  const phones = statuses.flatMap(({ who: { phone } }) => phone ?? []);
  const of_phones = phones.map((phone) =>
    Object.entries(CALLING_CODES).find(([code]) => phone.startsWith(code))
  );
  if (of_phones.length > 0) return of_phones.map((found) => found![1]).sort()[0]!;
  return statuses.flatMap(({ who: { bsuid } }) => bsuid ?? []).map((bsuid) => bsuid.slice(0, 2)).sort()[0]!;
}

/**
 * Gives each message one recipient, whichever phones its facts name: the one whom the earliest status names that is no
 * failure, of several in one instant the one of the least key, and without such a status the one of our record. Of failures alone, which charge nothing, it is any.
 *
 * @param keyOf returns the key of a phone
 */
export function withOneRecipient(facts: readonly Fact[], keyOf: (phone: string) => string): Fact[] {
  const keyOfWho = ({ phone }: Who) => keyOf(canonicalSpelling(phone!));
  return facts.map((fact) => {
    if (fact.type !== "status" && fact.type !== "send") return fact;
    const of_message = facts.filter((other): other is Status | Send =>
      (other.type === "status" || other.type === "send") && other.message === fact.message
    );
    const [first] = of_message.filter((other) => other.type === "status" && other.status !== "failed")
      .toSorted((a, b) => a.at_ms - b.at_ms || (keyOfWho(a.who) < keyOfWho(b.who) ? -1 : 1));
    const { who } = first ?? of_message.find(({ type }) => type === "send") ?? of_message[0]!;
    return { ...fact, who };
  });
}

/**
 * Groups people by their identifiers: two that share one are the same person, and so are those that facts of one
 * message name. The facts must name no two people with phones for one message.
 */
function peopleIn(facts: readonly Fact[]): Set<string>[] {
  const people: Set<string>[] = [];
  const named = facts.flatMap((fact) => {
    if (fact.type === "usage") return [];
    return [[...namesOf(fact.who), ...(fact.type === "changed" ? namesOf(fact.to) : [])]];
  });
  const of_message = Map.groupBy(facts, (fact) => "message" in fact ? fact.message : undefined);
  of_message.delete(undefined);
  for (const group of of_message.values()) {
    named.push(group.flatMap((fact) => fact.type === "usage" ? [] : namesOf(fact.who)));
  }
  for (const names of named) {
    const same = people.filter((person) => names.some((name) => person.has(name)));
    for (const person of same) people.splice(people.indexOf(person), 1);
    people.push(new Set([...names, ...same.flatMap((person) => [...person])]));
  }
  return people;
}

function isOf(person: ReadonlySet<string>, who: Who): boolean {
  return namesOf(who).some((name) => person.has(name));
}

function namesOf(who: Who): string[] {
  const phone = who.phone === undefined ? undefined : canonicalSpelling(who.phone);
  return [phone, who.bsuid, who.parent_bsuid].filter((name) => name !== undefined);
}

function templatesIn(facts: readonly Fact[], { older_contacts = false }: Rules): Template[] {
  const statuses = facts.filter((fact): fact is Status => fact.type === "status");
  const sends = facts.filter((fact): fact is Send => fact.type === "send");
  const refused = new Set(facts.filter((fact) => fact.type === "send_failed").map(({ message }) => message));
  const templates: Template[] = [];
  for (const message of new Set(statuses.map((status) => status.message))) {
    const of_message = statuses.filter((status) => status.message === message);
    const names = [message, ...of_message.map((status) => status.callback)];
    const records = sends.filter((send) => names.includes(send.message));
    const sending_seen = of_message.some(({ status }) => status === "sent" || status === "delivered");
    const is_template = records.length > 0 ||
      of_message.some(({ template, status }) =>
        template && (!older_contacts || sending_seen || status === "failed")
      );
    const has_failed = of_message.some((status) => status.status === "failed") ||
      names.some((name) => name !== undefined && refused.has(name));
    const was_delivered = of_message.some(({ status }) => ["delivered", "read", "played"].includes(status));
    const times = [...of_message.filter((status) => status.status !== "failed"), ...records].map((fact) =>
      fact.at_ms
    );
    if (!is_template || (has_failed && !was_delivered) || times.length === 0) continue;
    templates.push({ at_ms: Math.min(...times), category: categoryOf([...of_message, ...records]) });
  }
  for (const id of new Set(sends.map((send) => send.message))) {
    const is_named = statuses.some((status) => status.message === id || status.callback === id);
    if (is_named || refused.has(id)) continue;
    const records = sends.filter((send) => send.message === id);
    templates.push({ at_ms: Math.min(...records.map((r) => r.at_ms)), category: categoryOf(records) });
  }
  return templates;
}

/** Picks the category of differing ones: marketing before utility before authentication. */
function categoryOf(facts: readonly { readonly category: string | undefined }[]): string | undefined {
  return ["marketing", "utility", "authentication"].find((name) =>
    facts.some((fact) => fact.category === name)
  );
}

function distinct(facts: readonly Fact[]): Fact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const text = JSON.stringify(fact);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

function dateOf(
  at_ms: number,
  { time_zone, day_ends = new Map() }: Pick<Rules, "time_zone" | "day_ends">,
): string {
  for (const [date, end_ms] of day_ends) if (at_ms < end_ms) return date;
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(time_zone).toPlainDate().toString();
}

function wholeSecond(at_ms: number): number {
  return (at_ms - at_ms % 1000) / 1000;
}
