import assert from "node:assert/strict";
import { CheckedBus } from "../../../actors/placement/checked_bus.ts";
import type { Bus } from "../../../src/ports/placement.ts";
import { ManualTime } from "../../support/cluster/manual_time.ts";
import { MemoryBus } from "../../support/cluster/memory_bus.ts";

const MESSAGE = new TextEncoder().encode("news");

/** Two processes that subscribe to one subject. */
class TwoProcesses {
  readonly time = new ManualTime();
  readonly bus = new MemoryBus();
  readonly received: string[] = [];
  readonly recovered: string[] = [];
  /** The subjects that were subscribed to again. */
  readonly resubscribed: string[] = [];
  /** How late an answer arrives. */
  late_ms = 0;
  readonly one = this.#process("one");
  readonly two = this.#process("two");

  /** Checks the subscriptions of one. @returns the subjects that do not answer */
  async check(): Promise<string[]> {
    let lost: ReadonlySet<string> | undefined;
    void this.one.check().then((subjects) => lost = subjects);
    await this.time.advance(2_000);
    return [...lost!];
  }

  #process(id: string): CheckedBus {
    const checked = new CheckedBus({
      bus: this.#slow(this.bus.of(id)),
      timers: this.time,
      id,
      onRecovered: (subjects) => this.recovered.push(`${id}: ${subjects}`),
    });
    checked.subscribe("all", () => this.received.push(id));
    checked.subscribe(id, () => this.received.push(id));
    return checked;
  }

  #slow(bus: Bus): Bus {
    return {
      ...bus,
      resubscribe: (subject) => {
        this.resubscribed.push(subject);
        bus.resubscribe(subject);
      },
      request: (subject, message, onReply) => {
        const { late_ms } = this;
        let is_open = true;
        const request = bus.request(subject, message, async (reply) => {
          if (late_ms > 0) await this.time.sleep(late_ms);
          if (is_open) onReply(reply);
        });
        return {
          [Symbol.dispose]: () => {
            is_open = false;
            request[Symbol.dispose]();
          },
        };
      },
    };
  }
}

Deno.test("a lost subscription to a subject of all processes is noticed although others answer, and opened again", async () => {
  const processes = new TwoProcesses();
  assert.deepEqual(await processes.check(), []);
  processes.bus.loseSubscriptions("one", "all");
  for (const _ of ["one check does not count", "two do"]) {
    assert.deepEqual(processes.resubscribed, []);
    assert.deepEqual(await processes.check(), ["all"]);
  }
  assert.deepEqual(processes.resubscribed, ["all"]);
  assert.deepEqual(processes.recovered, []);
  assert.deepEqual(await processes.check(), []);
  assert.deepEqual(processes.recovered, ["one: all"]);
  processes.two.publish("all", MESSAGE);
  await processes.time.advance(0);
  assert.deepEqual(processes.received.toSorted(), ["one", "two"], "no check is taken for a message");
  await processes.check();
  assert.deepEqual(processes.recovered, ["one: all"], "it is read again once");
});

Deno.test("a subscription to which nobody subscribes, as the server says, is opened again at the first check", async () => {
  const processes = new TwoProcesses();
  processes.bus.loseSubscriptions("one", "one");
  assert.deepEqual(await processes.check(), ["one"]);
  assert.deepEqual(processes.resubscribed, ["one"]);
  assert.deepEqual(await processes.check(), []);
});

Deno.test("a slow answer, in one check or in each, loses no subscription", async () => {
  const processes = new TwoProcesses();
  for (const late_ms of [0, 60_000, 0, 1_200, 1_200, 1_200, 2_500, 2_500, 2_500, 0]) {
    processes.late_ms = late_ms;
    assert.deepEqual(await processes.check(), late_ms === 0 ? [] : ["all", "one"]);
  }
  assert.deepEqual([processes.resubscribed, processes.recovered], [[], []]);
});

Deno.test("a lost subscription to the replies fails every check, and is opened again", async () => {
  const processes = new TwoProcesses();
  processes.bus.loseReplies("one");
  for (let check = 0; check < 2; check++) assert.deepEqual(await processes.check(), ["all", "one"]);
  assert.deepEqual(await processes.check(), []);
  assert.deepEqual(processes.recovered, ["one: all,one"]);
});

Deno.test("a subscription that its owner ends is no longer checked, also when it ends during a check", async () => {
  const processes = new TwoProcesses();
  const ended = processes.one.subscribe("ended", () => {});
  processes.bus.stop();
  const checking = processes.check();
  ended[Symbol.dispose]();
  assert.deepEqual(await checking, ["all", "one"]);
  processes.bus.start();
  assert.deepEqual(await processes.check(), []);
});
