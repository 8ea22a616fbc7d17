/** Meta's `pricing_analytics`: what Meta counts and charges by day. Source: Meta, Graph API, "Analytics". */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";
import { nextDate } from "../calendar.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";
import { isOfGroup, metaCategoryOf, pricingTypeOf } from "./meta_names.ts";
import type { CountedMessages } from "./reconciliation_lines.ts";

/** One of Meta's data points, with the breakdowns that a reconciliation needs. */
export interface PricingPoint {
  /** When the day begins, in seconds since 1970: midnight in the account's zone. */
  readonly start: number;
  /** When the day ends, in seconds since 1970. */
  readonly end: number;
  /** ISO 3166-1 alpha-2, of the recipients. */
  readonly country: string;
  /** The business phone number. */
  readonly phone_number: string;
  /** Such as `MARKETING`. */
  readonly pricing_category: string;
  /** Such as `REGULAR`. */
  readonly pricing_type: string;
  /** The volume tier, such as `0:750000`. */
  readonly tier?: string | undefined;
  readonly volume: number;
  /** In the account's currency; undefined where Meta gives none. */
  readonly cost?: number | undefined;
}

/** A number of the account that Meta reports on. */
export interface ReportedNumber {
  readonly phone_number_id: string;
  /** Returns the zone of the account at an instant; undefined while the number belonged to another account. */
  zoneAt(at_ms: number): string | undefined;
}

/** Why a data point cannot be compared. */
export interface PointError {
  /** The index of the data point. */
  readonly index: number;
  readonly field: keyof PricingPoint;
  /** What the field must be, and the remedy. */
  readonly message: string;
}

/** The longest day, in seconds: 25 hours, when clocks go back. */
const DAY_S_MAX = 90_000;
const SECOND_MS = 1_000;

/** Reads data points as counted messages. */
export class PricingPoints {
  readonly #numbers: ReadonlyMap<string, ReportedNumber>;
  readonly #from: LocalDate;
  readonly #to: LocalDate;
  readonly #known = new Set<string>();
  /** The date of each day of a zone, which many data points share. */
  readonly #dates = new Map<string, LocalDate | Pick<PointError, "field" | "message">>();

  /**
   * @param numbers the numbers of the account, by the digits of their phone
   * @param from the first date that Meta was asked for
   * @param to the last one
   */
  constructor(numbers: ReadonlyMap<string, ReportedNumber>, from: LocalDate, to: LocalDate) {
    this.#numbers = numbers;
    this.#from = from;
    this.#to = to;
  }

  /** Reads data points. @returns the first error, if any */
  read(points: readonly PricingPoint[]): readonly CountedMessages[] | PointError {
    const counted: CountedMessages[] = [];
    for (const [index, point] of points.entries()) {
      const one = this.#readOne(point);
      if ("field" in one) return { index, ...one };
      counted.push(one);
    }
    return counted;
  }

  #readOne(point: PricingPoint): CountedMessages | Pick<PointError, "field" | "message"> {
    const digits = digitsOf(point.phone_number);
    const number = this.#numbers.get(digits);
    if (number === undefined) return { field: "phone_number", message: unknownNumber(digits) };
    const zone = number.zoneAt(point.start * SECOND_MS);
    if (zone === undefined) return { field: "phone_number", message: OTHER_ACCOUNT };
    const date = this.#dateOf(point, zone);
    if (typeof date === "object") return date;
    const { country, volume, cost, tier } = point;
    const line: CountedMessages = {
      phone_number_id: number.phone_number_id,
      date,
      country,
      category: metaCategoryOf(point.pricing_category),
      pricing_type: pricingTypeOf(point.pricing_type),
      messages: volume,
      cost: cost === undefined ? undefined : microsOf(cost),
      tier,
      of_group: isOfGroup(point.pricing_category, point.pricing_type),
    };
    const { pricing_category, pricing_type } = point;
    const key = [digits, date, country, pricing_category, pricing_type, tier].join(" ");
    if (this.#known.has(key)) {
      return {
        field: "start",
        message: "is of a day and a group that came before: send each data point once",
      };
    }
    this.#known.add(key);
    return line;
  }

  /** Returns the date of a data point, or why it is no single date of the range. */
  #dateOf(
    { start, end }: PricingPoint,
    zone: string,
  ): LocalDate | Pick<PointError, "field" | "message"> {
    const key = `${zone} ${start} ${end}`;
    const known = this.#dates.get(key);
    if (known !== undefined) return known;
    const date = dayFrom(start, end, zone);
    const dated = typeof date === "object" || (date >= this.#from && date <= this.#to) ? date : {
      field: "start" as const,
      message: `is of ${date}, outside of ${this.#from} to ${this.#to}: correct from and to`,
    };
    this.#dates.set(key, dated);
    return dated;
  }
}

function dayFrom(
  start: number,
  end: number,
  zone: string,
): LocalDate | Pick<PointError, "field" | "message"> {
  if (end <= start || end - start > DAY_S_MAX) {
    return {
      field: "end",
      message:
        "is not one day after start: ask Meta with granularity(DAILY), and leave start and end as they are",
    };
  }
  const date = RUNTIME_ZONE_DATA.dateOn(start * SECOND_MS, zone);
  if (RUNTIME_ZONE_DATA.startOfDay(date, zone) !== start * SECOND_MS) {
    return {
      field: "start",
      message: `does not begin a day in ${zone}, the zone of the number's Meta account: ask Meta with ` +
        "granularity(DAILY), or correct the zone with PUT /v1/phone_numbers/{phone_number_id}/meta_account",
    };
  }
  if (RUNTIME_ZONE_DATA.startOfDay(nextDate(date), zone) !== end * SECOND_MS) {
    return {
      field: "end",
      message: `does not end the day in ${zone}: ask Meta with granularity(DAILY) for whole days`,
    };
  }
  return date;
}

const OTHER_ACCOUNT =
  "belonged to another Meta account on the day: correct account_id, or ask Meta for the days of this account";

function unknownNumber(digits: string): string {
  return `is no number of the account: set its account with PUT /v1/phone_numbers/ID/meta_account, and name it with ` +
    `PUT /v1/phone_numbers/ID or send number=${digits}:ID in the query`;
}

/** Returns the digits of a phone number, as Meta gives it or as people write it. */
export function digitsOf(phone_number: string): string {
  return phone_number.replaceAll(/\D/g, "");
}

/** Converts an amount of Meta's, which is a float, to millionths. */
function microsOf(cost: number): Micros {
  return BigInt(Math.round(cost * 1_000_000)) as Micros;
}
