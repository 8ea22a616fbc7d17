import { SeededRandom } from "../../tests/support/seeded_random.ts";

import type { Action, Category, EventSpec, IdentifierChoice, Step, UsageSpec } from "./actions.ts";
import { DAY_MS } from "../../src/time/units.ts";

/** What a seed begins with, beside its script. */
export interface SimulationSetup {
  readonly starts_at_ms: number;
  readonly processes: number;
  readonly zones: readonly string[];
  readonly policies: readonly ("charge" | "free")[];
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

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
export const FEATURES = ["automation.run", "sms.sent"];
const PRICED_FEATURES = [...FEATURES, "whatsapp.inbound", "whatsapp.outbound", "whatsapp.outbound.marketing"];
const PEOPLE = 3;
const CALM_EVERY = 20;

export function randomSetup(dice: SeededRandom): SimulationSetup {
  const companies = dice.between(1, 4);
  return {
    starts_at_ms: Date.parse(dice.pick(STARTS)) + dice.between(0, 3) * HOUR_MS,
    processes: dice.pick([1, 2, 2, 3]),
    zones: Array.from({ length: companies }, () => dice.pick(ZONES)),
    policies: Array.from({ length: companies }, () => dice.pick(["charge", "charge", "free"] as const)),
  };
}

/** Everything that happens, by chance that comes out the same for the same seed. */
export function randomScript(dice: SeededRandom, beginning: SimulationSetup, length: number): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < length; at++) {
    const is_calm = at % CALM_EVERY === CALM_EVERY - 1;
    const action = is_calm ? { do: "calm" as const } : actionBy(dice, beginning);
    steps.push({ ...action, events_after: dice.pick([0, 0, 1, 2, 4, 10, 30]) });
  }
  return steps;
}

function actionBy(dice: SeededRandom, { zones, processes }: SimulationSetup): Action {
  const company = dice.between(0, zones.length - 1);
  const process = dice.between(0, processes - 1);
  const person = dice.between(0, PEOPLE - 1);
  const by = byBy(dice);
  const chosen = dice.between(1, 100);
  const copies = dice.chance(0.15) ? 2 : 1;
  if (chosen <= 38) {
    const events = Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, () => {
      return eventBy(dice, dice.chance(0.9) ? company : dice.between(0, zones.length - 1));
    });
    return { do: "deliver", events, copies };
  }
  if (chosen <= 45) return { do: "use", company, items: usagesBy(dice), copies };
  if (chosen <= 51) {
    return {
      do: "send",
      company,
      person,
      by,
      message: dice.between(0, 5),
      kind: dice.pick(["template", "template", "free_form"]),
      category: categoryBy(dice),
      own_id: dice.chance(0.5),
      ago_ms: dice.chance(0.2) ? undefined : agoBy(dice),
      copies,
    };
  }
  if (chosen <= 73) return { do: "pass", ms: passBy(dice) };
  if (chosen <= 76) return { do: "wake", process };
  if (chosen <= 80) {
    const for_ms = dice.pick([0, 5 * SECOND_MS, 10 * MINUTE_MS, 5 * HOUR_MS]);
    return { do: dice.chance(0.75) ? "crash" : "stop", process, for_ms, ahead_ms: aheadBy(dice) };
  }
  if (chosen <= 83) {
    const by_ms = dice.pick([-1, 1]) *
      dice.pick([SECOND_MS, 40 * SECOND_MS, 4 * MINUTE_MS, 4 * MINUTE_MS, 2 * HOUR_MS, 26 * HOUR_MS]);
    return { do: "clock", process, by_ms };
  }
  if (chosen <= 86) return { do: "place", company, process };
  if (chosen <= 88) return { do: dice.pick(["watch", "watch", "unwatch"]), company };
  if (chosen <= 90) return { do: dice.pick(["read", "quote"]), company };
  if (chosen <= 91) return { do: "read contact", company, person, by };
  if (chosen <= 92) return { do: "erase", company, person, by };
  return termsBy(dice, company);
}

function termsBy(dice: SeededRandom, company: number): Action {
  const chosen = dice.between(1, 10);
  if (chosen <= 4) {
    return {
      do: "agree",
      company,
      credits: dice.pick([null, 2, 5, 9, 20]),
      prorated: dice.chance(0.3),
      price: dice.pick(["0.10", "0.12"]),
    };
  }
  if (chosen <= 5) return { do: dice.pick(["cancel", "take back"]), company };
  if (chosen <= 7) {
    return { do: "own price", company, feature: dice.pick(PRICED_FEATURES), credits: dice.between(0, 4) };
  }
  return {
    do: "configure",
    company,
    time_zone: dice.pick(ZONES),
    policy: dice.pick(["charge", "free"]),
    new_number: dice.chance(0.5),
  };
}

function eventBy(dice: SeededRandom, company: number): EventSpec {
  const kind = dice.pick(
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
      "number changed",
    ] as const,
  );
  return {
    kind: kind === "number changed" && dice.chance(0.5) ? "wrote" : kind,
    company,
    person: kind === "number changed" ? 0 : dice.between(0, PEOPLE - 1),
    identifiers: byBy(dice),
    message: dice.between(0, 5),
    template: dice.chance(0.6),
    category: categoryBy(dice),
    has_callback: dice.chance(0.3),
    ago_ms: dice.chance(0.04) ? -dice.pick([MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS]) : agoBy(dice),
    new_number: dice.chance(0.05),
  };
}

function usagesBy(dice: SeededRandom): UsageSpec[] {
  return Array.from({ length: dice.pick([1, 1, 2]) }, () => ({
    id: dice.between(0, 30),
    feature: dice.pick(FEATURES),
    quantity: dice.between(1, 4),
    ago_ms: dice.chance(0.3) ? undefined : agoBy(dice),
  }));
}

function byBy(dice: SeededRandom): IdentifierChoice {
  return dice.pick(["phone", "phone", "bsuid", "both", "second phone", "second and bsuid"]);
}

function categoryBy(dice: SeededRandom): Category {
  return dice.pick([undefined, undefined, "marketing", "utility", "authentication"]);
}

/** Mostly just now; of today, of the last days, or past the limit. */
function agoBy(dice: SeededRandom): number {
  const seconds = dice.pick([
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

/** Mostly a moment; often enough over a midnight; sometimes days. */
function passBy(dice: SeededRandom): number {
  return dice.pick([
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

function aheadBy(dice: SeededRandom): number {
  return dice.pick([
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
