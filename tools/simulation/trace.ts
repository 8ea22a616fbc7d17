/** All faults and rare events, in the order the report lists them. */
export const FAULTS = [
  "write refused",
  "write done, reply lost",
  "connection died, write went through later",
  "connection died, write never arrived",
  "delayed",
  "out of order",
  "crash",
  "crash with a write under way",
  "written after a crash",
  "graceful stop",
  "second owner",
  "fenced off",
  "mailbox overflow",
  "activation failed",
  "load failed",
  "read failed",
  "reply to a client lost",
  "clock forward",
  "clock back",
  "delivered twice",
  "redelivered",
  "days late",
  "too old",
  "future event",
  "final month",
  "unclaimed number",
  "moved number",
  "midnight",
  "month end",
  "zone change",
  "other zone data",
  "policy change",
  "contract change",
  "rate override",
  "account change",
  "usage retried",
  "usage id reused",
  "send retried",
  "send refused",
  "send failed",
  "alias learned",
  "sender named differently",
  "other spelling",
  "call",
  "number change",
  "people merged",
  "person erased",
  "state evicted",
  "batched statement",
  "changes merged",
  "node added",
  "node killed",
  "node drained",
  "node paused",
  "node paused past its lease",
  "all nodes paused",
  "cut off from NATS",
  "cut off from Postgres",
  "Postgres restarted",
  "NATS stopped",
  "NATS silent",
  "subscription lost",
  "no responders",
  "message lost",
  "message delayed",
  "renewal lost",
  "renewal delayed",
  "clocks of another pace",
  "lease ended",
  "lease ended in a write",
  "shards gained",
  "shards drained",
  "owner changed",
  "owner unreachable",
] as const;

/** A fault or rare event. */
export type Fault = (typeof FAULTS)[number];

/** How often each fault fired. */
export type FaultCounts = Record<Fault, number>;

/** Returns a count of 0 for each fault. */
export function emptyFaultCounts(): FaultCounts {
  return Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts;
}

/** The trace of a run: a hash, equal for two runs of one seed, and optionally readable lines. */
export class Trace {
  readonly faults: FaultCounts = emptyFaultCounts();
  /** Kept on request only: text costs more than the rest of a run. */
  readonly lines: string[] | undefined;
  steps = 0;
  #hash = 0x811c9dc5;

  constructor(keeps_lines: boolean) {
    this.lines = keeps_lines ? [] : undefined;
  }

  /** Eight hex digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  /** Records one step of the event loop. */
  recordStep(number: number, text: string): void {
    this.steps++;
    this.#mix(number);
    this.record(text);
  }

  /**
   * Counts a fault or rare event.
   *
   * @returns true, so that a condition can count in passing
   */
  countFault(fault: Fault): true {
    this.faults[fault]++;
    this.lines?.push(`    (${fault})`);
    return true;
  }

  /** Adds a text to the hash and the lines. It must be the same in every run of the seed. */
  record(text: string): void {
    for (let at = 0; at < text.length; at++) this.#mix(text.charCodeAt(at));
    this.lines?.push(text);
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193);
  }
}
