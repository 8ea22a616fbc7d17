import { sleep } from "../../src/time/sleep.ts";

/**
 * A TCP proxy between the service and a peer, for fault injection: it cuts connections, freezes or delays their data,
 * drops Postgres's answer to a committed write, and drops startup options as a connection pooler can.
 */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  /** While false, new connections are refused; existing ones were cut. */
  #open = true;
  /** Pending while the proxy is frozen: connections stay open and carry no data. */
  #unfrozen: PromiseWithResolvers<void> = resolvedPromise();
  /** The delay of each chunk, in either direction. */
  #delay_ms: () => number = () => 0;
  #answer_drop: AnswerDrop | undefined;
  #drops_options = false;
  readonly #listener: Deno.Listener;
  #target: Deno.ConnectOptions;
  readonly #pairs = new Set<ProxiedConnection>();
  readonly #done: Promise<void>;

  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#done = this.#accept();
  }

  /** Returns a database URL that goes through this proxy. */
  urlOf(database_url: string): string {
    const url = new URL(database_url);
    url.hostname = "127.0.0.1";
    url.port = String(this.port);
    return url.href;
  }

  /** Cuts every connection and refuses new ones. */
  cut(): void {
    this.#open = false;
    this.#unfrozen.resolve();
    for (const pair of this.#pairs) cut(pair);
    this.#pairs.clear();
  }

  /** Connects new connections to another peer; existing ones stay. */
  redirect(target: Deno.ConnectOptions): void {
    this.#target = target;
  }

  /** Keeps every connection open, and holds its data. */
  freeze(): void {
    this.#unfrozen = Promise.withResolvers();
  }

  /** Accepts connections again, forwards the held data, and removes the delay. */
  restore(): void {
    this.#open = true;
    this.#unfrozen.resolve();
    this.#delay_ms = () => 0;
  }

  /** Delays each chunk from now on. */
  delay(delay_ms: () => number): void {
    this.#delay_ms = delay_ms;
  }

  /**
   * Forwards the next request of each connection with this name, and drops the answer: once Postgres has answered, and
   * so executed the request, the connection is cut. Resolves when `answers` answers were dropped.
   *
   * @param application_name the name in the connection's startup message
   */
  dropAnswers(application_name: string, answers: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answer_drop = { application_name, left: answers, done: resolve };
    return promise;
  }

  /** Removes the parameter `options` of new connections, as PgBouncer with `ignore_startup_parameters=options` does. */
  dropStartupOptions(): void {
    this.#drops_options = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const carrying: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        if (this.#open) carrying.push(this.#carry(client));
        else close(client);
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(carrying);
  }

  async #carry(client: Deno.Conn): Promise<void> {
    let server: Deno.Conn;
    try {
      server = await Deno.connect(this.#target);
    } catch {
      return close(client);
    }
    if (!this.#open) return close(client), close(server);
    const pair: ProxiedConnection = {
      client,
      server,
      startup_message: "",
      is_ready: false,
      has_request: false,
    };
    this.#pairs.add(pair);
    await Promise.all([this.#forward(pair, "to_server"), this.#forward(pair, "to_client")]);
    this.#pairs.delete(pair);
  }

  async #forward(pair: ProxiedConnection, direction: Direction): Promise<void> {
    const [from, to] = direction === "to_server" ? [pair.client, pair.server] : [pair.server, pair.client];
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        const is_startup = direction === "to_server" && pair.startup_message === "";
        const received = buffer.subarray(0, read);
        const chunk = is_startup && this.#drops_options ? withoutOptions(received) : received;
        await this.#unfrozen.promise;
        const delay_ms = this.#delay_ms();
        if (delay_ms > 0) await sleep(delay_ms);
        if (this.#dropsAnswer(pair, direction, chunk)) break;
        for (let sent = 0; sent < chunk.length;) sent += await to.write(chunk.subarray(sent));
      }
    } catch {
      // One side closed the connection, or it was cut.
    }
    cut(pair);
  }

  #dropsAnswer(pair: ProxiedConnection, direction: Direction, chunk: Uint8Array): boolean {
    if (direction === "to_server") {
      if (pair.startup_message === "") pair.startup_message = new TextDecoder("latin1").decode(chunk);
      // Messages before the first answer belong to the login.
      else if (this.#answer_drop !== undefined) pair.has_request = true;
      return false;
    }
    const answer_drop = this.#answer_drop;
    const is_answer = pair.is_ready && pair.has_request;
    pair.is_ready ||= isReady(chunk);
    if (answer_drop === undefined || !is_answer || !isReady(chunk)) return false;
    if (!pair.startup_message.includes(answer_drop.application_name)) return false;
    answer_drop.left--;
    if (answer_drop.left === 0) {
      this.#answer_drop = undefined;
      answer_drop.done();
    }
    return true;
  }
}

type Direction = "to_server" | "to_client";

interface ProxiedConnection {
  readonly client: Deno.Conn;
  readonly server: Deno.Conn;
  /** The client's first message, with its application name. */
  startup_message: string;
  /** Whether the server has accepted the login. */
  is_ready: boolean;
  /** Whether the client has sent a request since answers are dropped. */
  has_request: boolean;
}

interface AnswerDrop {
  readonly application_name: string;
  left: number;
  readonly done: () => void;
}

/** Whether a chunk ends with Postgres's ReadyForQuery outside of a transaction, which ends every answer. */
function isReady(chunk: Uint8Array): boolean {
  const [type, ...rest] = chunk.subarray(-6);
  return type === 0x5a && rest.join() === "0,0,0,5,73";
}

function resolvedPromise(): PromiseWithResolvers<void> {
  const flows = Promise.withResolvers<void>();
  flows.resolve();
  return flows;
}

function cut({ client, server }: ProxiedConnection): void {
  close(client);
  close(server);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is already closed.
  }
}

/** A startup message without its parameter `options`: its length, the protocol, and pairs of zero-terminated texts. */
function withoutOptions(message: Uint8Array): Uint8Array {
  const HEAD_BYTES = 8;
  const texts = new TextDecoder("latin1").decode(message.subarray(HEAD_BYTES)).split("\0");
  const at = texts.indexOf("options");
  if (at !== -1) texts.splice(at, 2);
  const parameters = Uint8Array.from(texts.join("\0"), (character) => character.charCodeAt(0));
  const shortened = new Uint8Array([...message.subarray(0, HEAD_BYTES), ...parameters]);
  new DataView(shortened.buffer).setUint32(0, shortened.length);
  return shortened;
}
