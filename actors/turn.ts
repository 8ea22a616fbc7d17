import { isStored } from "../src/domain/company/change.ts";
import { storeLastMessageTimes } from "../src/domain/company/contact_facts.ts";
import { closeDueDays } from "../src/domain/company/day_close.ts";
import type { Command } from "../src/domain/company/command.ts";
import { decide } from "../src/domain/company/decide.ts";
import type { CompanyEvent } from "../src/domain/company/event.ts";
import { evolve } from "../src/domain/company/evolve.ts";
import type { CompanyState } from "../src/domain/company/state.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { ActorDependencies } from "../src/ports/companies.ts";
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
  const { is_certain, is_confirmed } = clock;
  for (const { command, resolve, trace } of taken) {
    version_before = state.version;
    if (is_certain) closeDueDays(state, emit, now_ms);
    const is_dated = is_confirmed || !needsOurTime(command);
    const decided = is_dated ? decide(state, emit, command, now_ms) : CLOCK_UNCERTAIN;
    const must_be_retried = !is_certain && decided.type === "refused" && isAhead(command, now_ms);
    turn.answers.push({ answer: must_be_retried ? CLOCK_UNCERTAIN : decided, resolve, trace });
  }
  return turn;
}

const CLOCK_UNCERTAIN = unavailable("clock_uncertain");

/** Whether a report has no time of its own, so that our clock would date it. While nothing confirms ours, it may be wrong. */
function needsOurTime(command: Command): boolean {
  return reportedTimes(command).includes(undefined);
}

/**
 * Whether a reported time is too far in the future by our clock. While the time is uncertain, our clock may be the wrong
 * one: the caller then has to retry, and must not take the report for invalid.
 */
function isAhead(command: Command, now_ms: number): boolean {
  return reportedTimes(command).some((at_ms) => at_ms !== undefined && at_ms > now_ms + FUTURE_LIMIT_MS);
}

/** Returns the times of a report; undefined for each that it leaves to our clock. */
function reportedTimes(command: Command): readonly (number | undefined)[] {
  switch (command.type) {
    case "report_send":
      return [command.send.sent_at_ms];
    case "report_send_failure":
      return [command.failure.failed_at_ms];
    case "report_usage":
      return command.usages.map(({ occurred_at_ms }) => occurred_at_ms);
    default:
      return [];
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
