import type { Answer, Command, ContactEvent, Unavailable } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Companies } from "../src/ports.ts";
import { unavailable } from "./mailbox.ts";

/** An event read from a webhook, with the business phone number it concerns. */
export type ArrivedEvent =
  /** With the webhook field, if this version does not read it: the event is quarantined. */
  | (ContactEvent & { readonly field?: string })
  | { readonly type: "unreadable"; readonly phone_number_id: string | undefined; readonly reason: string };

/** The company of each phone number id. */
export interface Directory {
  /** Reads memory; undefined when no company is known for the number. */
  companyOf(phone_number_id: string): CompanyId | undefined;
  /** Reads numbers from the store into memory. Rejects when the store cannot be reached. */
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
  readonly #report: (error: unknown) => void;

  constructor(
    directory: Directory,
    quarantine: QuarantineWriter,
    companies: Companies,
    report: (error: unknown) => void,
  ) {
    this.#directory = directory;
    this.#quarantine = quarantine;
    this.#companies = companies;
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
    return this.#directory.companyOf(first);
  }

  async #receiveMixed(
    events: readonly ArrivedEvent[],
    received_at_ms: number,
  ): Promise<"durable" | Unavailable> {
    try {
      await this.#lookUpUnknown(events);
      const { by_company, quarantined } = this.#split(events);
      const writing = quarantined.length === 0
        ? undefined
        : this.#quarantine.add(quarantined, received_at_ms);
      const recorded = [...by_company].map(([company, of_company]) =>
        this.#companies.execute(company, { type: "record", events: of_company, received_at_ms })
      );
      // Waits for both, also when one fails: nothing is still running behind the answer.
      const [answers] = await Promise.all([Promise.all(recorded), writing]);
      return answers.map(verdict).find((v) => v !== "durable") ?? "durable";
    } catch (error) {
      this.#report(error);
      return unavailable("store_unreachable");
    }
  }

  async #lookUpUnknown(events: readonly ArrivedEvent[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { phone_number_id } of events) {
      if (phone_number_id === undefined || this.#directory.companyOf(phone_number_id)) continue;
      unknown.add(phone_number_id);
    }
    if (unknown.size > 0) await this.#directory.lookUp([...unknown]);
  }

  #split(events: readonly ArrivedEvent[]): Destinations {
    const by_company = new Map<CompanyId, ContactEvent[]>();
    const quarantined: { event: ArrivedEvent; company: CompanyId | undefined }[] = [];
    for (const event of events) {
      const number = event.phone_number_id;
      const company = number === undefined ? undefined : this.#directory.companyOf(number);
      if (company === undefined || !isMeterable(event)) {
        quarantined.push({ event, company });
        continue;
      }
      const of_company = by_company.get(company);
      if (of_company === undefined) by_company.set(company, [event]);
      else of_company.push(event);
    }
    return { by_company, quarantined };
  }
}

function isMeterable(event: ArrivedEvent): event is ContactEvent {
  return event.type !== "unreadable" && event.field === undefined;
}

function verdict(answer: Answer): "durable" | Unavailable {
  if (answer.type === "done") return "durable";
  return answer.type === "unavailable" ? answer : unavailable("failed");
}
