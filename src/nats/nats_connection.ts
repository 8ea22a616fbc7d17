/**
 * Connections of the NATS library (`@nats-io/transport-node` 3.4.0) that end when they must, and never the process:
 *
 * - The library takes every listener off a socket before it closes it. An error that the socket has just met, as when a
 *   server refuses the user and resets the connection, then has no listener, and would be an uncaught error.
 * - It writes what waits before it gives up a server that answers no ping. One that reads nothing more would never be
 *   given up.
 * - It leaves the socket of an attempt that took too long open for ever.
 * - It has no way to end an attempt.
 */

import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/transport-node";
import { nodeResolveHost, NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";
import type { Socket } from "node:net";

/**
 * Opens a connection.
 *
 * @throws when no server answers, the server refuses the user, or the signal aborts
 */
export async function connectNats(options: ConnectionOptions, signal: AbortSignal): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new SafeTransport(), dnsResolveFn: nodeResolveHost });
  const connecting = NatsConnectionImpl.connect(options);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    // It may open all the same.
    connecting.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

class SafeTransport extends NodeTransport {
  override async dial(...server: Parameters<NodeTransport["dial"]>) {
    return listening(await super.dial(...server));
  }

  override async tlsFirst(...server: Parameters<NodeTransport["tlsFirst"]>) {
    return listening(await super.tlsFirst(...server));
  }

  override async startTLS() {
    return listening(await super.startTLS());
  }

  /** Gives the server up. */
  override disconnect() {
    void this.close();
  }

  override async close(error?: Error) {
    if (!this.connected) this.discard();
    await super.close(error);
  }
}

/** Makes a socket keep a listener of errors. The library has its own while it needs to know of them. */
function listening<T extends Socket>(socket: T): T {
  const ignore = () => {};
  const removeAllListeners = socket.removeAllListeners.bind(socket);
  // Without an event it removes those of all events; with undefined it would not.
  socket.removeAllListeners = (...event: Parameters<T["removeAllListeners"]>) => {
    removeAllListeners(...event);
    return socket.on("error", ignore);
  };
  return socket.on("error", ignore);
}
