/**
 * Connections of the NATS library whose sockets never end the process.
 *
 * The library (`@nats-io/transport-node` 3.4.0) takes every listener off a socket before it closes it. An error that the
 * socket has just met, as when a server refuses the user and resets the connection, then has no listener, and an
 * `error` event without a listener is an uncaught error.
 */

import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/transport-node";
import { nodeResolveHost, NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";
import type { Socket } from "node:net";

/** Opens a connection. @throws when no server answers, or the server refuses the user */
export function connectNats(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new SafeTransport(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect(options);
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
