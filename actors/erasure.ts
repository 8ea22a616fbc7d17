import type { Answer, CompanyNotFound, Unavailable } from "../src/domain/company/command.ts";
import { identifierTexts } from "../src/domain/identity/identifiers.ts";
import { formerSpellings } from "../src/domain/identity/numbering.ts";
import type { ContactIdentifiers } from "../src/domain/identity/phone.ts";
import type { CompanyId, ContactId, ContactKey } from "../src/domain/types.ts";
import type { Companies } from "../src/ports/companies.ts";
import type { ErasureResult } from "../src/ports/directory.ts";
import type { Clock } from "../src/ports/runtime.ts";
import { unavailable } from "./mailbox.ts";

/** Stored identifiers and quarantined events of people. Rejects when the store cannot be reached. */
export interface ErasureStore {
  /** The readable identifiers of a contact, in canonical form. */
  identifiersOf(company: CompanyId, contact: ContactId): Promise<readonly string[]>;
  /**
   * Erases the person from quarantined events: events of the company match by contact key, events of no company by
   * identifier. Identifiers that were erased this way are not stored again by older events.
   *
   * @returns the number of events
   */
  eraseEvents(
    company: CompanyId,
    keys: readonly ContactKey[],
    identifiers: readonly string[],
    at_ms: number,
  ): Promise<number>;
}

/** What an {@link Erasure} depends on. */
export interface ErasureDependencies {
  readonly clock: Clock;
  readonly store: ErasureStore;
  readonly companies: Companies;
  report(error: unknown): void;
}

/** Erases people from a company's contacts and from the quarantine. */
export class Erasure {
  readonly #dependencies: ErasureDependencies;

  constructor(dependencies: ErasureDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Erases a person of a company. A repeated call is safe, and completes an erasure that failed half-way. Quarantined
   * events match by the contact's identifiers, so they are erased before the identifiers are; they are erased once
   * more afterwards, for events that arrived meanwhile.
   */
  async erase(
    company: CompanyId,
    contact: ContactIdentifiers,
  ): Promise<ErasureResult | CompanyNotFound | Unavailable> {
    const { clock, companies, store } = this.#dependencies;
    const known = await companies.execute(company, { type: "read_contact", contact });
    if (known.type !== "contact") return refusal(known);
    try {
      const id = known.view.contact;
      const readable = id === undefined ? [] : await store.identifiersOf(company, id);
      const named = new Set([...identifierTexts(contact), ...readable]);
      // Events quarantined before the numbering table knew a phone are found by its former spelling.
      const identifiers = [...named.union(new Set([...named].flatMap(formerSpellings)))];
      const before = await store.eraseEvents(company, [], identifiers, clock.now_ms());
      const answer = await companies.execute(company, { type: "erase_contact", contact });
      if (answer.type !== "erased") return refusal(answer);
      const after = await store.eraseEvents(company, answer.keys, identifiers, clock.now_ms());
      const { people: contacts, reason, names } = answer;
      return { type: "erased", contacts, reason, identifiers: names, events: before + after };
    } catch (error) {
      this.#dependencies.report(error);
      return unavailable("store_unreachable");
    }
  }
}

function refusal(answer: Answer): CompanyNotFound | Unavailable {
  return answer.type === "company_not_found" || answer.type === "unavailable"
    ? answer
    : unavailable("failed");
}
