/** Companies and their numbers: created, configured, listed and erased from. */

import type {
  Answer,
  CompanyNotFound,
  NothingErasedReason,
  Profile,
  Unavailable,
} from "../domain/company/command.ts";
import type { Precondition } from "../domain/company/precondition.ts";
import type { CompanyQuery } from "../domain/company_list.ts";
import type { ContactIdentifiers } from "../domain/identity/phone.ts";
import type { PhoneClaim, RefusedNumber } from "../domain/phone_claims.ts";
import type { ListedCompany } from "../domain/reports.ts";
import type { CompanyId } from "../domain/types.ts";

/** The outcome of configuring a company. */
export type Registration =
  | { readonly type: "registered"; readonly created: boolean; readonly answer: Answer }
  /** Another company owns these numbers, or owned them until later; nothing changed. */
  | { readonly type: "phone_number_taken"; readonly numbers: readonly RefusedNumber[] };

/** Reads who owned phone numbers, and when. */
export interface PhoneNumberHistory {
  /** Lists all claims of the numbers, each number's in order. */
  claimsOf(phone_number_ids: readonly string[]): Promise<readonly PhoneClaim[]>;
}

/** The names that companies' numbers have for people. */
export interface PhoneNumberNames {
  /** Names a number, or removes its name. @returns false if no company owns the number */
  setName(phone_number_id: string, name: string | undefined): Promise<boolean>;
  /** The names of the numbers that a company owns, by id. Numbers without a name are absent. */
  namesOf(company: CompanyId): Promise<ReadonlyMap<string, string>>;
}

/** Lists companies. */
export interface CompanyList {
  /** Lists the companies of a query, in its order. */
  list(query: CompanyQuery): Promise<readonly ListedCompany[]>;
}

/** Creates and configures companies. */
export interface CompanyProvisioner {
  /** Claims the numbers of a company, creates it when it is new, and configures it, if the precondition holds. */
  configure(
    company: CompanyId,
    profile: Profile,
    by: string,
    condition?: Precondition,
  ): Promise<Registration>;
}

/** The outcome of an erasure. */
export interface ErasureResult {
  readonly type: "erased";
  /** Number of contacts that were readable until now. */
  readonly contacts: number;
  /** Why nobody was erased; null when somebody was. */
  readonly reason: NothingErasedReason | null;
  /** Number of phones and BSUIDs that were readable until now. */
  readonly identifiers: number;
  /** Number of quarantined events about the person. */
  readonly events: number;
}

/** Erases people. Never rejects. */
export interface Erasures {
  erase(
    company: CompanyId,
    contact: ContactIdentifiers,
  ): Promise<ErasureResult | CompanyNotFound | Unavailable>;
}
