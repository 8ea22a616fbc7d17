import type { Answer, Command, ContactEvent, Unavailable } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/types.ts";
import { unavailable } from "./mailbox.ts";

/** An event as it was read off a webhook, with the number of ours it concerns. */
export type ArrivedEvent =
  | ContactEvent
  | { readonly type: "unreadable"; readonly phone_number_id: string | undefined; readonly reason: string };

/** Which company a phone number id belongs to. */
export interface Directory {
  /** From memory; undefined when no company is known to have it. */
  companyOf(phone_number_id: string): CompanyId | undefined;
  /** Asks the store about numbers memory does not know. Rejects when the store cannot be reached. */
  lookUp(phone_number_ids: readonly string[]): Promise<void>;
}

/** Keeps what could not be metered. Rejects when it could not be made durable. */
export interface QuarantineWriter {
  add(
    events: readonly { readonly event: ArrivedEvent; readonly company: CompanyId | undefined }[],
    received_at_ms: number,
  ): Promise<void>;
}

/** Splits what arrives by company, and answers when all of it is durable. */
export class Inbox {
  readonly #directory: Directory;
  readonly #quarantine: QuarantineWriter;
  readonly #companies: { execute(company: CompanyId, command: Command): Promise<Answer> };
  readonly #report: (error: unknown) => void;

  constructor(
    directory: Directory,
    quarantine: QuarantineWriter,
    companies: { execute(company: CompanyId, command: Command): Promise<Answer> },
    report: (error: unknown) => void,
  ) {
    this.#directory = directory;
    this.#quarantine = quarantine;
    this.#companies = companies;
    this.#report = report;
  }

  /**
   * Takes the events of one webhook.
   *
   * @returns `durable` once every event is committed, as a fact or in quarantine; otherwise why not, and then
   * any part of it may have been: delivering it again is safe
   */
  receive(events: readonly ArrivedEvent[], received_at_ms: number): Promise<"durable" | Unavailable> {
    const only = this.#oneCompany(events);
    if (only === undefined) return this.#receiveMixed(events, received_at_ms);
    const command: Command = { type: "record", events: events as ContactEvent[], received_at_ms };
    return this.#companies.execute(only, command).then(verdict);
  }

  /** The company all events are for, if they are for one and can all be metered: nearly every webhook. */
  #oneCompany(events: readonly ArrivedEvent[]): CompanyId | undefined {
    const first = events[0]?.phone_number_id;
    if (first === undefined) return undefined;
    for (const event of events) {
      if (event.phone_number_id !== first || event.type === "unreadable") return undefined;
    }
    return this.#directory.companyOf(first);
  }

  async #receiveMixed(
    events: readonly ArrivedEvent[],
    received_at_ms: number,
  ): Promise<"durable" | Unavailable> {
    try {
      return await this.#split(events, received_at_ms);
    } catch (error) {
      this.#report(error);
      return unavailable("store_unreachable");
    }
  }

  async #split(
    events: readonly ArrivedEvent[],
    received_at_ms: number,
  ): Promise<"durable" | Unavailable> {
    const unknown = new Set<string>();
    for (const { phone_number_id } of events) {
      if (phone_number_id === undefined || this.#directory.companyOf(phone_number_id)) continue;
      unknown.add(phone_number_id);
    }
    if (unknown.size > 0) await this.#directory.lookUp([...unknown]);
    const by_company = new Map<CompanyId, ContactEvent[]>();
    const kept: { event: ArrivedEvent; company: CompanyId | undefined }[] = [];
    for (const event of events) {
      const number = event.phone_number_id;
      const company = number === undefined ? undefined : this.#directory.companyOf(number);
      if (company === undefined || event.type === "unreadable") {
        kept.push({ event, company });
        continue;
      }
      const of_company = by_company.get(company);
      if (of_company === undefined) by_company.set(company, [event]);
      else of_company.push(event);
    }
    const keeping = kept.length === 0 ? undefined : this.#quarantine.add(kept, received_at_ms);
    const asked = [...by_company].map(([company, of_company]) =>
      this.#companies.execute(company, { type: "record", events: of_company, received_at_ms })
    );
    // Both are waited for before either's failure is answered, so that nothing goes on behind the answer.
    const [answers] = await Promise.all([Promise.all(asked), keeping]);
    return answers.map(verdict).find((v) => v !== "durable") ?? "durable";
  }
}

function verdict(answer: Answer): "durable" | Unavailable {
  if (answer.type === "done") return "durable";
  return answer.type === "unavailable" ? answer : unavailable("failed");
}
