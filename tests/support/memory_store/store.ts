/**
 * The store in memory, for tests and the simulation. One contract suite checks it and the Postgres store.
 */

import { shardOf } from "../../../actors/placement/shards.ts";
import type { PostgresLabelSets } from "../../../src/postgres/label_sets.ts";
import type {
  Activation,
  LoadedRows,
  LoadRequest,
  StoredPerson,
} from "../../../src/domain/company/activation.ts";
import type { Change } from "../../../src/domain/company/change.ts";
import { type CompanyQuery, foldedName, sortValueOf } from "../../../src/domain/company_list.ts";
import { type PackageStatus, packageStatus } from "../../../src/domain/contract.ts";
import { excessIn, newPeriod } from "../../../src/domain/period.ts";
import type { ListedCompany } from "../../../src/domain/reports.ts";
import type { NewCompany } from "../../../src/domain/company/new_company.ts";
import { firstSettings } from "../../../src/domain/company/new_company.ts";
import type { CompanyId, ContactId, LocalDate } from "../../../src/domain/types.ts";
import type { PhoneClaim } from "../../../src/domain/phone_claims.ts";
import { addDays, monthOf, nextDate } from "../../../src/domain/calendar.ts";
import { DAYS_HELD } from "../../../src/domain/lateness.ts";
import { StoredCompany } from "./company.ts";

const LATEST_MS = Date.UTC(9999, 0);

/** Companies in memory. Every method takes effect synchronously; its promise is settled when it returns. */
export class MemoryStore {
  /** The claims of each phone number, in order. */
  readonly phone_claims = new Map<string, PhoneClaim[]>();
  readonly #companies = new Map<CompanyId, StoredCompany>();
  /** Set by a test: facts older than this were deleted. */
  facts_retained_from_ms: number | undefined;

  /**
   * Writes changes, each whole or not at all.
   *
   * @returns the companies whose head was `(epoch, from_version)` and whose change repeats no unique id (of an entry,
   * a usage, a send or a version)
   */
  // deno-lint-ignore require-await
  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const written = changes.filter((change) => this.#companies.get(change.company)?.apply(change) ?? false);
    return new Set(written.map(({ company }) => company));
  }

  /**
   * Creates a company with its first settings, on the local date of its creation.
   *
   * @returns false when the id exists; that company is unchanged
   */
  // deno-lint-ignore require-await
  async create(company: CompanyId, data: NewCompany): Promise<boolean> {
    if (this.#companies.has(company)) return false;
    const { name, locale, country, contact_secret } = data;
    const head = {
      epoch: 0,
      version: 0,
      ledger_seq: 0,
      name,
      locale,
      country,
      latest_charged_ms: undefined,
      contact_secret: Uint8Array.from(contact_secret),
      closed_through: data.days.closed_through,
      due_at_ms: data.days.due_at_ms,
    };
    const stored = new StoredCompany(company, head, firstSettings(data));
    data.days.day_ends_ms.toReversed().forEach((ends_ms, i) =>
      stored.local_days.set(addDays(head.closed_through, -i), ends_ms)
    );
    this.#companies.set(company, stored);
    return true;
  }

  /** Activates a company: raises its epoch, and reads its rows. */
  async activate(company: CompanyId, at_ms?: number): Promise<Activation | undefined> {
    const epoch = await this.raiseEpoch(company);
    return epoch === undefined ? undefined : await this.readActivation(company, epoch, at_ms);
  }

  /** Raises the epoch, which fences every other owner: the first statement of an activation. */
  // deno-lint-ignore require-await
  async raiseEpoch(company: CompanyId): Promise<number | undefined> {
    const storedCompany = this.#companies.get(company);
    if (storedCompany === undefined) return undefined;
    storedCompany.head = { ...storedCompany.head, epoch: storedCompany.head.epoch + 1 };
    return storedCompany.head.epoch;
  }

  /** Reads a company for the owner of an epoch, even if a newer one exists: the second statement. */
  // deno-lint-ignore require-await
  async readActivation(company: CompanyId, epoch: number, at_ms = LATEST_MS): Promise<Activation> {
    const stored = this.#companies.get(company)!;
    const date = new Date(at_ms).toISOString().slice(0, 10) as LocalDate;
    const { closed_through } = stored.head;
    const oldest = addDays(date < closed_through ? date : closed_through, -DAYS_HELD);
    const periods = [...stored.periods.values()].map(({ period }) => period)
      .filter(({ month, closed }) => !closed || month >= monthOf(oldest));
    return {
      ...stored.head,
      company,
      epoch,
      phone_number_ids: this.#phoneNumberIdsOf(company),
      settings: [...stored.settings],
      contract: [...stored.contract],
      own_rates: stored.rates.toSorted((a, b) =>
        a.feature < b.feature ? -1 : a.feature > b.feature ? 1 : a.version - b.version
      ),
      number_accounts: [...stored.number_accounts],
      account_days: stored.accountDaysAfter(oldest),
      periods: periods.sort((a, b) => a.month < b.month ? -1 : 1),
      totals: stored.totalsAfter(oldest),
      day_ends_ms: stored.dayEndsAfter(oldest, closed_through),
      later_day_ends_ms: stored.dayEndsAfter(nextDate(closed_through)),
    };
  }

  /** Reads contacts with all their keys and facts, usages and sends. */
  // deno-lint-ignore require-await
  async load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows> {
    const stored = this.#companies.get(company);
    if (stored === undefined) return { people: [], usages: [], sends: [] };
    const ids = missing.contacts.map((key) => stored.contacts.get(key)?.contact_id);
    ids.push(...stored.contactsOfMessages(new Set(missing.messages)));
    const people = [...new Set(ids.filter((id) => id !== undefined))].map((id) => this.#personOf(stored, id));
    const usages = missing.usage_ids.map((id) => stored.usages.get(id)).filter((usage) =>
      usage !== undefined
    );
    const sends = missing.sends.map((key) => stored.sends.get(key)).filter((send) => send !== undefined);
    return {
      people,
      usages: usages.map(({ id, content }) => ({ id, content })),
      sends: sends.map(({ send }) => send),
    };
  }

  #personOf(stored: StoredCompany, id: ContactId): StoredPerson {
    const keys = [...stored.contacts].filter(([, contact]) => contact.contact_id === id)
      .map(([key, { by_phone, identifier, erased_at_ms, known_since_ms }]) => {
        const predates_facts = known_since_ms < (this.facts_retained_from_ms ?? -Infinity);
        return { key, by_phone, readable: identifier !== undefined, erased_at_ms, predates_facts };
      });
    const facts = keys.flatMap(({ key }) => [...stored.facts.get(key)?.values() ?? []])
      .sort((a, b) => a.at_ms - b.at_ms || (a.id < b.id ? -1 : 1));
    return { id, keys, facts };
  }

  /** Lists companies whose current local date begins after an instant, in order of id. */
  // deno-lint-ignore require-await
  async companiesAhead(at_ms: number, limit: number, after = "" as CompanyId): Promise<CompanyId[]> {
    return this.storedCompanies().filter(({ company, head, local_days }) =>
      company > after && local_days.get(head.closed_through)! > at_ms
    ).map(({ company }) => company).sort().slice(0, limit);
  }

  /** Lists companies whose local date has ended by an instant, longest due first. */
  // deno-lint-ignore require-await
  async dueCompanies(at_ms: number, limit: number, shards?: readonly number[]): Promise<CompanyId[]> {
    return [...this.#companies].filter(([, { head }]) => head.due_at_ms <= at_ms)
      .filter(([company]) => shards?.includes(shardOf(company)) ?? true)
      .sort(([a, { head: of_a }], [b, { head: of_b }]) => of_a.due_at_ms - of_b.due_at_ms || (a < b ? -1 : 1))
      .slice(0, limit).map(([company]) => company);
  }

  /** Lists the companies of a query, in its order. */
  // deno-lint-ignore require-await
  async list(query: CompanyQuery): Promise<ListedCompany[]> {
    const rows = this.storedCompanies().map((stored) => ({
      stored,
      status: packageStatus(stored.contract, nextDate(stored.head.closed_through)),
      value: sortValueOf(query.sort, sortedBy(stored)),
    }));
    const direction = query.descending ? -1 : 1;
    return rows.filter((row) => isListed(row, query, direction))
      .sort((a, b) => compare(a.value, b.value) * direction || compare(a.stored.company, b.stored.company))
      .slice(0, query.limit)
      .map(({ stored: { company, head, settings }, status, value }) => ({
        company,
        name: head.name,
        locale: head.locale,
        country: head.country,
        closed_through: head.closed_through,
        phone_number_ids: this.#phoneNumberIdsOf(company),
        settings: [...settings],
        status,
        sort_value: value,
      }));
  }

  /** The identifiers by which a contact is still readable. */
  // deno-lint-ignore require-await
  async identifiersOf(company: CompanyId, contact: ContactId): Promise<string[]> {
    const stored = this.#companies.get(company);
    return [...stored?.contacts.values() ?? []].filter(({ contact_id }) => contact_id === contact)
      .map(({ identifier }) => identifier).filter((identifier) => identifier !== undefined);
  }

  /** Erases labels of usage and sends. */
  readonly label_sets: Pick<PostgresLabelSets, "erase"> = {
    erase: (company, text) => Promise.resolve(this.#companies.get(company)?.eraseLabels(text) ?? 0),
  };

  /** Returns the stored data of a company, to inspect. */
  stored(company: CompanyId): StoredCompany | undefined {
    return this.#companies.get(company);
  }

  /** Lists the stored data of every company, in order of creation. */
  storedCompanies(): StoredCompany[] {
    return [...this.#companies.values()];
  }

  /** The phone numbers that a company owns, with their owners. */
  get phone_owners(): ReadonlyMap<string, CompanyId> {
    const open = [...this.phone_claims.values()].flat().filter(({ released_at_ms }) =>
      released_at_ms === undefined
    );
    return new Map(open.map(({ phone_number_id, company }) => [phone_number_id, company]));
  }

  #phoneNumberIdsOf(company: CompanyId): string[] {
    return [...this.phone_owners].filter(([, owner]) => owner === company).map(([id]) => id).sort();
  }
}

/** Returns what a company is sorted by. Its current month is that of the day after the last closed one. */
function sortedBy({ company, head, periods }: StoredCompany) {
  const month = monthOf(nextDate(head.closed_through));
  return { company, name: head.name, period: periods.get(month)?.period ?? newPeriod(month, false) };
}

function isListed(
  { stored, status, value }: {
    readonly stored: StoredCompany;
    readonly status: PackageStatus;
    readonly value: string | number;
  },
  { after, company = stored.company, name = "", status: wanted = status, in_excess }: CompanyQuery,
  direction: number,
): boolean {
  const is_after = after === undefined ||
    (compare(value, after.value) * direction || compare(stored.company, after.company)) > 0;
  return is_after && company === stored.company && wanted === status &&
    foldedName(stored.head.name).includes(name) &&
    (in_excess === undefined || in_excess === excessIn(sortedBy(stored).period) > 0);
}

/** Compares texts by code point, as Postgres does. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  const [of_a, of_b] = [[...a], [...b]];
  const at = of_a.findIndex((letter, i) => letter !== of_b[i]);
  return at < 0 ? of_a.length - of_b.length : of_a[at]!.codePointAt(0)! - (of_b[at]?.codePointAt(0) ?? -1);
}
