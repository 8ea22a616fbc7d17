import { isStored } from "../src/domain/company/change.ts";
import { storeLastMessageTimes } from "../src/domain/company/contact_facts.ts";
import { closeDueDays } from "../src/domain/company/day_close.ts";
import type { Command } from "../src/domain/company/command.ts";
import { decide } from "../src/domain/company/decide.ts";
import type { CompanyEvent } from "../src/domain/company/event.ts";
import { evolve } from "../src/domain/company/evolve.ts";
import type { CompanyState } from "../src/domain/company/state.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { ActorDependencies } from "../src/ports.ts";
import { type QueuedCommand, type Turn, unavailable } from "./mailbox.ts";

/**
 * Decides the commands of a turn, each on a state whose due days are closed, and folds their events into the state.
 *
 * @throws {Error} on a broken invariant: the state then holds part of a decision, discard it
 */
export function decideTurn(
  state: CompanyState,
  taken: readonly QueuedCommand[],
  { clock, rates }: Pick<ActorDependencies, "clock" | "rates">,
  now_ms: number,
): Turn {
  const turn: Turn = { from_version: state.version, events: [], answers: [], balance: undefined };
  // All stored events of one command share one version (ACTOR-9).
  let version_before = state.version;
  const emit = (event: CompanyEvent) => {
    evolve(state, event);
    if (!isStored(event)) return;
    state.version = version_before + 1;
    turn.events.push(event);
  };
  const rate_card = rates.current();
  if (state.rates.rate_card !== rate_card) state.rates = { rate_card, overrides: state.rates.overrides };
  const closes_days = clock.is_certain;
  for (const { command, resolve } of taken) {
    version_before = state.version;
    if (closes_days) closeDueDays(state, emit, now_ms);
    const decided = decide(state, emit, command, now_ms);
    const must_be_retried = !clock.is_certain && decided.type === "refused" && isAhead(command, now_ms);
    const answer = must_be_retried ? unavailable("clock_uncertain") : decided;
    turn.answers.push({ answer, resolve });
  }
  return turn;
}

/**
 * Whether a reported time is too far in the future by our clock. While the time is uncertain, our clock may be the wrong
 * one: the caller then has to retry, and must not take the report for invalid.
 */
function isAhead(command: Command, now_ms: number): boolean {
  const isFuture = (at_ms: number | undefined) => at_ms !== undefined && at_ms > now_ms + FUTURE_LIMIT_MS;
  switch (command.type) {
    case "report_send":
      return isFuture(command.send.sent_at_ms);
    case "report_send_failure":
      return isFuture(command.failure.failed_at_ms);
    case "report_usage":
      return command.usages.some(({ occurred_at_ms }) => isFuture(occurred_at_ms));
    default:
      return false;
  }
}

/** Folds the times of last messages that are not stored yet into the state, and returns the events to store. */
export function lastMessageEvents(state: CompanyState, now_ms: number): readonly CompanyEvent[] {
  const events: CompanyEvent[] = [];
  storeLastMessageTimes(state, (event) => {
    evolve(state, event);
    if (isStored(event)) events.push(event);
  }, now_ms);
  return events;
}
