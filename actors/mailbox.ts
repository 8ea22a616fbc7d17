import type { Balance } from "../src/domain/company/balance.ts";
import type { Answer, Command, Unavailable } from "../src/domain/company/command.ts";
import type { CompanyEvent } from "../src/domain/company/event.ts";
import type { Trace } from "../src/ports/runtime.ts";
import { costOf } from "./command_cost.ts";

/** Resolves the promise that a caller waits on. */
export type Resolve = (answer: Answer) => void;

/** A command that waits for its decision. */
export interface QueuedCommand {
  readonly command: Command;
  readonly cost: number;
  readonly resolve: Resolve;
  readonly trace: Trace | undefined;
}

/** The commands of one company that are not decided yet, bounded by cost (ACTOR-5). */
export class Mailbox {
  readonly #cost_max: number;
  #commands: QueuedCommand[] = [];
  #cost = 0;

  constructor(cost_max: number) {
    this.#cost_max = cost_max;
  }

  /** Cost of the commands that are queued, or taken and not decided yet. */
  get cost(): number {
    return this.#cost;
  }

  get is_empty(): boolean {
    return this.#commands.length === 0;
  }

  /** Queues a command. @returns its answer; undefined, and nothing is queued, when the mailbox is full */
  add(command: Command, trace?: Trace): Promise<Answer> | undefined {
    const cost = costOf(command);
    const full = this.#cost + cost > this.#cost_max;
    // A single command may cost more than the bound: it is accepted when nothing else waits.
    if (full && this.#cost > 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#commands.push({ command, cost, resolve, trace });
    this.#cost += cost;
    return promise;
  }

  /** Takes all queued commands. Their cost counts until {@link releaseCost}. */
  takeAll(): readonly QueuedCommand[] {
    const taken = this.#commands;
    this.#commands = [];
    return taken;
  }

  /** Releases the cost of commands that were taken: they are decided in the same turn. */
  releaseCost(taken: readonly QueuedCommand[]): void {
    for (const { cost } of taken) this.#cost -= cost;
  }

  /** Answers each queued command alike, and forgets the cost of those that were taken. */
  clear(answer: Answer): void {
    for (const { resolve } of this.takeAll()) resolve(answer);
    this.#cost = 0;
  }
}

/** The decisions of one turn. Callers get the answers once all its events are committed. */
export interface Turn {
  readonly from_version: number;
  readonly events: CompanyEvent[];
  readonly answers: {
    readonly answer: Answer;
    readonly resolve: Resolve;
    readonly trace: Trace | undefined;
  }[];
  /** Published once the turn is committed. */
  balance: Balance | undefined;
}

/** Gives each caller of a turn its answer. */
export function resolveAll(turn: Turn): void {
  for (const { answer, resolve } of turn.answers) resolve(answer);
}

/** Returns the traces of a turn's callers. */
export function tracesOf(turn: Turn): Trace[] {
  return turn.answers.flatMap(({ trace }) => trace ?? []);
}

/** Answers `unavailable` to each caller: retry. */
export function rejectAll(
  waiting: readonly { readonly resolve: Resolve }[],
  reason: Unavailable["reason"],
): void {
  for (const { resolve } of waiting) resolve(unavailable(reason));
}

/** Builds the answer for a command that was not decided, or whose write has an unknown outcome. A retry is safe. */
export function unavailable(reason: Unavailable["reason"]): Unavailable {
  return { type: "unavailable", reason, retry_after_s: 1 };
}
