import type { Answer, Command, CompanyNotFound, Unavailable } from "../src/domain/company/command.ts";
import { identifierTexts } from "../src/domain/identity/identifiers.ts";
import type { ContactIdentifiers } from "../src/domain/identity/phone.ts";
import type { CompanyId, ContactId, ContactKey } from "../src/domain/types.ts";
import type { Clock, ErasureResult } from "../src/ports.ts";
import { unavailable } from "./mailbox.ts";

/** Where an erasure looks beside the company itself. All of it rejects when the store cannot be reached. */
export interface ErasureStore {
  /** The identifiers, in canonical form, by which a contact is still readable. */
  identifiersOf(company: CompanyId, contact: ContactId): Promise<readonly string[]>;
  /**
   * Erases kept events that speak of somebody: those of the company by its own keys, and those no company's actor
   * was asked about by the identifiers, which are kept from being named again by what is of before.
   *
   * @returns how many events
   */
  eraseEvents(
    company: CompanyId,
    keys: readonly ContactKey[],
    identifiers: readonly string[],
    at_ms: number,
  ): Promise<number>;
}

export interface ErasureDependencies {
  readonly clock: Clock;
  readonly store: ErasureStore;
  readonly companies: { execute(company: CompanyId, command: Command): Promise<Answer> };
  report(error: unknown): void;
}

/** Erases people, wherever they are readable. */
export class Erasure {
  readonly #world: ErasureDependencies;

  constructor(world: ErasureDependencies) {
    this.#world = world;
  }

  /**
   * Erases a person of a company. Asking again does no harm, and completes what a failure left half done: events are
   * found by the person's other names, so that those go first, and are looked for once more after the names, for
   * what came meanwhile.
   */
  async erase(
    company: CompanyId,
    contact: ContactIdentifiers,
  ): Promise<ErasureResult | CompanyNotFound | Unavailable> {
    const { clock, companies, store } = this.#world;
    const known = await companies.execute(company, { type: "read_contact", contact });
    if (known.type !== "contact") return refusal(known);
    try {
      const id = known.view.contact;
      const readable = id === undefined ? [] : await store.identifiersOf(company, id);
      const identifiers = [...new Set([...identifierTexts(contact), ...readable])];
      const before = await store.eraseEvents(company, [], identifiers, clock.now_ms());
      const answer = await companies.execute(company, { type: "erase_contact", contact });
      if (answer.type !== "erased") return refusal(answer);
      const after = await store.eraseEvents(company, answer.keys, identifiers, clock.now_ms());
      return { type: "erased", identifiers: answer.names, events: before + after };
    } catch (error) {
      this.#world.report(error);
      return unavailable("store_unreachable");
    }
  }
}

function refusal(answer: Answer): CompanyNotFound | Unavailable {
  return answer.type === "no_company" || answer.type === "unavailable" ? answer : unavailable("failed");
}
