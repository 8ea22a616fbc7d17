import type { Answer, Command, ContactEvent, Unavailable } from "../src/domain/company/command.ts";
import { ownerAt, type PhoneClaim } from "../src/domain/phone_claims.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Companies } from "../src/ports/companies.ts";
import { type ArrivedEvent, type EventRouter, timeOf } from "./event_router.ts";
import { unavailable } from "./mailbox.ts";

/** The claims of phone numbers, in memory. */
export interface Directory {
  /**
   * The company of every event of a number that can still be accepted. Undefined when no company is known, or the number
   * had another owner, or none, in that time: its claims then name the owner at a time.
   */
  soleOwnerOf(phone_number_id: string): CompanyId | undefined;
  /** The claims of a number that can matter, in order. */
  claimsOf(phone_number_id: string): readonly PhoneClaim[];
  /** Reads all claims of numbers from the store into memory. Rejects when the store cannot be reached. */
  lookUp(phone_number_ids: readonly string[]): Promise<void>;
}

/** Stores events that cannot be metered. Rejects when they are not durable. */
export interface QuarantineWriter {
  add(
    events: readonly { readonly event: ArrivedEvent; readonly company: CompanyId | undefined }[],
    received_at_ms: number,
  ): Promise<void>;
}

/** Events of one webhook, by destination. */
interface Destinations {
  readonly by_company: ReadonlyMap<CompanyId, readonly ContactEvent[]>;
  readonly quarantined: readonly { readonly event: ArrivedEvent; readonly company: CompanyId | undefined }[];
}

/** Routes the events of webhooks to their companies, and answers when all of them are durable. */
export class Inbox {
  readonly #directory: Directory;
  readonly #quarantine: QuarantineWriter;
  readonly #companies: Companies;
  readonly #router: EventRouter;
  readonly #report: (error: unknown) => void;

  constructor(
    directory: Directory,
    quarantine: QuarantineWriter,
    companies: Companies,
    router: EventRouter,
    report: (error: unknown) => void,
  ) {
    this.#directory = directory;
    this.#quarantine = quarantine;
    this.#companies = companies;
    this.#router = router;
    this.#report = report;
  }

  /**
   * Receives the events of one webhook.
   *
   * @returns `durable` once every event is committed, as a fact or in quarantine. Otherwise why not: some events may be
   * durable all the same, and a redelivery is safe
   */
  receive(events: readonly ArrivedEvent[], received_at_ms: number): Promise<"durable" | Unavailable> {
    const company = this.#oneCompany(events);
    if (company === undefined) return this.#receiveMixed(events, received_at_ms);
    const command: Command = { type: "record", events: events as ContactEvent[], received_at_ms };
    return this.#companies.execute(company, command).then(verdict);
  }

  /** Returns the one company of all events, when all can be metered: the case of nearly every webhook. */
  #oneCompany(events: readonly ArrivedEvent[]): CompanyId | undefined {
    const first = events[0]?.phone_number_id;
    if (first === undefined) return undefined;
    for (const event of events) {
      if (event.phone_number_id !== first || !isMeterable(event)) return undefined;
    }
    return this.#directory.soleOwnerOf(first);
  }

  async #receiveMixed(
    events: readonly ArrivedEvent[],
    received_at_ms: number,
  ): Promise<"durable" | Unavailable> {
    try {
      await this.#lookUpUnowned(events, received_at_ms);
      const claimsOf = (number: string) => this.#directory.claimsOf(number);
      return await this.#router.route(
        events,
        claimsOf,
        received_at_ms,
        (companies) => this.#deliver(events, companies, received_at_ms),
      );
    } catch (error) {
      this.#report(error);
      return unavailable("store_unreachable");
    }
  }

  async #deliver(
    events: readonly ArrivedEvent[],
    companies: readonly (CompanyId | undefined)[],
    received_at_ms: number,
  ): Promise<"durable" | Unavailable> {
    const { by_company, quarantined } = split(events, companies);
    const writing = quarantined.length === 0 ? undefined : this.#quarantine.add(quarantined, received_at_ms);
    const recorded = [...by_company].map(([company, of_company]) =>
      this.#companies.execute(company, { type: "record", events: of_company, received_at_ms })
    );
    // Waits for both, also when one fails: nothing is still running behind the answer.
    const [answers] = await Promise.all([Promise.all(recorded), writing]);
    return answers.map(verdict).find((v) => v !== "durable") ?? "durable";
  }

  /** Reads the claims of numbers that nobody owned at the time of an event, as far as memory knows. */
  async #lookUpUnowned(events: readonly ArrivedEvent[], received_at_ms: number): Promise<void> {
    const unowned = new Set<string>();
    for (const event of events) {
      const { phone_number_id: number } = event;
      if (number === undefined || unowned.has(number)) continue;
      const owner = ownerAt(this.#directory.claimsOf(number), timeOf(event, received_at_ms));
      if (owner === undefined) unowned.add(number);
    }
    if (unowned.size > 0) await this.#directory.lookUp([...unowned]);
  }
}

function isMeterable(event: ArrivedEvent): event is ContactEvent {
  return event.type !== "unreadable" && event.field === undefined;
}

/** Splits events by their companies, in the order of the events. */
function split(
  events: readonly ArrivedEvent[],
  companies: readonly (CompanyId | undefined)[],
): Destinations {
  const by_company = new Map<CompanyId, ContactEvent[]>();
  const quarantined: { event: ArrivedEvent; company: CompanyId | undefined }[] = [];
  events.forEach((event, index) => {
    const company = companies[index];
    if (company === undefined || !isMeterable(event)) return quarantined.push({ event, company });
    const of_company = by_company.get(company);
    if (of_company === undefined) by_company.set(company, [event]);
    else of_company.push(event);
  });
  return { by_company, quarantined };
}

function verdict(answer: Answer): "durable" | Unavailable {
  if (answer.type === "done") return "durable";
  return answer.type === "unavailable" ? answer : unavailable("failed");
}
