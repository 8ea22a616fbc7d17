/**
 * Commands for companies of other nodes.
 *
 * - OUTBOX-1. Commands for one node that arrive in one turn of the event loop are one message.
 * - OUTBOX-2. Each command is answered once: by its node, or `unavailable` when nobody listens, when no answer came
 *   before the deadline, or when too many wait. The outcome may then be unknown; a retry is safe.
 * - OUTBOX-3. A slow company delays no other: a node sends each answer when it has it.
 * - OUTBOX-4. Commands that are larger than the bus takes go in halves, and so do the events of one webhook. Only another
 *   single command that is too large is answered `unavailable`.
 */

import type { Answer } from "../../src/domain/company/command.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import type { Bus, NodeId } from "../../src/ports/placement.ts";
import type { Timers } from "../../src/ports/runtime.ts";
import { costOf } from "../command_cost.ts";
import { type Resolve, unavailable } from "../mailbox.ts";
import { decodeAnswers, encodeCommands, type RoutedCommand } from "./codec.ts";

/** How long a command waits for its answer: within the time that clients and Meta wait for theirs. */
const DEADLINE_MS = 5_000;
/** The cost of the commands in one message, about 300 bytes each. One command may cost more. */
const MESSAGE_COST_MAX = 1_000;

/** What an {@link Outbox} depends on. */
export interface OutboxDependencies {
  readonly bus: Bus;
  readonly timers: Timers;
  readonly zone_data: ZoneData;
  /** Runs a function in a later turn of the event loop. */
  defer(run: () => void): void;
  report(error: unknown): void;
}

interface WaitingCommand {
  readonly routed: RoutedCommand;
  readonly cost: number;
  readonly resolve: Resolve;
}

/** Returns the subject under which a node takes commands. */
export function commandsOf(node: NodeId): string {
  return `nodes.${node}.commands`;
}

/** Sends commands to other nodes. */
export class Outbox {
  readonly #dependencies: OutboxDependencies;
  readonly #cost_max: number;
  readonly #waiting = new Map<NodeId, WaitingCommand[]>();
  #cost = 0;
  /** Totals since the start: commands sent, and those of them that nobody answered in time. */
  readonly counters = { sent: 0, unanswered: 0 };

  /** @param cost_max the cost of the commands that are not answered yet */
  constructor(dependencies: OutboxDependencies, cost_max: number) {
    this.#dependencies = dependencies;
    this.#cost_max = cost_max;
  }

  /** Sends a command to a node. Never rejects. */
  send(node: NodeId, routed: RoutedCommand): Promise<Answer> {
    const cost = costOf(routed.command);
    if (this.#cost > 0 && this.#cost + cost > this.#cost_max) {
      return Promise.resolve(unavailable("overloaded"));
    }
    this.#cost += cost;
    this.counters.sent++;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const command = { routed, cost, resolve };
    const waiting = this.#waiting.get(node);
    if (waiting !== undefined) waiting.push(command);
    else {
      this.#waiting.set(node, [command]);
      this.#dependencies.defer(() => this.#flush(node));
    }
    void promise.then(() => this.#cost -= cost);
    return promise;
  }

  #flush(node: NodeId): void {
    const waiting = this.#waiting.get(node)!;
    this.#waiting.delete(node);
    let message: WaitingCommand[] = [];
    let cost = 0;
    for (const command of waiting) {
      if (message.length > 0 && cost + command.cost > MESSAGE_COST_MAX) {
        this.#send(node, message);
        [message, cost] = [[], 0];
      }
      message.push(command);
      cost += command.cost;
    }
    this.#send(node, message);
  }

  #send(node: NodeId, commands: readonly WaitingCommand[]): void {
    const { bus, timers, zone_data, report } = this.#dependencies;
    const unanswered = new Set(commands.keys());
    const done = new AbortController();
    let request: Disposable | undefined;
    const end = () => {
      for (const number of unanswered) commands[number]!.resolve(unavailable("owner_unreachable"));
      this.counters.unanswered += unanswered.size;
      unanswered.clear();
      request?.[Symbol.dispose]();
      done.abort();
    };
    const onReply = (reply: Uint8Array | undefined) => {
      if (reply === undefined) return end();
      try {
        for (const [number, answer] of decodeAnswers(reply, zone_data)) {
          if (unanswered.delete(number)) commands[number]!.resolve(answer);
        }
      } catch (error) {
        report(error);
        return end();
      }
      if (unanswered.size === 0) end();
    };
    try {
      const message = encodeCommands(commands.map(({ routed }) => routed));
      request = bus.request(commandsOf(node), message, onReply);
    } catch (error) {
      // The message is larger than the bus takes.
      const halves = halvesOf(commands);
      if (halves !== undefined) { for (const half of halves) this.#send(node, half); }
      else {
        report(error);
        end();
      }
      return;
    }
    void timers.sleep(DEADLINE_MS, done.signal).then(end);
  }
}

/** Splits commands, or the events of one webhook, which are durable one by one; undefined for what is whole. */
function halvesOf(commands: readonly WaitingCommand[]): readonly (readonly WaitingCommand[])[] | undefined {
  if (commands.length > 1) return inHalves(commands);
  const { routed, resolve } = commands[0]!;
  const { command } = routed;
  if (command.type !== "record" || command.events.length < 2) return undefined;
  const answers: Promise<Answer>[] = [];
  const halves = inHalves(command.events).map((events) => {
    const answer = Promise.withResolvers<Answer>();
    answers.push(answer.promise);
    return [{
      routed: { ...routed, command: { ...command, events } },
      cost: events.length,
      resolve: answer.resolve,
    }];
  });
  void Promise.all(answers).then((both) => resolve(both.find(({ type }) => type !== "done") ?? both[0]!));
  return halves;
}

/** Splits a list of two items or more. */
export function inHalves<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const half = items.length >> 1;
  return [items.slice(0, half), items.slice(half)];
}
