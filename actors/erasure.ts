import type { Answer, Command, NoCompany, Unavailable } from "../src/domain/company/command.ts";
import { clueTexts } from "../src/domain/identity/identifiers.ts";
import type { ContactClues } from "../src/domain/identity/phone.ts";
import type { CompanyId, ContactId, ContactKey } from "../src/domain/types.ts";
import type { Clock, ErasureResult } from "../src/ports.ts";
import { unavailable } from "./mailbox.ts";

/** Where an erasure looks beside the company itself. All of it rejects when the store cannot be reached. */
export interface ErasureStore {
  /** The clues, in canonical form, by which a contact is still readable. */
  cluesOf(company: CompanyId, contact: ContactId): Promise<readonly string[]>;
  /**
   * Erases kept events that speak of somebody: those of the company by its own keys, and those no company's actor
   * was asked about by the clues, which are kept from being named again by what is of before.
   *
   * @returns how many events
   */
  eraseEvents(
    company: CompanyId,
    keys: readonly ContactKey[],
    clues: readonly string[],
    at_ms: number,
  ): Promise<number>;
}

export interface ErasureWorld {
  readonly clock: Clock;
  readonly store: ErasureStore;
  readonly companies: { ask(company: CompanyId, command: Command): Promise<Answer> };
  report(error: unknown): void;
}

/** Erases people, wherever they are readable. */
export class Erasure {
  readonly #world: ErasureWorld;

  constructor(world: ErasureWorld) {
    this.#world = world;
  }

  /**
   * Erases a person of a company. Asking again does no harm, and completes what a failure left half done: events are
   * found by the person's other names, so that those go first, and are looked for once more after the names, for
   * what came meanwhile.
   */
  async erase(company: CompanyId, contact: ContactClues): Promise<ErasureResult | NoCompany | Unavailable> {
    const { clock, companies, store } = this.#world;
    const known = await companies.ask(company, { type: "read_contact", contact });
    if (known.type !== "contact") return refusal(known);
    try {
      const id = known.view.contact;
      const readable = id === undefined ? [] : await store.cluesOf(company, id);
      const clues = [...new Set([...clueTexts(contact), ...readable])];
      const before = await store.eraseEvents(company, [], clues, clock.now_ms());
      const answer = await companies.ask(company, { type: "erase_contact", contact });
      if (answer.type !== "erased") return refusal(answer);
      const after = await store.eraseEvents(company, answer.keys, clues, clock.now_ms());
      return { type: "erased", names: answer.names, events: before + after };
    } catch (error) {
      this.#world.report(error);
      return unavailable("store_unreachable");
    }
  }
}

function refusal(answer: Answer): NoCompany | Unavailable {
  return answer.type === "no_company" || answer.type === "unavailable" ? answer : unavailable("failed");
}
