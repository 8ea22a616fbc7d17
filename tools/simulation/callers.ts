import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time/units.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Answer } from "../../src/domain/company/command.ts";
import type { Process } from "./process.ts";
import type { Fault } from "./trace.ts";
import type { EventLoop } from "./event_loop.ts";
import type { FaultProfile } from "./fault_profile.ts";

/**
 * The outcome of one attempt. `again` means it failed and is retried; `clock_uncertain` too, but it can fail for as long as
 * the clocks disagree.
 */
export type CallOutcome = "acknowledged" | "refused" | "again" | "clock_uncertain";

/** Returns how a company's answer ends a call. */
export function outcomeOf(answer: Answer): CallOutcome {
  if (answer.type === "unavailable") return answer.reason === "clock_uncertain" ? answer.reason : "again";
  if (answer.type === "company_not_found") return "again";
  return answer.type === "refused" ? "refused" : "acknowledged";
}

/** A request to the service, retried until it gets a final answer. */
export interface Call {
  readonly description: string;
  /** The company, which decides the process to call. */
  readonly company: number;
  /** The fault that a retry counts as. */
  readonly retry_fault: Fault;
  submit(process: Process): Promise<CallOutcome>;
}

/** The simulated service as its callers see it. */
export interface CalledService {
  readonly processes: readonly Process[];
  /** By company, the index of its process. */
  readonly placement: readonly number[];
  readonly fault_profile: FaultProfile;
  /** Whether faults are off, so that every call must succeed soon. */
  readonly is_quiescing: boolean;
  /** Reports a call that keeps failing although faults are off. */
  reportStarvation(description: string): void;
}

const SECOND_MS = 1_000;
const TIMEOUT_MS = 10 * SECOND_MS;
const BACKOFF_MS = [SECOND_MS, 30 * SECOND_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];
/** More retries than a full mailbox and a lost company can explain. */
const QUIESCING_TRIES_MAX = 12;
/** Meta retries webhooks for seven days. */
const GIVE_UP_AFTER_MS = 7 * DAY_MS;

/**
 * Meta and the internal services. They send a request, time out, and retry the identical request until they get a
 * final answer. After seven days they give up.
 */
export class Callers {
  readonly #event_loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #service: CalledService;
  /** Attempts that their process has not answered. */
  readonly #unanswered = new Map<number, { readonly description: string; readonly process: Process }>();
  #submitted = 0;
  #attempts = 0;

  constructor(event_loop: EventLoop, random: SeededRandom, service: CalledService) {
    this.#event_loop = event_loop;
    this.#random = random;
    this.#service = service;
  }

  /** Submits a call, in several copies at once if `copies` says so. */
  submit(call: Call, copies = 1): void {
    const since_ms = this.#event_loop.now_ms;
    const pending: PendingCall = {
      call,
      number: ++this.#submitted,
      since_ms,
      tries: 0,
      tries_while_quiescing: 0,
      done: false,
    };
    for (let copy = 0; copy < copies; copy++) this.#try(pending);
    if (copies > 1) this.#event_loop.trace.countFault("delivered twice");
  }

  /** Returns the attempts that live processes have not answered; none while quiescing. */
  unanswered(): string[] {
    return [...this.#unanswered.values()].filter(({ process }) => process.alive)
      .map(({ description, process }) => `${process.name} never answered ${description}`);
  }

  #try(pending: PendingCall): void {
    if (pending.done) return;
    const { trace } = this.#event_loop;
    const description = `${pending.call.description} (call ${pending.number})`;
    if (++pending.tries > 1) trace.countFault(pending.call.retry_fault);
    let is_settled = false;
    const settle = (outcome: CallOutcome) => {
      if (is_settled) return;
      is_settled = true;
      if (outcome === "again" || outcome === "clock_uncertain") return this.#retryLater(pending, outcome);
      pending.done = true;
    };
    this.#event_loop.schedule(
      { description: `${description} times out`, after_ms: TIMEOUT_MS },
      () => settle("again"),
    );
    this.#event_loop.schedule({ description }, () => {
      const process = this.#processFor(pending.call);
      if (process === undefined) return settle("again");
      const submit = () => this.#submitTo(process, pending.call, description, settle);
      if (!process.is_paused) return submit();
      // The request waits in the socket of the process.
      this.#event_loop.schedule(
        { description: `${process.name} reads ${description}`, owner: process },
        submit,
      );
    });
  }

  #submitTo(
    process: Process,
    call: Call,
    description: string,
    onOutcome: (outcome: CallOutcome) => void,
  ): void {
    const attempt = ++this.#attempts;
    this.#unanswered.set(attempt, { description, process });
    void call.submit(process).then((outcome) => {
      this.#unanswered.delete(attempt);
      this.#event_loop.schedule(
        { description: `${process.name} answers ${description}: ${outcome}`, owner: process },
        () => {
          const { answer_lost } = this.#service.fault_profile;
          if (answer_lost > 0 && this.#random.chance(answer_lost)) {
            return void this.#event_loop.trace.countFault("reply to a client lost");
          }
          onOutcome(outcome);
        },
      );
    });
  }

  #retryLater(pending: PendingCall, outcome: "again" | "clock_uncertain"): void {
    // Clocks that disagree are no fault that ends with the others.
    if (this.#service.is_quiescing && outcome === "clock_uncertain") return void (pending.done = true);
    if (this.#service.is_quiescing && ++pending.tries_while_quiescing > QUIESCING_TRIES_MAX) {
      this.#service.reportStarvation(pending.call.description);
      return void (pending.done = true);
    }
    if (this.#event_loop.now_ms - pending.since_ms > GIVE_UP_AFTER_MS) return void (pending.done = true);
    const after_ms = BACKOFF_MS[Math.min(pending.tries, BACKOFF_MS.length) - 1]!;
    // Jitter: without faults, only this stops two processes, each with a webhook of two companies, from taking the
    // companies from each other forever.
    const spread_ms = this.#service.is_quiescing ? this.#random.between(0, after_ms) : 0;
    this.#event_loop.schedule(
      {
        description: `${pending.call.description} (call ${pending.number}) is retried`,
        after_ms: after_ms + spread_ms,
      },
      () => this.#try(pending),
    );
  }

  #processFor({ company }: Call): Process | undefined {
    const { processes, placement, fault_profile } = this.#service;
    const ready = processes.filter((process) => process.ready);
    const placed_on = processes[placement[company]!]!;
    const is_misrouted = fault_profile.misrouted > 0 && this.#random.chance(fault_profile.misrouted);
    if (placed_on.ready && !is_misrouted) return placed_on;
    return ready.length === 0 ? undefined : this.#random.pick(ready);
  }
}

/** A submitted call and its progress. */
interface PendingCall {
  readonly call: Call;
  readonly number: number;
  readonly since_ms: number;
  tries: number;
  tries_while_quiescing: number;
  done: boolean;
}
