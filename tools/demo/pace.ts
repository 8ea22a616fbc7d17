import { SeededRandom } from "../../tests/support/seeded_random.ts";

/** The first events come quickly, so that an open page moves at once. */
const OPENING_EVENTS = 30;
const OPENING_PAUSE_MS = [1_000, 3_000] as const;
/** A day of live traffic is about as busy as a day of the story. */
const STORY_PAUSE_MS = [120_000, 300_000] as const;
const FAST_PAUSE_MS = [500, 1_500] as const;

/** The pauses between the events of live traffic: the story's pace after a quick opening, or fast throughout. */
export class Pace {
  readonly #random: SeededRandom;
  readonly #is_fast: boolean;
  #events = 0;

  constructor(seed: string, is_fast: boolean) {
    this.#random = new SeededRandom(seed);
    this.#is_fast = is_fast;
  }

  /** Returns the pause after an event, in milliseconds. */
  nextPause_ms(): number {
    const is_opening = this.#events++ < OPENING_EVENTS;
    const [least, most] = this.#is_fast ? FAST_PAUSE_MS : is_opening ? OPENING_PAUSE_MS : STORY_PAUSE_MS;
    return this.#random.between(least, most);
  }
}
