import type { Answer, ContactEvent, Unavailable } from "../src/domain/company/command.ts";
import { ownerAt, ownersAround, type PhoneClaim } from "../src/domain/phone_claims.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Companies } from "../src/ports/companies.ts";
import type { Exclusive } from "../src/ports/placement.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { unavailable } from "./mailbox.ts";

/** An event read from a webhook, with the business phone number it concerns. */
export type ArrivedEvent =
  /** `field` is set when the event came on a webhook field that this version does not read: it is quarantined. */
  | (ContactEvent & { readonly field?: string })
  | { readonly type: "unreadable"; readonly phone_number_id: string | undefined; readonly reason: string };

/** Returns the claims of a number that can still get events (`FORMER_OWNERS_MS`), in order. */
export type ClaimsOf = (phone_number_id: string) => readonly PhoneClaim[];

type Status = Extract<ContactEvent, { type: "status" }>;

/** The statuses of one message, and the companies that it may be of. */
interface StatusesOfMessage {
  readonly statuses: { readonly status: Status; readonly index: number; readonly at_ms: number }[];
  readonly companies: Set<CompanyId>;
}

/** The owner of each event at its own time, and the messages whose statuses may be of another company. */
interface Plan {
  readonly owners: readonly (CompanyId | undefined)[];
  readonly messages: ReadonlyMap<string, StatusesOfMessage>;
}

/** Webhooks and replays that may wait until another has recorded a status of the same message. */
const WAITING_MAX = 1_000;

/**
 * Delivers each event of numbers that may have moved to its company: the owner of its number at the event's own time. A
 * status belongs with its message: if several companies owned the number lately, the one that knows the message gets it
 * (rulebook, "Phone numbers").
 *
 * - ROUTER-1. Between the question which company knows a message and the record of its status, no other status of the
 *   message is delivered. Otherwise two companies could be charged for one message. All webhooks and replays of a process
 *   therefore share one router, and the routers of several nodes one {@link Exclusive}.
 * - ROUTER-2. Events of numbers with one owner never wait.
 */
export class EventRouter {
  readonly #companies: Companies;
  /** One task at a time for each message of a number that moved. */
  readonly #of_messages: KeyedQueue;

  /** @param on_all_nodes absent on one node alone */
  constructor(companies: Companies, waiting_max = WAITING_MAX, on_all_nodes?: Exclusive) {
    this.#companies = companies;
    this.#of_messages = new KeyedQueue(waiting_max, on_all_nodes);
  }

  /**
   * Finds the company of each event, and delivers the events.
   *
   * @param received_at_ms the time of events without a readable time of their own
   * @param deliver records the events. It gets the companies in order of the events, undefined for an event of no company
   * @returns the result of `deliver`; `unavailable`, and nothing is delivered, when a company cannot say whether it knows a
   * message or too many webhooks wait
   */
  async route<T>(
    events: readonly ArrivedEvent[],
    claimsOf: ClaimsOf,
    received_at_ms: number,
    deliver: (companies: readonly (CompanyId | undefined)[]) => Promise<T>,
  ): Promise<T | Unavailable> {
    const plan = planOf(events, claimsOf, received_at_ms);
    if (plan.messages.size === 0) return await deliver(plan.owners);
    const delivered = await this.#of_messages.run(new Set(plan.messages.keys()), async () => {
      const companies = await this.#companiesIn(plan);
      return { result: "type" in companies ? companies : await deliver(companies) };
    });
    return delivered === undefined ? unavailable("overloaded") : delivered.result;
  }

  async #companiesIn({ owners, messages }: Plan): Promise<readonly (CompanyId | undefined)[] | Unavailable> {
    const companies = [...owners];
    // One question at a time: the questions of one webhook can never fill a company's mailbox by themselves.
    for (const { statuses, companies: candidates } of messages.values()) {
      const first = statuses.reduce((a, b) => b.at_ms < a.at_ms ? b : a);
      const found = await this.#companyThatKnows(first.status, candidates);
      if (typeof found === "object") return found;
      // Statuses of one message stay together, so that it is charged once.
      const company = found ?? companies[first.index];
      for (const { index } of statuses) companies[index] = company ?? companies[index];
    }
    return companies;
  }

  async #companyThatKnows(
    { message_id, contact, callback_data }: Status,
    companies: Iterable<CompanyId>,
  ): Promise<CompanyId | undefined | Unavailable> {
    for (const company of companies) {
      const command = { type: "find_message", message_id, contact, callback_data } as const;
      const answer: Answer = await this.#companies.execute(company, command);
      if (answer.type === "message_found" && answer.known) return company;
      if (answer.type === "unavailable") return answer;
      // The creation of a company may have failed after it claimed its number.
      if (answer.type !== "message_found" && answer.type !== "company_not_found") {
        return unavailable("failed");
      }
    }
  }
}

function planOf(events: readonly ArrivedEvent[], claimsOf: ClaimsOf, received_at_ms: number): Plan {
  const messages = new Map<string, StatusesOfMessage>();
  const owners = events.map((event, index) => {
    const { phone_number_id } = event;
    if (phone_number_id === undefined) return undefined;
    const claims = claimsOf(phone_number_id);
    const at_ms = timeOf(event, received_at_ms);
    const owner = ownerAt(claims, at_ms);
    if (event.type !== "status") return owner;
    const candidates = ownersAround(claims, at_ms);
    if (candidates.length === 0 || (candidates.length === 1 && owner !== undefined)) return owner;
    const key = `${phone_number_id} ${event.message_id}`;
    const of_message = messages.get(key) ?? { statuses: [], companies: new Set() };
    messages.set(key, of_message);
    of_message.statuses.push({ status: event, index, at_ms });
    for (const company of candidates) of_message.companies.add(company);
    return owner;
  });
  return { owners, messages };
}

/** Returns an event's own time, or the time it arrived when its own is unreadable. */
export function timeOf(event: ArrivedEvent, received_at_ms: number): number {
  const { at_ms } = event as { readonly at_ms?: unknown };
  return Number.isSafeInteger(at_ms) ? at_ms as number : received_at_ms;
}
