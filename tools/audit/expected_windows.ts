/**
 * What a contact owes for: the windows that a set of facts about them opened. A plain fold, each fact looked at as
 * often as it takes.
 */

import { type LocalDays, monthOf } from "./local_days.ts";
import type { Prices } from "./prices.ts";
import { DAY_MS } from "../../src/time/units.ts";

/** A fact, as its row has it, with its instants as milliseconds. */
export interface Fact {
  /** The key it stands under. */
  readonly contact: string;
  readonly at_ms: number;
  readonly kind: string;
  readonly message: string;
  readonly template: boolean;
  readonly category: string | null;
  readonly callback: string | null;
  readonly recorded_ms: number;
}

/** A window that must stand. */
export interface ExpectedWindow {
  readonly local_date: string;
  readonly direction: "inbound" | "outbound";
  readonly feature: string;
  readonly opened_ms: number;
  readonly credits: bigint | undefined;
  /** Whichever of these opened it: of messages of one instant any may have arrived first. */
  readonly messages: readonly string[];
  /** A part of what tells when it opened may have been dropped, so that it may have opened earlier. */
  readonly uncertain: boolean;
}

interface Template {
  readonly message: string;
  readonly left_ms: number;
  readonly category: string | null;
  readonly uncertain: boolean;
}

const PROVES_DELIVERY = ["delivered", "read", "played"];
const PROVES_LEAVING = ["sent", ...PROVES_DELIVERY];
/** Of a message that statuses give several categories the first of these counts. */
const CATEGORIES = ["marketing", "utility", "authentication"];

/** What the rules take from a company. */
export interface WindowRules {
  readonly days: LocalDays;
  readonly prices: Prices;
  /** Older facts may have been dropped. */
  readonly facts_retained_from_ms: number | undefined;
}

/**
 * The windows of one contact, by local date.
 *
 * @param without messages to be passed over
 */
export function expectedWindows(
  facts: readonly Fact[],
  rules: WindowRules,
  without: ReadonlySet<string> = new Set(),
): Map<string, ExpectedWindow[]> {
  const { days } = rules;
  const wrote = Map.groupBy(facts.filter(({ kind }) => kind === "wrote"), ({ at_ms }) => days.dateOf(at_ms));
  const templates = Map.groupBy(
    templatesIn(facts, rules.facts_retained_from_ms).filter(({ message }) => !without.has(message)),
    ({ left_ms }) => days.dateOf(left_ms),
  );
  const owed = new Map<string, ExpectedWindow[]>();
  for (const date of new Set([...wrote.keys(), ...templates.keys()])) {
    owed.set(date, windowsOn(date, wrote.get(date) ?? [], templates.get(date) ?? [], rules));
  }
  return owed;
}

function windowsOn(
  local_date: string,
  wrote: readonly Fact[],
  templates: readonly Template[],
  { days, prices }: WindowRules,
): ExpectedWindow[] {
  const [first_message] = wrote.toSorted((a, b) => a.at_ms - b.at_ms);
  const [template] = templates.toSorted((a, b) => a.left_ms - b.left_ms || (a.message < b.message ? -1 : 1));
  const windows: ExpectedWindow[] = [];
  // Meta's clock counts seconds: of the same second the business was first.
  const customer_first = first_message !== undefined &&
    (template === undefined || seconds(first_message.at_ms) < seconds(template.left_ms));
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
      opened_ms: template.left_ms,
      credits: prices.ofOutbound(template.category, local_date, template.left_ms),
      messages: [template.message],
      uncertain: template.uncertain,
    });
  }
  return windows;
}

/** The messages that are known to be templates, known to have left, and did not fail. */
function templatesIn(facts: readonly Fact[], kept_from_ms: number | undefined): Template[] {
  const sends = facts.filter(({ kind }) => kind === "send_recorded");
  const statuses = facts.filter(({ kind }) => kind === "failed" || PROVES_LEAVING.includes(kind));
  const sends_by_message = Map.groupBy(sends, ({ message }) => message);
  const named = new Set<string>();
  const templates: (Template | undefined)[] = [];
  for (const [message, of_message] of Map.groupBy(statuses, (status) => status.message)) {
    const callbacks = of_message.map(({ callback }) => callback).filter((callback) => callback !== null);
    const [callback] = callbacks.toSorted();
    // What our own record says of the message counts too, under its wamid or under our own id of it.
    const names = new Set(callback === undefined ? [message] : [message, callback]);
    const own = [...names].flatMap((name) => sends_by_message.get(name) ?? []);
    for (const name of names) named.add(name);
    templates.push(templateFrom(message, of_message, own, kept_from_ms));
  }
  for (const [message, own] of sends_by_message) {
    if (!named.has(message)) templates.push(templateFrom(message, [], own, kept_from_ms));
  }
  return templates.filter((template) => template !== undefined);
}

function templateFrom(
  message: string,
  statuses: readonly Fact[],
  own: readonly Fact[],
  kept_from_ms: number | undefined,
): Template | undefined {
  const kinds = new Set(statuses.map(({ kind }) => kind));
  const all = [...statuses, ...own];
  if (!all.some(({ template }) => template)) return undefined;
  if (kinds.has("failed") && !PROVES_DELIVERY.some((kind) => kinds.has(kind))) return undefined;
  const left = all.filter(({ kind }) => kind !== "failed").map(({ at_ms }) => at_ms);
  if (left.length === 0) return undefined;
  const left_ms = Math.min(...left);
  const category = CATEGORIES.find((name) => all.some((fact) => fact.category === name)) ?? null;
  const uncertain = kept_from_ms !== undefined &&
    ((!kinds.has("sent") && own.length === 0) || left_ms < kept_from_ms + DAY_MS);
  return { message, left_ms, category, uncertain };
}

/** Facts of a month as they were known before it was final: what came later does not exist for it. */
export function knownInTime(facts: readonly Fact[], date: string, days: LocalDays): readonly Fact[] {
  const final_ms = days.finalFrom(monthOf(date));
  return facts.every(({ recorded_ms }) => recorded_ms < final_ms)
    ? facts
    : facts.filter(({ recorded_ms }) => recorded_ms < final_ms);
}

function seconds(at_ms: number): number {
  return Math.floor(at_ms / 1000);
}
