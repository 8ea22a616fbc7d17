import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Process } from "./process.ts";
import type { Fault } from "./trace.ts";
import type { EventLoop } from "./world.ts";
import type { FaultProfile } from "./fault_profile.ts";

/** What came of one try. */
export type CallOutcome = "acknowledged" | "refused" | "again";

/** Something that somebody wants of the service, and asks for until they are answered for good. */
export interface Call {
  readonly description: string;
  /** Which process would be asked, were nothing amiss. */
  readonly company: number;
  /** What it is called when it is asked for once more. */
  readonly retry_fault: Fault;
  submit(process: Process): Promise<CallOutcome>;
}

/** What the callers see of the house they call. */
export interface CalledService {
  readonly processes: readonly Process[];
  readonly placement: readonly number[];
  readonly fault_profile: FaultProfile;
  /** No fault is under way: whoever asks is answered before long. */
  readonly is_quiescing: boolean;
  /** Somebody has asked again and again in a calm, and was not answered. */
  reportStarvation(what: string): void;
}

const SECOND_MS = 1_000;
const TIMEOUT_MS = 10 * SECOND_MS;
const BACKOFF_MS = [SECOND_MS, 30 * SECOND_MS, 10 * 60 * SECOND_MS, 3_600 * SECOND_MS, 6 * 3_600 * SECOND_MS];
/** More than a full mailbox and a process that has lost its company can explain. */
const CALM_TRIES_MAX = 12;
/** Meta's patience. */
const GIVEN_UP_MS = 7 * 86_400 * SECOND_MS;

/**
 * Meta and the internal services: they ask, wait so long, and ask again with the very same words, until they are
 * answered; after seven days they give up.
 */
export class Callers {
  readonly #world: EventLoop;
  readonly #dice: SeededRandom;
  readonly #house: CalledService;
  /** Questions that a process was asked and has not answered. */
  readonly #unanswered = new Map<number, { readonly what: string; readonly process: Process }>();
  #made = 0;
  #asked = 0;

  constructor(world: EventLoop, dice: SeededRandom, house: CalledService) {
    this.#world = world;
    this.#dice = dice;
    this.#house = house;
  }

  /** Asks, in so many copies at once. */
  submit(call: Call, copies = 1): void {
    const since_ms = this.#world.now_ms;
    const asked: Asked = { call, number: ++this.#made, since_ms, tries: 0, tries_in_calm: 0, done: false };
    for (let copy = 0; copy < copies; copy++) this.#try(asked);
    if (copies > 1) this.#world.trace.countFault("delivered twice");
  }

  /** What living processes were asked and have not answered: in a calm, nothing. */
  unanswered(): string[] {
    return [...this.#unanswered.values()].filter(({ process }) => process.alive)
      .map(({ what, process }) => `${process.name} never answered ${what}`);
  }

  #try(asked: Asked): void {
    if (asked.done) return;
    const { trace } = this.#world;
    const what = `${asked.call.description} (call ${asked.number})`;
    if (++asked.tries > 1) trace.countFault(asked.call.retry_fault);
    let is_over = false;
    const settle = (outcome: CallOutcome) => {
      if (is_over) return;
      is_over = true;
      if (outcome === "again") return this.#later(asked);
      asked.done = true;
    };
    this.#world.schedule(
      { description: `${what} has waited long enough`, after_ms: TIMEOUT_MS },
      () => settle("again"),
    );
    this.#world.schedule({ description: what }, () => {
      const process = this.#processFor(asked.call);
      if (process === undefined) return settle("again");
      const question = ++this.#asked;
      this.#unanswered.set(question, { what, process });
      void asked.call.submit(process).then((outcome) => {
        this.#unanswered.delete(question);
        this.#world.schedule(
          { description: `${process.name} answers ${what}: ${outcome}`, owner: process },
          () => {
            const { answer_lost } = this.#house.fault_profile;
            if (answer_lost > 0 && this.#dice.chance(answer_lost)) {
              return void trace.countFault("reply to a client lost");
            }
            settle(outcome);
          },
        );
      });
    });
  }

  #later(asked: Asked): void {
    if (this.#house.is_quiescing && ++asked.tries_in_calm > CALM_TRIES_MAX) {
      this.#house.reportStarvation(asked.call.description);
      return void (asked.done = true);
    }
    if (this.#world.now_ms - asked.since_ms > GIVEN_UP_MS) return void (asked.done = true);
    const after_ms = BACKOFF_MS[Math.min(asked.tries, BACKOFF_MS.length) - 1]!;
    // Nobody keeps step with others for long. With no fault under way only this keeps two processes, each with a webhook
    // of two companies, from taking them from each other for ever.
    const spread_ms = this.#house.is_quiescing ? this.#dice.between(0, after_ms) : 0;
    this.#world.schedule(
      {
        description: `${asked.call.description} (call ${asked.number}) once more`,
        after_ms: after_ms + spread_ms,
      },
      () => this.#try(asked),
    );
  }

  #processFor({ company }: Call): Process | undefined {
    const { processes, placement, fault_profile } = this.#house;
    const ready = processes.filter((process) => process.ready);
    const placed_on = processes[placement[company]!]!;
    const is_amiss = fault_profile.misrouted > 0 && this.#dice.chance(fault_profile.misrouted);
    if (placed_on.ready && !is_amiss) return placed_on;
    return ready.length === 0 ? undefined : this.#dice.pick(ready);
  }
}

interface Asked {
  readonly call: Call;
  readonly number: number;
  readonly since_ms: number;
  tries: number;
  tries_in_calm: number;
  done: boolean;
}
