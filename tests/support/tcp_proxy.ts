import { sleep } from "../../src/time/sleep.ts";

/**
 * A TCP proxy between the service and whoever or whatever it talks to, which a test can hurt: it cuts connections,
 * holds or delays what they carry, and swallows the answer to a write that Postgres has committed.
 */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  /** While false, connections are refused and those there were are cut. */
  #open = true;
  /** Resolved, unless nothing is passed on: the connections stand, and nobody hears anything. */
  #unfrozen: PromiseWithResolvers<void> = resolvedPromise();
  /** How long each piece of what is carried is held back, in either direction. */
  #delay_ms: () => number = () => 0;
  #answer_drop: AnswerDrop | undefined;
  readonly #listener: Deno.Listener;
  readonly #target: Deno.ConnectOptions;
  readonly #pairs = new Set<ProxiedConnection>();
  readonly #done: Promise<void>;

  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#done = this.#accept();
  }

  /** A database's URL, by way of this proxy. */
  urlOf(database_url: string): string {
    const url = new URL(database_url);
    url.hostname = "127.0.0.1";
    url.port = String(this.port);
    return url.href;
  }

  /** Cuts every connection and lets none in. */
  cut(): void {
    this.#open = false;
    this.#unfrozen.resolve();
    for (const pair of this.#pairs) cut(pair);
    this.#pairs.clear();
  }

  /** Keeps every connection, and what is sent on it. */
  freeze(): void {
    this.#unfrozen = Promise.withResolvers();
  }

  /** Lets connections in again, passes on what was held, and carries everything at once. */
  restore(): void {
    this.#open = true;
    this.#unfrozen.resolve();
    this.#delay_ms = () => 0;
  }

  /** Holds back each piece of what is carried from now on. */
  delay(delay_ms: () => number): void {
    this.#delay_ms = delay_ms;
  }

  /**
   * Lets the next request of each connection of this name through, and nothing back: when Postgres has answered, and
   * so done what it was asked, the connection is cut. Goes on until so many answers were swallowed.
   *
   * @param application_name what the connection calls itself when it starts
   */
  dropAnswers(application_name: string, answers: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answer_drop = { application_name, left: answers, done: resolve };
    return promise;
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
        const piece = buffer.subarray(0, read);
        await this.#unfrozen.promise;
        const delay_ms = this.#delay_ms();
        if (delay_ms > 0) await sleep(delay_ms);
        if (this.#dropsAnswer(pair, direction, piece)) break;
        for (let sent = 0; sent < piece.length;) sent += await to.write(piece.subarray(sent));
      }
    } catch {
      // One side went away, or was cut.
    }
    cut(pair);
  }

  #dropsAnswer(pair: ProxiedConnection, direction: Direction, piece: Uint8Array): boolean {
    if (direction === "to_server") {
      if (pair.startup_message === "") pair.startup_message = new TextDecoder("latin1").decode(piece);
      // What is asked before the first answers have come is how a connection begins.
      else if (this.#answer_drop !== undefined) pair.has_request = true;
      return false;
    }
    const swallowing = this.#answer_drop;
    const is_answer = pair.is_ready && pair.has_request;
    pair.is_ready ||= isReady(piece);
    if (swallowing === undefined || !is_answer || !isReady(piece)) return false;
    if (!pair.startup_message.includes(swallowing.application_name)) return false;
    swallowing.left--;
    if (swallowing.left === 0) {
      this.#answer_drop = undefined;
      swallowing.done();
    }
    return true;
  }
}

type Direction = "to_server" | "to_client";

interface ProxiedConnection {
  readonly client: Deno.Conn;
  readonly server: Deno.Conn;
  /** What the client said first, in which it names itself. */
  startup_message: string;
  /** The server has let the client in. */
  is_ready: boolean;
  /** The client has asked for something since answers are swallowed. */
  has_request: boolean;
}

interface AnswerDrop {
  readonly application_name: string;
  left: number;
  readonly done: () => void;
}

/** Postgres ends every answer by saying that it is ready for the next query, outside of any transaction. */
function isReady(piece: Uint8Array): boolean {
  const [type, ...rest] = piece.subarray(-6);
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
    // It was closed already.
  }
}
