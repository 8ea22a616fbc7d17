/**
 * The bakery's neighbours: companies in other states than the bakery. Each has a simple story from the bakery's opening
 * until the first start of the demo. By then the current month has used exactly the planned credits, on any date.
 */

import type { Offer, Profile } from "../../client/mod.ts";
import {
  type BusinessNumber,
  businessNumber,
  customerWrote,
  numberedCustomer,
  templateStatuses,
  wamid,
} from "../../tests/support/payloads.ts";
import { atHour, type Delivery, type StoryDay, usageAt, webhookAt } from "./delivery.ts";
import { BAKERY, contractOf } from "./company.ts";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { localDateOf, startOf } from "./story.ts";
import { usageReport } from "./usages.ts";

/** A company next to the bakery. */
export interface Neighbour {
  readonly company: string;
  readonly name: string;
  /** Its state, for the terminal. */
  readonly state: string;
  readonly line: BusinessNumber;
  readonly profile: Profile & { readonly country: string };
  readonly contract: Offer;
  /** The credits used in the month before the first start. */
  readonly last_month: number;
  /** Returns the credits used in the month of the first start, until then. @param today its local date */
  readonly this_month: (today: Temporal.PlainDate) => number;
}

/** The neighbours. */
export const NEIGHBOURS: readonly Neighbour[] = [
  neighbour(3, "clinica-sorriso", "Clínica Sorriso", {
    state: "running out",
    contract: contractOf(1_000, "95.00"),
    last_month: 760,
    this_month: (today) => nearlyAllOf(1_000, today),
  }),
  neighbour(4, "academia-corpo-leve", "Academia Corpo Leve", {
    state: "in excess",
    contract: contractOf(500, "52.50"),
    last_month: 470,
    this_month: () => 690,
  }),
  neighbour(5, "oficina-do-ze", "Oficina do Zé", {
    state: "no package: it pays each credit",
    contract: { package: null, excess_credit_price: "0.18", currency: "BRL" },
    last_month: 230,
    this_month: () => 260,
  }),
];

function neighbour(
  number: number,
  company: string,
  name: string,
  more: Pick<Neighbour, "state" | "contract" | "last_month" | "this_month">,
): Neighbour {
  const line = businessNumber(number);
  const profile = { ...BAKERY.profile, name, phone_number_ids: [line.phone_number_id] };
  return { company, name, line, profile, ...more };
}

/** Returns how much of a package is used if the rest lasts three more days, or half of what is left of the month. */
function nearlyAllOf(credits: number, { day, daysInMonth }: Temporal.PlainDate): number {
  const days_left = Math.max(0.25, Math.min(3, (daysInMonth - day) / 2));
  return Math.round(credits * Math.max(0.85, day / (day + days_left)));
}

/** The customers of the neighbours have higher numbers than those of the bakery's story. */
const CUSTOMERS_FROM = 10_000;
/** The share of the day that counts at least: a demo first started at midnight has a story too. */
const DAY_SHARE_MIN = 0.1;
/** Business is from 8 to 20 o'clock. */
const [OPENS_AT, CLOSES_AT] = [8, 20] as const;
/** The seconds of the longest day. */
const DAY_S_MAX = 25 * 3_600;
/** How busy a day is, Monday to Sunday. */
const WEIGHT_BY_WEEKDAY = [1, 1, 1, 1.1, 1.3, 0.9, 0.4] as const;

/**
 * Returns the deliveries to a neighbour in a time range, in order.
 *
 * @param from_s Unix seconds, included.
 * @param until_s Unix seconds, not included.
 * @param planned_s The first start of the demo, in Unix seconds: the story ends then.
 */
export function neighbourDeliveries(
  neighbour: Neighbour,
  from_s: number,
  until_s: number,
  planned_s: number,
): Delivery[] {
  const today = localDateOf(planned_s);
  const this_month = today.with({ day: 1 });
  const months = [
    {
      first: this_month.subtract({ months: 1 }),
      last: this_month.subtract({ days: 1 }),
      count: neighbour.last_month,
    },
    { first: this_month, last: today, count: neighbour.this_month(today) },
  ];
  const deliveries = months.flatMap(({ first, last, count }) =>
    daysOfMonth(first, last, count, planned_s)
      .filter(({ start_s }) => start_s < until_s && start_s + DAY_S_MAX > from_s)
      .flatMap((day) => deliveriesOfDay(neighbour, day))
  );
  return deliveries.filter(({ at_s }) => at_s >= from_s && at_s < until_s).sort((a, b) => a.at_s - b.at_s);
}

interface PlannedDay extends StoryDay {
  /** The credits used on this day. */
  readonly count: number;
  /** The hours of business, which may have a fraction. */
  readonly from_hour: number;
  readonly until_hour: number;
}

/** Distributes the credits of a month over its days: the sum is exact. */
function daysOfMonth(
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
  count: number,
  planned_s: number,
): PlannedDay[] {
  const days: (PlannedDay & { weight: number })[] = [];
  for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const start_s = startOf(date);
    const hours = (planned_s - start_s) / 3_600;
    // On the day of the first start, business begins early enough to be over by then.
    const until_hour = Math.min(CLOSES_AT, hours);
    const from_hour = Math.min(OPENS_AT, until_hour / 2);
    const share = Math.max(DAY_SHARE_MIN, Math.min(1, (until_hour - OPENS_AT) / (CLOSES_AT - OPENS_AT)));
    const weight = share * WEIGHT_BY_WEEKDAY[date.dayOfWeek - 1]!;
    days.push({
      date: String(date),
      start_s,
      weekday: date.dayOfWeek,
      count: 0,
      from_hour,
      until_hour,
      weight,
    });
  }
  const total = days.reduce((sum, { weight }) => sum + weight, 0);
  let weight_before = 0;
  return days.map((day) => {
    const before = Math.round(count * weight_before / total);
    weight_before += day.weight;
    return { ...day, count: Math.round(count * weight_before / total) - before };
  });
}

/** Returns the deliveries of a day: messages, templates and uses of features, each of one credit. */
function deliveriesOfDay({ company, line }: Neighbour, day: PlannedDay): Delivery[] {
  const random = new SeededRandom(`${company} ${day.date}`);
  const { from_hour, until_hour } = day;
  return Array.from({ length: day.count }, (_, i): Delivery[] => {
    const at_s = atHour(day, from_hour + (until_hour - from_hour) * 0.98 * random.fraction());
    const id = `${company} ${day.date} ${i}`;
    const customer = numberedCustomer(CUSTOMERS_FROM + i);
    const fraction = random.fraction();
    if (fraction < 0.6) {
      return [webhookAt(at_s, "message", customerWrote(line, customer, { id: wamid(id), at_s }))];
    }
    if (fraction < 0.85) {
      const statuses = templateStatuses(line, customer, {
        id: wamid(id),
        sent_at_s: at_s,
        ends: "delivered",
      });
      return statuses.map((change, step) => webhookAt(at_s + 2 * step, "template", change));
    }
    return [
      usageAt(at_s, "usage", { ...usageReport(id, at_s, random), feature: "automation.run", quantity: 1 }),
    ];
  }).flat();
}
