/**
 * The bus on NATS.
 *
 * - NATS-1. A node starts, serves and stops without NATS. While there is no connection, messages are dropped, not kept
 *   for later, and requests are answered at once as if nobody listened.
 * - NATS-2. The connection is opened again for ever, also after one that the server refused.
 * - NATS-3. A message larger than {@link PACKED_FROM_BYTES}, or than the server takes, is compressed. One that is still
 *   too large, or that no receiver unpacks, is an error of its sender.
 * - NATS-4. A message that cannot be read is reported and dropped: it ends neither its subscription nor the process.
 * - NATS-5. A server may forget a subscription while the connection lasts. {@link NatsBus.resubscribe} opens it again.
 * - NATS-6. No error of a connection ends the process (nats_connection.ts).
 */

import type { NatsConnection, Subscription } from "@nats-io/transport-node";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Bus } from "../ports/placement.ts";
import { sleep } from "../time/sleep.ts";
import { connectNats } from "./nats_connection.ts";

/** NATS takes messages of up to 1 MiB by default. */
const PACKED_FROM_BYTES = 256 * 1024;
/** A few bytes can unpack to more than the memory of a node. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;
const RECONNECT_AFTER_MS = 250;
/** A server that answers no ping for twice as long is given up. */
const PING_INTERVAL_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** How long a start waits for the first attempt: it tries every server of a cluster, one after another. */
const START_MS_MAX = 5_000;
/** The status of a message that says that nobody subscribes to a subject. */
const NO_RESPONDERS = 503;

/** Options of a {@link NatsBus}. */
export interface NatsBusOptions {
  /** One server, or several of one cluster: `nats://user:password@host:4222,nats://…`; `tls://` encrypts. */
  readonly url: string;
  /** Precedes every subject, so that services on other databases do not mix. */
  readonly prefix: string;
  /** Called when the connection is lost or opened. */
  onChange(is_connected: boolean): void;
  /** Called with the error of the first attempt that fails, and again after a connection. */
  onRefused(error: unknown): void;
  /** Called with the error of a message that could not be read. */
  report(error: unknown): void;
}

type OnMessage = Parameters<Bus["subscribe"]>[1];
type OnReply = Parameters<Bus["request"]>[2];

/** What is subscribed to, on whichever connection there is. */
interface Subscribed {
  readonly subject: string;
  readonly onMessage: OnMessage;
  subscription: Subscription | undefined;
}

/** Carries messages between nodes over NATS. */
export class NatsBus implements Bus {
  readonly #options: NatsBusOptions;
  readonly #subscribed = new Set<Subscribed>();
  /** Where replies to this process arrive; the last part of the subject numbers the request. */
  readonly #replies: string;
  readonly #requests = new Map<string, OnReply>();
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  #reply_subscription: Subscription | undefined;
  #is_connected = false;
  #is_refused = false;
  #last_request = 0;
  #running: Promise<void> | undefined;

  constructor(options: NatsBusOptions) {
    this.#options = options;
    this.#replies = `${options.prefix}.replies.${crypto.randomUUID()}`;
  }

  /** Whether there is a connection. */
  get is_connected(): boolean {
    return this.#is_connected;
  }

  /**
   * Opens the connection, and keeps it open until {@link close}. Resolves at the first attempt's end, at the latest after
   * {@link START_MS_MAX}. Never rejects.
   */
  async start(): Promise<void> {
    const attempted = new AbortController();
    this.#running = this.#run(() => attempted.abort());
    await sleep(START_MS_MAX, attempted.signal);
  }

  /** Closes the connection. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection?.close().catch(() => {});
    await this.#running;
  }

  publish(subject: string, message: Uint8Array): void {
    this.#guarded(() => this.#send(this.#full(subject), message));
  }

  subscribe(subject: string, onMessage: OnMessage): Disposable {
    const subscribed: Subscribed = { subject, onMessage, subscription: undefined };
    this.#subscribed.add(subscribed);
    if (this.#connection !== undefined) this.#open(subscribed, this.#connection);
    return {
      [Symbol.dispose]: () => {
        this.#subscribed.delete(subscribed);
        subscribed.subscription?.unsubscribe();
      },
    };
  }

  request(subject: string, message: Uint8Array, onReply: OnReply): Disposable {
    const number = `${++this.#last_request}`;
    const is_sent = this.#send(this.#full(subject), message, `${this.#replies}.${number}`);
    this.#requests.set(number, onReply);
    if (!is_sent) queueMicrotask(() => this.#requests.get(number)?.(undefined));
    return { [Symbol.dispose]: () => void this.#requests.delete(number) };
  }

  resubscribe(subject: string): void {
    // A connection that opens again subscribes by itself.
    if (!this.#is_connected) return;
    this.#openReplies(this.#connection!);
    for (const subscribed of this.#subscribed) {
      if (subscribed.subject === subject) this.#open(subscribed, this.#connection!);
    }
  }

  /**
   * Sends a message.
   *
   * @returns whether there is a connection
   * @throws {RangeError} when the message is larger than the server takes
   */
  #send(subject: string, message: Uint8Array, reply?: string): boolean {
    if (!this.#is_connected) return false;
    const connection = this.#connection!;
    const bytes_max = connection.info?.max_payload ?? Infinity;
    const data = message.length < Math.min(PACKED_FROM_BYTES, bytes_max) ? message : packed(message);
    if (data.length > bytes_max || message.length > UNPACKED_BYTES_MAX) {
      throw new RangeError(`a message of ${data.length} bytes is larger than NATS takes: raise max_payload`);
    }
    try {
      connection.publish(subject, data, reply === undefined ? {} : { reply });
      return true;
    } catch {
      // The connection has just been closed.
      return false;
    }
  }

  #full(subject: string): string {
    return `${this.#options.prefix}.${subject}`;
  }

  async #run(onAttempted: () => void): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const connection = await connectNats(connectionOptions(this.#options.url), signal);
        if (signal.aborted) {
          await connection.close();
          break;
        }
        this.#connection = connection;
        this.#subscribeAll(connection);
        this.#is_refused = false;
        this.#changeTo(true);
        onAttempted();
        for await (const { type } of connection.status()) {
          if (type === "disconnect") this.#changeTo(false);
          if (type === "reconnect") this.#changeTo(true);
          if (type === "close") break;
        }
      } catch (error) {
        // The server does not answer, or refuses the user: the next attempts will fail alike.
        if (!this.#is_refused && !signal.aborted) this.#options.onRefused(error);
        this.#is_refused = true;
      }
      onAttempted();
      this.#connection = undefined;
      this.#changeTo(false);
      await sleep(RECONNECT_AFTER_MS, signal);
    }
    onAttempted();
  }

  #changeTo(is_connected: boolean): void {
    if (this.#is_connected === is_connected) return;
    this.#is_connected = is_connected;
    if (!this.#closing.signal.aborted) this.#options.onChange(is_connected);
    if (!is_connected) { for (const onReply of [...this.#requests.values()]) onReply(undefined); }
  }

  #subscribeAll(connection: NatsConnection): void {
    this.#openReplies(connection);
    for (const subscribed of this.#subscribed) this.#open(subscribed, connection);
  }

  /** Subscribes to the replies. A former subscription ends after that, so no reply is lost; one that arrives twice does nothing. */
  #openReplies(connection: NatsConnection): void {
    const former = this.#reply_subscription;
    this.#reply_subscription = connection.subscribe(`${this.#replies}.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        const onReply = this.#requests.get(message.subject.slice(this.#replies.length + 1));
        this.#guarded(() => {
          // Headers are parsed here, and may be broken.
          const is_unheard = message.headers?.code === NO_RESPONDERS;
          onReply?.(is_unheard ? undefined : unpacked(message.data));
        });
      },
    });
    former?.unsubscribe();
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.report(error);
    }
  }

  #open(subscribed: Subscribed, connection: NatsConnection): void {
    subscribed.subscription?.unsubscribe();
    subscribed.subscription = connection.subscribe(this.#full(subscribed.subject), {
      callback: (error, message) => {
        if (error !== null) return;
        const reply = (answer: Uint8Array) => {
          if (message.reply !== undefined) this.#send(message.reply, answer);
        };
        this.#guarded(() => subscribed.onMessage(unpacked(message.data), reply));
      },
    });
  }
}

function connectionOptions(url: string) {
  const servers = url.split(",");
  const { protocol, username, password } = new URL(servers[0]!);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: servers.map((server) => new URL(server).host),
    name: "poli-credits",
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_AFTER_MS,
    ...protocol === "tls:" ? { tls: {} } : {},
    // A user without a password is a token.
    ...user === "" ? {} : pass === "" ? { token: user } : { user, pass },
  };
}

/** Compresses a message. Ours start with no byte of gzip's mark, so the receiver sees which are. */
function packed(message: Uint8Array): Uint8Array {
  return gzipSync(message, { level: 1 });
}

function unpacked(message: Uint8Array): Uint8Array {
  const is_packed = message[0] === 0x1f && message[1] === 0x8b;
  return is_packed ? gunzipSync(message, { maxOutputLength: UNPACKED_BYTES_MAX }) : message;
}
