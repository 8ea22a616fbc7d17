import type { Answer, ContactEvent, Unavailable } from "../src/domain/company/command.ts";
import { ownerAt, ownersAround, type PhoneClaim } from "../src/domain/phone_claims.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Companies } from "../src/ports.ts";
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

/**
 * Finds the company of each event of numbers that may have moved: the owner of its number at the event's own time. A
 * status belongs with its message: if several companies owned the number lately, the one that knows the message gets it
 * (rulebook, "Phone numbers").
 */
export class EventRouter {
  readonly #companies: Companies;

  constructor(companies: Companies) {
    this.#companies = companies;
  }

  /**
   * Finds the company of each event.
   *
   * @param received_at_ms the time of events without a readable time of their own
   * @returns the companies in order of the events, undefined for an event of no company; `unavailable` when a company
   * cannot say whether it knows a message
   */
  async companiesOf(
    events: readonly ArrivedEvent[],
    claimsOf: ClaimsOf,
    received_at_ms: number,
  ): Promise<readonly (CompanyId | undefined)[] | Unavailable> {
    const of_messages = new Map<string, StatusesOfMessage>();
    const companies = events.map((event, index) => {
      const { phone_number_id } = event;
      if (phone_number_id === undefined) return undefined;
      const claims = claimsOf(phone_number_id);
      const at_ms = timeOf(event, received_at_ms);
      const owner = ownerAt(claims, at_ms);
      if (event.type !== "status") return owner;
      const candidates = ownersAround(claims, at_ms);
      if (candidates.length === 0 || (candidates.length === 1 && owner !== undefined)) return owner;
      const key = `${phone_number_id} ${event.message_id}`;
      const of_message = of_messages.get(key) ?? { statuses: [], companies: new Set() };
      of_messages.set(key, of_message);
      of_message.statuses.push({ status: event, index, at_ms });
      for (const company of candidates) of_message.companies.add(company);
      return owner;
    });
    const asked = [...of_messages.values()].map(async ({ statuses, companies: candidates }) => {
      const first = statuses.reduce((a, b) => b.at_ms < a.at_ms ? b : a);
      const found = await this.#companyThatKnows(first.status, candidates);
      if (typeof found === "object") return found;
      // Statuses of one message stay together, so that it is charged once.
      const company = found ?? companies[first.index];
      for (const { index } of statuses) companies[index] = company ?? companies[index];
    });
    const failed = (await Promise.all(asked)).find((outcome) => outcome !== undefined);
    return failed ?? companies;
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

/** Returns an event's own time, or the time it arrived when its own is unreadable. */
export function timeOf(event: ArrivedEvent, received_at_ms: number): number {
  const { at_ms } = event as { readonly at_ms?: unknown };
  return Number.isSafeInteger(at_ms) ? at_ms as number : received_at_ms;
}
