/** Everything that is meant to go wrong, or to be rare, in the order it is told. */
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
  "stopped in order",
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
  "ahead of our clock",
  "of a month that is final",
  "number of no company",
  "midnight",
  "month end",
  "zone change",
  "policy change",
  "contract change",
  "own price",
  "usage retried",
  "usage id reused",
  "send retried",
  "send refused",
  "alias learned",
  "number change",
  "people merged",
  "person erased",
  "let go of memory",
  "statement of many",
  "changes merged",
] as const;

export type Fault = (typeof FAULTS)[number];

/** How often each fault fired. */
export type FaultCounts = Record<Fault, number>;

export function emptyFaultCounts(): FaultCounts {
  return Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts;
}

/** What happened, as a hash that two runs of one seed must share, and as lines for whoever wants to read it. */
export class Trace {
  readonly faults: FaultCounts = emptyFaultCounts();
  /** Only when it is listened to: text costs more than everything else. */
  readonly lines: string[] | undefined;
  steps = 0;
  #hash = 0x811c9dc5;

  constructor(listened: boolean) {
    this.lines = listened ? [] : undefined;
  }

  /** Eight hex digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  recordStep(number: number, what: string): void {
    this.steps++;
    this.#mix(number);
    this.record(what);
  }

  /** A fault, or something rare, came to pass. @returns true, to be said in passing */
  countFault(fault: Fault): true {
    this.faults[fault]++;
    this.lines?.push(`    (${fault})`);
    return true;
  }

  /** Something that must be the same in every run of the seed. */
  record(what: string): void {
    for (let at = 0; at < what.length; at++) this.#mix(what.charCodeAt(at));
    this.lines?.push(what);
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193);
  }
}
