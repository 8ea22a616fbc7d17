/** The numbers of one Meta account, and the days in its time zone. */

import type { Calendar } from "../calendar.ts";
import type { CompanyId, LocalDate } from "../types.ts";
import { DAY_MS } from "../../time/units.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";
import { accountCalendar, type AccountDay } from "./account_calendar.ts";
import { firstDate, type NumberAccount } from "./number_accounts.ts";
import { digitsOf, type ReportedNumber } from "./pricing_analytics.ts";

/** A name of a number that is its phone: digits, with what people write between them. */
const PHONE_NAME = /^\+?[\d\s().-]{7,40}$/;

/** A day of a number: instants in `[start_ms, end_ms)`. */
export interface NumberDay {
  readonly start_ms: number;
  readonly end_ms: number;
}

/** The numbers that belong, or belonged, to one Meta account. Before the first account of a number it counts as its. */
export class AccountNumbers {
  readonly #account_id: string;
  /** The accounts of each number of the account, in order of `from_ms`, of whichever company. */
  readonly #versions = new Map<string, readonly NumberAccount[]>();
  readonly #calendars: ReadonlyMap<CompanyId, Calendar>;

  /**
   * @param accounts the accounts of all numbers
   * @param calendars of the companies: before the first account of a number, its dates are the company's
   */
  constructor(
    account_id: string,
    accounts: readonly NumberAccount[],
    calendars: ReadonlyMap<CompanyId, Calendar>,
  ) {
    this.#account_id = account_id;
    this.#calendars = calendars;
    for (const [number, versions] of Map.groupBy(accounts, ({ phone_number_id }) => phone_number_id)) {
      if (!versions.some((version) => version.account_id === account_id)) continue;
      this.#versions.set(number, versions.toSorted((a, b) => a.from_ms - b.from_ms));
    }
  }

  /** The ids of the numbers. */
  get ids(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** The companies that set an account of a number of these. */
  companiesOf(phone_number_id: string): readonly CompanyId[] {
    return [...new Set(this.#versions.get(phone_number_id)?.map(({ company }) => company))].sort();
  }

  /** The currency of the account by its latest version. */
  get currency(): string | undefined {
    const own = [...this.#versions.values()].flat().filter(({ account_id }) =>
      account_id === this.#account_id
    );
    return own.toSorted((a, b) => a.from_ms - b.from_ms).at(-1)?.currency;
  }

  /** Whether a number belonged to the account on a date of its day. On the date of a change the new account counts. */
  isOwnOn(phone_number_id: string, date: LocalDate): boolean {
    const versions = this.#versions.get(phone_number_id);
    if (versions === undefined) return false;
    return (versions.findLast((version) => firstDate(version) <= date) ?? versions[0]!).account_id ===
      this.#account_id;
  }

  /** Returns the zone of the account at an instant; undefined while the number belonged to another one. */
  zoneAt(phone_number_id: string, at_ms: number): string | undefined {
    const versions = this.#versions.get(phone_number_id)!;
    const version = this.#versionAt(versions, at_ms);
    return version.account_id === this.#account_id ? this.#zoneOf(version, at_ms) : undefined;
  }

  /**
   * Returns the instants of a number's date.
   *
   * @param stored the stored days around it, of the company's accounts
   */
  dayOf(phone_number_id: string, date: LocalDate, stored: readonly AccountDay[] = []): NumberDay {
    const versions = this.#versions.get(phone_number_id)!;
    const noon_ms = RUNTIME_ZONE_DATA.startOfDay(date, "UTC") + DAY_MS / 2;
    const version = this.#versionAt(versions, noon_ms);
    const of_company = noon_ms < version.from_ms ? this.#calendars.get(version.company) : undefined;
    const days = stored.filter(({ time_zone }) => time_zone === version.time_zone);
    const { start_ms, end_ms } = (of_company ?? accountCalendar(version.time_zone, days)).day(date);
    return { start_ms, end_ms };
  }

  /**
   * Returns the numbers by the digits of their phone.
   *
   * @param named phones that the caller names, by their digits
   * @param names the names of numbers, by id. A name that is a phone names the number, unless two have it
   */
  byPhone(
    named: ReadonlyMap<string, string>,
    names: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, ReportedNumber> {
    const ids = new Map<string, Set<string>>();
    for (const [id, name] of names) {
      if (!this.#versions.has(id) || !PHONE_NAME.test(name)) continue;
      const digits = digitsOf(name);
      ids.set(digits, (ids.get(digits) ?? new Set()).add(id));
    }
    for (const [digits, id] of named) ids.set(digits, new Set([id]));
    return new Map(
      [...ids].filter(([, of_phone]) => of_phone.size === 1).map(([digits, of_phone]) => {
        const phone_number_id = [...of_phone][0]!;
        return [digits, { phone_number_id, zoneAt: (at_ms) => this.zoneAt(phone_number_id, at_ms) }];
      }),
    );
  }

  /** The account of a number at an instant: the first one before it. */
  #versionAt(versions: readonly NumberAccount[], at_ms: number): NumberAccount {
    return versions.findLast(({ from_ms }) => from_ms <= at_ms) ?? versions[0]!;
  }

  #zoneOf({ company, from_ms, time_zone }: NumberAccount, at_ms: number): string {
    if (at_ms >= from_ms) return time_zone;
    const calendar = this.#calendars.get(company);
    return calendar?.zoneOn(calendar.dateOf(at_ms)) ?? time_zone;
  }
}
