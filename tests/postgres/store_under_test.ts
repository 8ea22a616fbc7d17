/** The store that the contract is checked on, and the values that its checks share. */

import assert from "node:assert/strict";
import type { Change } from "../../src/domain/company/change.ts";
import type { CompanyQuery } from "../../src/domain/company_list.ts";
import type { ListedCompany } from "../../src/domain/reports.ts";
import type { NewCompany } from "../../src/domain/company/new_company.ts";
import type { CompanyId, ContactId } from "../../src/domain/types.ts";
import type { Writer } from "../../src/journal/journal.ts";
import type { MetaPricingStore } from "../../actors/meta_pricing.ts";
import type { PostgresLabelSets } from "../../src/postgres/label_sets.ts";
import type { PostgresPhoneNumbers } from "../../src/postgres/phone_numbers.ts";
import type { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import type { PostgresRateCard } from "../../src/postgres/rate_card.ts";
import { at, type OwnerStore } from "./owner.ts";
import type { StoredRows } from "./stored_rows.ts";

/** A store that the contract is checked on. */
export interface StoreUnderTest {
  readonly writer: Writer;
  readonly store: OwnerStore & {
    create(company: CompanyId, made: NewCompany): Promise<boolean>;
    dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
    companiesAhead(at_ms: number, limit: number, after?: CompanyId): Promise<CompanyId[]>;
    list(query: CompanyQuery): Promise<ListedCompany[]>;
    identifiersOf(company: CompanyId, contact: ContactId): Promise<string[]>;
  };
  readonly phone_numbers: Pick<
    PostgresPhoneNumbers,
    "claim" | "release" | "claimsSince" | "claimsOf" | "setName" | "namesOf"
  >;
  readonly rates: Pick<
    PostgresRateCard,
    "history" | "names" | "append" | "rename" | "timeZones" | "latestBegun" | "latestOutbound"
  >;
  readonly meta_pricing: MetaPricingStore;
  readonly label_sets: Pick<PostgresLabelSets, "erase">;
  readonly quarantine: Pick<
    PostgresQuarantine,
    | "add"
    | "erase"
    | "get"
    | "markReplayed"
    | "markReplayFailed"
    | "waitingFor"
    | "claimedNumbers"
    | "waitingForTheirTime"
    | "list"
  >;
  /** Returns all stored rows of a company. */
  storedRows(company: CompanyId): Promise<StoredRows>;
}

/** A check of the contract on a new store. */
export type ContractCheck = (subject: StoreUnderTest) => Promise<void>;

/** Noon UTC of a Monday. */
export const NOON = at("2026-11-23T12:00:00Z");
/** One minute. */
export const MINUTE_MS = 60_000;
/** A company. */
export const ACME = "acme" as CompanyId;
/** Another company. */
export const BETA = "beta" as CompanyId;
/** A contact's phone. */
export const MARIA = "5511988887777";

/** Every company, in order of id. */
export const BY_ID: CompanyQuery = { sort: "company", descending: false, limit: 1_000 };

/** Writes changes. @returns the companies whose change was written, sorted */
export async function writeAll(writer: Writer, ...changes: readonly Change[]): Promise<CompanyId[]> {
  return [...await writer.write(changes)].sort();
}

/** Writes a change, and asserts that it was written. */
export async function writeOne(writer: Writer, change: Change): Promise<void> {
  assert.deepEqual(await writeAll(writer, change), [change.company]);
}
