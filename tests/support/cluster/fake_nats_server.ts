/** A server that speaks as much of the protocol of NATS as a test needs, and sees the connections of its clients. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const INFO = 'INFO {"version":"2.9.10","max_payload":1000,"headers":true}\r\n';

/** A server that shows how a bus treats one that misbehaves. */
export class FakeNatsServer implements AsyncDisposable {
  /** The connections that are open. */
  readonly open = new Set<Socket>();
  readonly #server = createServer();

  /** @param serve called with each connection */
  static async start(serve: (socket: Socket) => void): Promise<FakeNatsServer> {
    const fake = new FakeNatsServer();
    fake.#server.on("connection", (socket) => {
      fake.open.add(socket);
      socket.on("close", () => fake.open.delete(socket));
      socket.on("error", () => {});
      serve(socket);
    });
    await once(fake.#server.listen(0, "127.0.0.1"), "listening");
    return fake;
  }

  /** The value of `NATS_URL`. */
  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
  }
}

/** Greets a client. */
export function greet(socket: Socket): void {
  socket.write(INFO);
}

/** Serves a client: greets it, answers its pings, and passes each line that it sends. */
export function serveWell(socket: Socket, onLine: (line: string) => void = () => {}): void {
  greet(socket);
  let rest = "";
  socket.on("data", (bytes) => {
    const lines = `${rest}${bytes}`.split("\r\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === "PING") socket.write("PONG\r\n");
      onLine(line);
    }
  });
}
