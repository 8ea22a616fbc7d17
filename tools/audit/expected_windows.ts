/** Computes the windows that the facts of a contact open, by a plain fold. */

import { type LocalDays, monthOf } from "./local_days.ts";
import type { Prices } from "./prices.ts";
import { DAY_MS } from "../../src/time/units.ts";

/** A row of a fact, with its instants in milliseconds. */
export interface Fact {
  /** The contact key it is stored under. */
  readonly contact: string;
  readonly at_ms: number;
  readonly kind: string;
  readonly message: string;
  readonly template: boolean;
  readonly category: string | null;
  readonly callback: string | null;
  readonly phone_number_id: string | null;
  /** What a status tells about Meta's price, as it is stored: see `expected_costs.ts`. */
  readonly pricing: number | null;
  readonly recorded_ms: number;
}

/** A window that must be stored. */
export interface ExpectedWindow {
  readonly local_date: string;
  readonly direction: "inbound" | "outbound";
  readonly feature: string;
  readonly opened_ms: number;
  readonly credits: bigint | undefined;
  /** The messages that may have opened it: of messages of one instant any may have arrived first. */
  readonly messages: readonly string[];
  /** Whether facts may have been dropped that show an earlier opening. */
  readonly uncertain: boolean;
}

interface Template {
  readonly message: string;
  readonly sent_ms: number;
  readonly category: string | null;
  readonly uncertain: boolean;
}

/** The kinds of facts that prove that a message was delivered. */
export const PROVES_DELIVERY: readonly string[] = ["delivered", "read", "played"];
const PROVES_SENDING = ["sent", ...PROVES_DELIVERY];
/** When statuses of a message differ in category, the first of these counts. */
const CATEGORIES = ["marketing", "utility", "authentication"];

/** The days and prices that the rules take from a company. */
export interface WindowRules {
  readonly days: LocalDays;
  readonly prices: Prices;
  /** Facts before this instant may have been dropped; undefined when none were. */
  readonly facts_retained_from_ms: number | undefined;
}

/**
 * Returns the expected windows of one contact, by local date.
 *
 * @param excluded messages to ignore
 */
export function expectedWindows(
  stored: readonly Fact[],
  rules: WindowRules,
  excluded: ReadonlySet<string> = new Set(),
): Map<string, ExpectedWindow[]> {
  const { days } = rules;
  const facts = withoutMoved(stored);
  const wrote = Map.groupBy(facts.filter(({ kind }) => kind === "wrote"), ({ at_ms }) => days.dateOf(at_ms));
  const templates = Map.groupBy(
    templatesIn(facts, rules.facts_retained_from_ms).filter(({ message }) => !excluded.has(message)),
    ({ sent_ms }) => days.dateOf(sent_ms),
  );
  const windows = new Map<string, ExpectedWindow[]>();
  for (const date of new Set([...wrote.keys(), ...templates.keys()])) {
    windows.set(date, windowsOn(date, wrote.get(date) ?? [], templates.get(date) ?? [], rules));
  }
  return windows;
}

/**
 * Leaves out the facts of messages that moved to another contact: our record or an earlier status of Meta named a phone
 * that Meta's earliest status does not.
 */
export function withoutMoved(facts: readonly Fact[]): readonly Fact[] {
  const moves = facts.filter(({ kind }) => kind === "message_moved");
  if (moves.length === 0) return facts;
  const contacts = new Set(facts.map(({ contact }) => contact));
  const lost = moves.filter(({ message, at_ms, callback: moved_to }) => {
    // One person by now.
    if (contacts.has(moved_to!)) return false;
    const statuses = facts.filter((fact) => fact.message === message && PROVES_SENDING.includes(fact.kind));
    // Of two statuses of one instant, the one that names the lesser key decides.
    return statuses.every((fact) =>
      fact.at_ms > at_ms || (fact.at_ms === at_ms && moved_to! <= fact.contact)
    );
  });
  const lost_messages = new Set(lost.map(({ message }) => message));
  return facts.filter(({ kind, message }) => kind !== "message_moved" && !lost_messages.has(message));
}

function windowsOn(
  local_date: string,
  wrote: readonly Fact[],
  templates: readonly Template[],
  { days, prices }: WindowRules,
): ExpectedWindow[] {
  const [first_message] = wrote.toSorted((a, b) => a.at_ms - b.at_ms);
  const [template] = templates.toSorted((a, b) => a.sent_ms - b.sent_ms || (a.message < b.message ? -1 : 1));
  const windows: ExpectedWindow[] = [];
  // Meta's timestamps are in seconds: within one second the business counts as first.
  const customer_first = first_message !== undefined &&
    (template === undefined || seconds(first_message.at_ms) < seconds(template.sent_ms));
  if (customer_first) {
    const { at_ms } = first_message;
    windows.push({
      local_date,
      direction: "inbound",
      feature: "whatsapp.inbound",
      opened_ms: at_ms,
      credits: prices.ofInbound(local_date, at_ms),
      messages: wrote.filter((fact) => fact.at_ms === at_ms).map(({ message }) => message),
      uncertain: false,
    });
  }
  if (template !== undefined && !(customer_first && days.policyOn(local_date) === "free")) {
    windows.push({
      local_date,
      direction: "outbound",
      feature: "whatsapp.outbound",
      opened_ms: template.sent_ms,
      credits: prices.ofOutbound(template.category, local_date, template.sent_ms),
      messages: [template.message],
      uncertain: template.uncertain,
    });
  }
  return windows;
}

/** Returns the messages that are templates, were sent, and did not fail. */
function templatesIn(facts: readonly Fact[], retained_from_ms: number | undefined): Template[] {
  const sends = facts.filter(({ kind }) => kind === "send_recorded");
  const statuses = facts.filter(({ kind }) => kind === "failed" || PROVES_SENDING.includes(kind));
  const sends_by_message = Map.groupBy(sends, ({ message }) => message);
  const refused = new Set(facts.filter(({ kind }) => kind === "send_failed").map(({ message }) => message));
  const matched = new Set<string>();
  const templates: (Template | undefined)[] = [];
  for (const [message, of_message] of Map.groupBy(statuses, (status) => status.message)) {
    const callbacks = of_message.map(({ callback }) => callback).filter((callback) => callback !== null);
    const [callback] = callbacks.toSorted();
    // Our own record of the message counts too, under its wamid or our own id.
    const names = new Set(callback === undefined ? [message] : [message, callback]);
    const records = [...names].flatMap((name) => sends_by_message.get(name) ?? []);
    for (const name of names) matched.add(name);
    const is_refused = [...names].some((name) => refused.has(name));
    templates.push(templateFrom(message, of_message, records, is_refused, retained_from_ms));
  }
  for (const [message, records] of sends_by_message) {
    if (matched.has(message)) continue;
    templates.push(templateFrom(message, [], records, refused.has(message), retained_from_ms));
  }
  return templates.filter((template) => template !== undefined);
}

function templateFrom(
  message: string,
  statuses: readonly Fact[],
  records: readonly Fact[],
  is_refused: boolean,
  retained_from_ms: number | undefined,
): Template | undefined {
  const kinds = new Set(statuses.map(({ kind }) => kind));
  const all = [...statuses, ...records];
  if ((kinds.has("failed") || is_refused) && !PROVES_DELIVERY.some((kind) => kinds.has(kind))) {
    return undefined;
  }
  // A read status of an older contact names a category that proves nothing, unless the message is known to have been sent.
  const sending_seen = kinds.has("sent") || kinds.has("delivered");
  const is_template = all.some(({ template }) => template) ||
    (sending_seen && statuses.some(({ category }) => category !== null));
  if (!is_template) return undefined;
  const sent_times = all.filter(({ kind }) => kind !== "failed").map(({ at_ms }) => at_ms);
  if (sent_times.length === 0) return undefined;
  const sent_ms = Math.min(...sent_times);
  const category = CATEGORIES.find((name) => all.some((fact) => fact.category === name)) ?? null;
  const uncertain = retained_from_ms !== undefined &&
    ((!kinds.has("sent") && records.length === 0) || sent_ms < retained_from_ms + DAY_MS);
  return { message, sent_ms, category, uncertain };
}

/** Returns the facts recorded before the month of a date was final: later facts do not change it. */
export function knownInTime(facts: readonly Fact[], date: string, days: LocalDays): readonly Fact[] {
  const final_ms = days.finalFrom(monthOf(date));
  return facts.every(({ recorded_ms }) => recorded_ms < final_ms)
    ? facts
    : facts.filter(({ recorded_ms }) => recorded_ms < final_ms);
}

function seconds(at_ms: number): number {
  return Math.floor(at_ms / 1000);
}
