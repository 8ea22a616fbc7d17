import { DAY_MS, MINUTE_MS } from "../../src/time/units.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { ActorSystemLimits } from "../../actors/actor_system.ts";
import type { JournalOptions } from "../../src/journal/journal.ts";

/** The probability of each fault, at each point where it can occur. */
export interface FaultProfile {
  readonly write_refused: number;
  readonly reply_lost: number;
  readonly connection_dies: number;
  readonly read_fails: number;
  readonly delayed: number;
  /** An answer is lost on its way to the caller. */
  readonly answer_lost: number;
  /** A request goes to a process other than that of its company. */
  readonly misrouted: number;
  /** A step of the event loop runs any ready event instead of the oldest. */
  readonly disorder: number;
}

/** A profile without faults. Events still run out of order half of the time. */
export const NO_FAULTS: FaultProfile = {
  write_refused: 0,
  reply_lost: 0,
  connection_dies: 0,
  read_fails: 0,
  delayed: 0,
  answer_lost: 0,
  misrouted: 0,
  disorder: 0.5,
};

/** The limits of one process, often small enough to be reached. */
export interface ServiceLimits {
  readonly actor_system: ActorSystemLimits;
  readonly journal: Omit<JournalOptions, "gathered">;
  readonly lanes: number;
  readonly due_companies_at_once: number;
}

/** Draws a fault profile: some seeds have much of one fault, some a little of each, some almost none. */
export function randomFaultProfile(random: SeededRandom): FaultProfile {
  const highest = random.pick([0.02, 0.05, 0.1, 0.2]);
  const probability = () => random.chance(0.6) ? random.fraction() * highest : 0;
  return {
    write_refused: probability(),
    reply_lost: probability(),
    connection_dies: probability(),
    read_fails: probability() / 2,
    delayed: probability(),
    answer_lost: probability(),
    misrouted: random.pick([0, 0, 0.02, 0.1, 0.4]),
    disorder: random.pick([0, 0.2, 0.5, 1]),
  };
}

/** Draws limits. */
export function randomLimits(random: SeededRandom): ServiceLimits {
  return {
    actor_system: {
      queued_cost_max: random.pick([2, 6, 1_000, 1_000]),
      uncommitted_turns_max: random.pick([1, 2, 8]),
      items_in_memory_max: random.pick([2, 5, 1_000]),
      active_max: random.pick([1, 2, 100]),
      activating_max: random.pick([1, 2, 8]),
      cost_in_flight_max: random.pick([3, 10, 10_000]),
      total_items_in_memory_max: random.pick([1, 10, 1_000]),
      idle_ms: random.pick([1_000, 10 * MINUTE_MS, DAY_MS]),
    },
    journal: { companies_max: random.pick([1, 2, 2_000]), events_max: random.pick([4, 30, 20_000]) },
    lanes: random.pick([1, 2, 2, 3]),
    due_companies_at_once: random.pick([1, 2, 200]),
  };
}
