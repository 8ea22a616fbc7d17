import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { ActorSystemLimits } from "../../actors/actor_system.ts";
import type { JournalOptions } from "../../src/journal/journal.ts";

/** How likely each thing goes wrong, each time it could: from 0, never, to 1, always. */
export interface FaultProfile {
  readonly write_refused: number;
  readonly reply_lost: number;
  readonly connection_dies: number;
  readonly read_fails: number;
  readonly delayed: number;
  /** An answer gets lost on its way to whoever asked. */
  readonly answer_lost: number;
  /** A request goes to another process than the one its company is placed on. */
  readonly misrouted: number;
  readonly disorder: number;
}

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

/** Bounds small enough to be reached. */
export interface ServiceLimits {
  readonly actor_system: ActorSystemLimits;
  readonly journal: Omit<JournalOptions, "gathered">;
  readonly lanes: number;
  readonly due_companies_at_once: number;
}

/** From nearly fair to a storm: some seeds have much of one fault, some a little of each. */
export function randomFaultProfile(dice: SeededRandom): FaultProfile {
  const storm = dice.pick([0.02, 0.05, 0.1, 0.2]);
  const some = () => dice.chance(0.6) ? dice.fraction() * storm : 0;
  return {
    write_refused: some(),
    reply_lost: some(),
    connection_dies: some(),
    read_fails: some() / 2,
    delayed: some(),
    answer_lost: some(),
    misrouted: dice.pick([0, 0, 0.02, 0.1, 0.4]),
    disorder: dice.pick([0, 0.2, 0.5, 1]),
  };
}

export function randomLimits(dice: SeededRandom): ServiceLimits {
  return {
    actor_system: {
      queued_cost_max: dice.pick([2, 6, 1_000, 1_000]),
      uncommitted_turns_max: dice.pick([1, 2, 8]),
      items_in_memory_max: dice.pick([2, 5, 1_000]),
      active_max: dice.pick([1, 2, 100]),
      activating_max: dice.pick([1, 2, 8]),
      cost_in_flight_max: dice.pick([3, 10, 10_000]),
      total_items_in_memory_max: dice.pick([1, 10, 1_000]),
      idle_ms: dice.pick([1_000, 600_000, 86_400_000]),
    },
    journal: { companies_max: dice.pick([1, 2, 2_000]), events_max: dice.pick([4, 30, 20_000]) },
    lanes: dice.pick([1, 2, 2, 3]),
    due_companies_at_once: dice.pick([1, 2, 200]),
  };
}
