import type { SeededRandom } from "../../../tests/support/seeded_random.ts";
import type { Bus } from "../../../src/ports/placement.ts";
import type { EventLoop, EventOwner } from "../event_loop.ts";
import type { ClusterFaultProfile } from "./fault_profile.ts";

type OnMessage = Parameters<Bus["subscribe"]>[1];
type OnReply = Parameters<Bus["request"]>[2];

/** What a client subscribes to. The server has forgotten it while it is not open. */
interface Subscription {
  readonly subject: string;
  readonly onMessage: OnMessage;
  is_open: boolean;
}

/** The connection of one client. */
interface Connection {
  readonly client: EventOwner;
  readonly subscriptions: Set<Subscription>;
  readonly requests: Set<OnReply>;
  /** Whether nothing travels between the client and the server. */
  is_cut: boolean;
  /** Whether the client believes that it is connected. */
  is_connected: boolean;
}

/** As in `src/nats/nats_bus.ts`: two pings of 2 s without an answer. */
const SILENCE_NOTICED_AFTER_MS = 4_000;
const RECONNECT_AFTER_MS = 250;
const DELAYED_MS_MAX = 8_000;

/**
 * NATS as nodes see it, through clients that behave as `src/nats/nats_bus.ts`: the server can stop, be up without an
 * answer, be cut off from one client and forget subscriptions; a message can be lost, late and overtaken. No message
 * arrives twice.
 */
export class SimulatedNats {
  fault_profile: ClusterFaultProfile;
  readonly #event_loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #connections = new Map<EventOwner, Connection>();
  #state: "up" | "stopped" | "silent" = "up";

  constructor(event_loop: EventLoop, random: SeededRandom, fault_profile: ClusterFaultProfile) {
    this.#event_loop = event_loop;
    this.#random = random;
    this.fault_profile = fault_profile;
  }

  /** Makes the server up, stopped, or up without any answer. */
  set state(state: "up" | "stopped" | "silent") {
    this.#state = state;
    for (const connection of this.#connections.values()) this.#review(connection);
  }

  /** Whether every client is connected, and the server has forgotten no subscription. */
  get is_whole(): boolean {
    return [...this.#connections.values()].every(({ is_connected, subscriptions }) =>
      is_connected && [...subscriptions].every(({ is_open }) => is_open)
    );
  }

  /** Cuts a client off from the server, or connects it again. */
  setCut(client: EventOwner, is_cut: boolean): void {
    const connection = this.#connections.get(client);
    if (connection === undefined) return;
    connection.is_cut = is_cut;
    this.#review(connection);
  }

  /** Connects every client again. */
  heal(): void {
    for (const client of this.#connections.keys()) this.setCut(client, false);
    this.state = "up";
  }

  /** Makes the server forget the subscriptions of a client, which does not learn of it. */
  loseSubscriptions(client: EventOwner): void {
    for (const subscription of this.#connections.get(client)?.subscriptions ?? []) {
      if (subscription.is_open) this.#event_loop.trace.countFault("subscription lost");
      subscription.is_open = false;
    }
  }

  /** Closes the connection of a process that has ended. */
  close(client: EventOwner): void {
    this.#connections.delete(client);
  }

  /** Opens a connection, and returns the bus as its client sees it. */
  open(client: EventOwner): Bus {
    const connection: Connection = {
      client,
      subscriptions: new Set(),
      requests: new Set(),
      is_cut: false,
      is_connected: this.#state === "up",
    };
    this.#connections.set(client, connection);
    return {
      publish: (subject, message) => {
        if (!connection.is_connected) return;
        this.#take(connection, subject, () => {
          for (const [to, { onMessage }] of this.#subscribersOf(subject)) {
            this.#deliver(to, subject, () => onMessage(message.slice(), () => {}));
          }
        });
      },
      subscribe: (subject, onMessage) => {
        const subscription = { subject, onMessage, is_open: connection.is_connected };
        connection.subscriptions.add(subscription);
        return { [Symbol.dispose]: () => void connection.subscriptions.delete(subscription) };
      },
      resubscribe: (subject) => {
        if (!connection.is_connected) return;
        for (const one of connection.subscriptions) if (one.subject === subject) one.is_open = true;
      },
      request: (subject, message, onReply) => this.#request(connection, subject, message, onReply),
    };
  }

  #request(connection: Connection, subject: string, message: Uint8Array, onReply: OnReply): Disposable {
    const receive: OnReply = (reply) => connection.requests.has(receive) && onReply(reply);
    connection.requests.add(receive);
    if (!connection.is_connected) queueMicrotask(() => receive(undefined));
    else {
      this.#take(connection, subject, () => {
        const subscribers = this.#subscribersOf(subject);
        if (subscribers.length === 0) {
          this.#event_loop.trace.countFault("no responders");
          this.#deliver(connection, `no responders of ${subject}`, () => receive(undefined));
        }
        for (const [to, { onMessage }] of subscribers) {
          const reply = (answer: Uint8Array) => {
            if (!to.is_connected) return;
            const what = `an answer to ${subject}`;
            this.#take(to, what, () => this.#deliver(connection, what, () => receive(answer.slice())));
          };
          this.#deliver(to, subject, () => onMessage(message.slice(), reply));
        }
      });
    }
    return { [Symbol.dispose]: () => void connection.requests.delete(receive) };
  }

  /** Carries a message from a client to the server. */
  #take(from: Connection, what: string, onTaken: () => void): void {
    const { message_lost, message_delayed } = this.fault_profile;
    if (this.#occurs(message_lost)) return void this.#event_loop.trace.countFault("message lost");
    const is_delayed = this.#occurs(message_delayed);
    if (is_delayed) this.#event_loop.trace.countFault("message delayed");
    const after_ms = is_delayed ? this.#random.between(1, DELAYED_MS_MAX) : 0;
    const description = `NATS takes ${what} from ${from.client.name}`;
    this.#event_loop.schedule({ description, background: true, after_ms }, () => {
      if (this.#reaches(from)) onTaken();
    });
  }

  /** Carries a message from the server to a client. */
  #deliver(to: Connection, what: string, onDelivered: () => void): void {
    const { client } = to;
    this.#event_loop.schedule(
      { description: `${client.name} receives ${what}`, owner: client, background: true },
      () => {
        if (this.#reaches(to)) onDelivered();
      },
    );
  }

  #subscribersOf(subject: string): readonly (readonly [Connection, Subscription])[] {
    return [...this.#connections.values()].flatMap((connection) =>
      [...connection.subscriptions].filter((one) => one.is_open && one.subject === subject)
        .map((subscription) => [connection, subscription] as const)
    );
  }

  #reaches(connection: Connection): boolean {
    return this.#state === "up" && !connection.is_cut && this.#connections.has(connection.client);
  }

  /** Makes a client notice, after some time, that it has lost the server or can reach it again. */
  #review(connection: Connection): void {
    const { client, is_cut } = connection;
    const is_reached = this.#reaches(connection);
    if (is_reached === connection.is_connected) return;
    const is_closed = this.#state === "stopped" && !is_cut;
    const after_ms = is_reached ? RECONNECT_AFTER_MS : is_closed ? 0 : SILENCE_NOTICED_AFTER_MS;
    this.#event_loop.schedule({
      description: `${client.name} ${is_reached ? "reconnects to" : "loses"} NATS`,
      owner: client,
      background: true,
      after_ms,
    }, () => {
      if (is_reached !== this.#reaches(connection) || is_reached === connection.is_connected) return;
      connection.is_connected = is_reached;
      if (is_reached) this.#openAll(connection);
      else for (const onReply of [...connection.requests]) onReply(undefined);
    });
  }

  #openAll({ subscriptions }: Connection): void {
    for (const subscription of subscriptions) {
      subscription.is_open = !this.#occurs(this.fault_profile.subscription_lost);
      if (!subscription.is_open) this.#event_loop.trace.countFault("subscription lost");
    }
  }

  #occurs(probability: number): boolean {
    return probability > 0 && this.#random.chance(probability);
  }
}
