import type { Balance } from "../src/domain/company/balance.ts";
import type { Answer, Command, Unavailable } from "../src/domain/company/command.ts";
import type { CompanyEvent } from "../src/domain/company/event.ts";

/** A command that waits for its decision. */
export interface QueuedCommand {
  readonly command: Command;
  readonly cost: number;
  readonly resolve: (answer: Answer) => void;
}

/** What was decided in one go: it is answered when all of it is committed. */
export interface Turn {
  readonly from_version: number;
  readonly events: CompanyEvent[];
  readonly answers: { readonly answer: Answer; readonly resolve: (answer: Answer) => void }[];
  /** What viewers are shown once the turn is committed. */
  balance: Balance | undefined;
}

/** Gives the answers of a turn out. */
export function resolveAll(turn: Turn): void {
  for (const { answer, resolve } of turn.answers) resolve(answer);
}

/** Tells whoever waits to try again. */
export function rejectAll(
  waiting: readonly { readonly resolve: (answer: Answer) => void }[],
  reason: Unavailable["reason"],
): void {
  for (const { resolve } of waiting) resolve(unavailable(reason));
}

/** The answer to what was not decided, or of which nobody knows whether it was written: asking again is safe. */
export function unavailable(reason: Unavailable["reason"]): Unavailable {
  return { type: "unavailable", reason, retry_after_s: 1 };
}
