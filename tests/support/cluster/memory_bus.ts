import type { Bus } from "../../../src/ports/placement.ts";

interface Subscription {
  readonly of: string;
  readonly subject: string;
  readonly onMessage: (message: Uint8Array, reply: (message: Uint8Array) => void) => void;
}

/** A bus in memory that can be stopped, cut off from one node, or lose the subscriptions of one. */
export class MemoryBus {
  readonly #subscriptions = new Set<Subscription>();
  /** Subscriptions that were lost, and that their node has not ended. */
  readonly #lost = new Set<Subscription>();
  /** The nodes that get no replies. */
  readonly #without_replies = new Set<string>();
  readonly #cut = new Set<string>();
  #stopped = false;
  /** The messages that were sent so far, by subject. */
  readonly sent: string[] = [];
  /** The largest message that it takes. */
  message_bytes_max = Infinity;

  /** Carries nothing until {@link start}. */
  stop(): void {
    this.#stopped = true;
  }

  /** Carries messages again. */
  start(): void {
    this.#stopped = false;
  }

  /** Loses all messages to and from a node until {@link reconnect}. */
  cut(node: string): void {
    this.#cut.add(node);
  }

  /** Carries messages of a node again. */
  reconnect(node: string): void {
    this.#cut.delete(node);
  }

  /** Forgets the subscriptions of a node, or one of them. The node does not learn of it. */
  loseSubscriptions(node: string, subject?: string): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.of === node && subscription.subject === (subject ?? subscription.subject)) {
        this.#subscriptions.delete(subscription);
        this.#lost.add(subscription);
      }
    }
  }

  /** Forgets that a node subscribes to the replies to its requests. */
  loseReplies(node: string): void {
    this.#without_replies.add(node);
  }

  /** Returns the bus as a node sees it. */
  of(node: string): Bus {
    return {
      publish: (subject, message) => {
        this.sent.push(subject);
        for (const { of, onMessage } of this.#subscribers(node, subject)) {
          this.#carry(node, of, () => onMessage(message.slice(), () => {}));
        }
      },
      subscribe: (subject, onMessage) => {
        const subscription = { of: node, subject, onMessage };
        this.#subscriptions.add(subscription);
        return {
          [Symbol.dispose]: () =>
            void (this.#subscriptions.delete(subscription) || this.#lost.delete(subscription)),
        };
      },
      request: (subject, message, onReply) => {
        if (message.length > this.message_bytes_max) throw new Error("the message is too large");
        this.sent.push(subject);
        let is_open = true;
        const subscribers = this.#subscribers(node, subject);
        const receive = (reply: Uint8Array | undefined) => {
          if (is_open && !this.#without_replies.has(node)) onReply(reply);
        };
        if (subscribers.length === 0) this.#carry(node, node, () => receive(undefined));
        for (const { of, onMessage } of subscribers) {
          const reply = (answer: Uint8Array) => {
            if (answer.length > this.message_bytes_max) throw new Error("the reply is too large");
            this.#carry(of, node, () => receive(answer.slice()));
          };
          this.#carry(node, of, () => onMessage(message.slice(), reply));
        }
        return { [Symbol.dispose]: () => void (is_open = false) };
      },
      resubscribe: (subject) => {
        this.#without_replies.delete(node);
        for (const lost of this.#lost) {
          if (lost.of !== node || lost.subject !== subject) continue;
          this.#lost.delete(lost);
          this.#subscriptions.add(lost);
        }
      },
    };
  }

  #subscribers(from: string, subject: string): readonly Subscription[] {
    if (this.#cut.has(from) || this.#stopped) return [];
    return [...this.#subscriptions].filter((one) => one.subject === subject);
  }

  #carry(from: string, to: string, deliver: () => void): void {
    if (this.#stopped || this.#cut.has(from) || this.#cut.has(to)) return;
    queueMicrotask(deliver);
  }
}
