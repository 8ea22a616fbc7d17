import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { type MessagePricing, NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import { WHATSAPP_FEATURES } from "../../src/domain/rates.ts";
import { ZONE_DATA } from "./zone_data.ts";
import type { Action, Category, EventSpec, IdentifierChoice, Step, UsageSpec } from "./actions.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time/units.ts";

/** The processes and companies that a run starts with. */
export interface SimulationSetup {
  readonly starts_at_ms: number;
  readonly processes: number;
  readonly zones: readonly string[];
  readonly policies: readonly ("charge" | "free")[];
}

const SECOND_MS = 1_000;

const ZONES = [
  "America/Sao_Paulo",
  "America/Sao_Paulo",
  "America/Manaus",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "Europe/Berlin",
  "Africa/Cairo",
];
const STARTS = [
  "2026-10-23T11:00:00Z",
  "2026-10-29T23:00:00Z",
  "2026-10-31T02:00:00Z",
  "2026-11-23T12:00:00Z",
  "2026-11-28T02:50:00Z",
  "2026-12-27T15:00:00Z",
  "2026-03-26T21:00:00Z",
];
/** The features whose usage is reported. */
export const FEATURES = ["automation.run", "sms.sent"];
const PRICED_FEATURES = [...FEATURES, ...WHATSAPP_FEATURES];
/** What statuses say of prices: mostly something, and sometimes it is not read. */
const PRICINGS: readonly (MessagePricing | undefined)[] = [
  undefined,
  NO_PRICING,
  NO_PRICING,
  { category: "marketing", type: "regular", billable: true },
  { category: "utility", type: "regular", billable: true },
  { category: "utility", type: "free_customer_service", billable: false },
  { category: "service", type: "regular", billable: true },
  { category: "unknown", type: "free_entry_point", billable: false },
];
const PEOPLE = 3;
const QUIESCE_EVERY = 20;

/** Draws a setup. */
export function randomSetup(random: SeededRandom): SimulationSetup {
  const companies = random.between(1, 4);
  return {
    starts_at_ms: Date.parse(random.pick(STARTS)) + random.between(0, 3) * HOUR_MS,
    processes: random.pick([1, 2, 2, 3]),
    zones: Array.from({ length: companies }, () => random.pick(ZONES)),
    policies: Array.from({ length: companies }, () => random.pick(["charge", "charge", "free"] as const)),
  };
}

/** Draws a script: the same seed gives the same script. */
export function randomScript(random: SeededRandom, setup: SimulationSetup, length: number): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < length; at++) {
    const is_quiesce = at % QUIESCE_EVERY === QUIESCE_EVERY - 1;
    const action = is_quiesce ? { do: "quiesce" as const } : randomAction(random, setup, steps);
    steps.push({ ...action, events_after: random.pick([0, 0, 1, 2, 4, 10, 30]) });
  }
  return steps;
}

function randomAction(
  random: SeededRandom,
  { zones, policies, processes }: SimulationSetup,
  earlier: readonly Step[],
): Action {
  const company = random.between(0, zones.length - 1);
  const process = random.between(0, processes - 1);
  const person = random.between(0, PEOPLE - 1);
  const identifiers = randomIdentifiers(random);
  const roll = random.between(1, 100);
  const copies = random.chance(0.15) ? 2 : 1;
  if (roll <= 38) {
    const events = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => {
      return randomEvent(random, random.chance(0.9) ? company : random.between(0, zones.length - 1));
    });
    const is_moving = random.chance(0.2);
    return { do: is_moving ? "deliver to the moving number" : "deliver", events, copies };
  }
  if (roll <= 45) return { do: "use", company, items: randomUsages(random), copies };
  if (roll <= 51) {
    return {
      do: "send",
      company,
      person,
      identifiers,
      message: random.between(0, 5),
      kind: random.pick(["template", "template", "free_form"]),
      category: randomCategory(random),
      own_id: random.chance(0.5),
      ago_ms: random.chance(0.2) ? undefined : randomAge(random),
      copies,
    };
  }
  if (roll <= 54) {
    // Mostly of a recorded send, sometimes of one that is not recorded.
    const sends = earlier.filter((step) => step.do === "send").slice(-4);
    const of_unknown = { company, person, message: random.between(0, 5), own_id: random.chance(0.5) };
    const { company: of, person: to, message, own_id } = sends.length === 0 ? of_unknown : random.pick(sends);
    const ago_ms = random.chance(0.8) ? undefined : randomAge(random);
    return { do: "report send failure", company: of, person: to, message, own_id, ago_ms, copies };
  }
  if (roll <= 60) {
    // The company that claimed the moving number gives it up, then any company may claim it.
    const last = earlier.findLast((step) => step.do === "configure");
    const of = last?.moving_number ? last.company : company;
    const numbers = { new_number: random.chance(0.5), moving_number: !last?.moving_number };
    return { do: "configure", company: of, time_zone: zones[of]!, policy: policies[of]!, ...numbers };
  }
  if (roll <= 73) return { do: "advance", ms: randomDuration(random) };
  if (roll <= 76) return { do: "run due work", process };
  if (roll <= 80) {
    const for_ms = random.pick([0, 5 * SECOND_MS, 10 * MINUTE_MS, 5 * HOUR_MS]);
    return {
      do: random.chance(0.75) ? "crash" : "stop",
      process,
      for_ms,
      ahead_ms: randomClockOffset(random),
      zone_data: random.between(0, ZONE_DATA.length - 1),
    };
  }
  if (roll <= 83) {
    const by_ms = random.pick([-1, 1]) *
      random.pick([SECOND_MS, 40 * SECOND_MS, 4 * MINUTE_MS, 4 * MINUTE_MS, 2 * HOUR_MS, 26 * HOUR_MS]);
    return { do: "clock", process, by_ms };
  }
  if (roll <= 86) return { do: "place", company, process };
  if (roll <= 88) return { do: random.pick(["watch", "watch", "unwatch"]), company };
  if (roll <= 90) return { do: random.pick(["read", "quote"]), company };
  if (roll <= 91) return { do: "read contact", company, person, identifiers };
  if (roll <= 92) return { do: "erase", company, person, identifiers };
  return randomTermsAction(random, company);
}

function randomTermsAction(random: SeededRandom, company: number): Action {
  const roll = random.between(1, 10);
  if (roll <= 4) {
    return {
      do: "agree contract",
      company,
      credits: random.pick([null, 2, 5, 9, 20]),
      prorated: random.chance(0.3),
      price: random.pick(["0.10", "0.12"]),
    };
  }
  if (roll <= 5) return { do: random.pick(["cancel", "withdraw cancellation"]), company };
  if (roll <= 7) {
    return {
      do: "override rate",
      company,
      feature: random.pick(PRICED_FEATURES),
      credits: random.between(0, 4),
    };
  }
  if (roll <= 8) {
    const account_id = random.pick(["account-1", "account-2"]);
    return { do: "set account", company, account_id, time_zone: random.pick(ZONES) };
  }
  return {
    do: "configure",
    company,
    time_zone: random.pick(ZONES),
    policy: random.pick(["charge", "free"]),
    new_number: random.chance(0.5),
    moving_number: random.chance(0.4),
  };
}

function randomEvent(random: SeededRandom, company: number): EventSpec {
  const kind = random.pick(
    [
      "wrote",
      "wrote",
      "wrote",
      "sent",
      "sent",
      "delivered",
      "delivered",
      "read",
      "failed",
      "noted",
      "called",
      "number changed",
    ] as const,
  );
  return {
    kind: kind === "number changed" && random.chance(0.5) ? "wrote" : kind,
    company,
    person: kind === "number changed" ? 0 : random.between(0, PEOPLE - 1),
    identifiers: randomIdentifiers(random),
    message: random.between(0, 5),
    ...randomPricing(random),
    has_callback: random.chance(0.3),
    pricing: random.pick(PRICINGS),
    ago_ms: random.chance(0.04)
      ? -random.pick([MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS])
      : randomAge(random),
    new_number: random.chance(0.05),
    again: random.chance(0.3),
  };
}

/** Draws what a status says of its message. Meta names no category of a message that it does not call a template. */
function randomPricing(random: SeededRandom): Pick<EventSpec, "template" | "category"> {
  const [template, category] = [random.chance(0.6), randomCategory(random)];
  return { template, category: template ? category : undefined };
}

function randomUsages(random: SeededRandom): UsageSpec[] {
  return Array.from({ length: random.pick([1, 1, 2]) }, () => ({
    id: random.between(0, 30),
    feature: random.pick(FEATURES),
    quantity: random.between(1, 4),
    ago_ms: random.chance(0.3) ? undefined : randomAge(random),
  }));
}

function randomIdentifiers(random: SeededRandom): IdentifierChoice {
  return random.pick([
    "phone",
    "phone",
    "bsuid",
    "both",
    "other spelling",
    "other and bsuid",
    "second phone",
    "second and bsuid",
    "parent",
    "parent and bsuid",
  ]);
}

function randomCategory(random: SeededRandom): Category {
  return random.pick([undefined, undefined, "marketing", "utility", "authentication"]);
}

/** Draws the age of an event: mostly none, sometimes hours or days, sometimes past the lateness limit. */
function randomAge(random: SeededRandom): number {
  const seconds = random.pick([
    0,
    0,
    0,
    0,
    1,
    30,
    600,
    5 * 3600,
    20 * 3600,
    2 * 86_400,
    7 * 86_400,
    8 * 86_400 - 60,
    9 * 86_400,
  ]);
  return seconds * SECOND_MS;
}

/** Draws a duration: mostly short, sometimes past a midnight, sometimes days. */
function randomDuration(random: SeededRandom): number {
  return random.pick([
    SECOND_MS,
    10 * SECOND_MS,
    MINUTE_MS,
    20 * MINUTE_MS,
    HOUR_MS,
    5 * HOUR_MS,
    11 * HOUR_MS,
    DAY_MS,
    3 * DAY_MS,
  ]);
}

/** Draws how far the clock of a process that starts is ahead. */
export function randomClockOffset(random: SeededRandom): number {
  return random.pick([
    0,
    0,
    300,
    -300,
    2 * SECOND_MS,
    -40 * SECOND_MS,
    3 * MINUTE_MS,
    -10 * MINUTE_MS,
    -HOUR_MS,
  ]);
}
