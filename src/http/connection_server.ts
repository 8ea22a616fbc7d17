/**
 * HTTP on one accepted connection, through a function that is not part of Deno's public API:
 * `docs/decisions/0009_own_accept_loop.md` says why. The version of Deno is pinned, and a start with a version without
 * the function is refused.
 */

import { ConfigError } from "../config/environment.ts";

/** Answers a request. */
export type RequestAnswerer = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** A connection that is served. */
export interface ServedConnection extends Pick<Deno.HttpServer, "finished" | "shutdown"> {
  /** Closes it at once. Has no effect when it has ended or was shut down. */
  close(): void;
}

/** Serves HTTP/1.1 and HTTP/2 on a connection until it ends. */
export type ConnectionServer = (connection: Deno.TcpConn, answer: RequestAnswerer) => ServedConnection;

type ServeHttpOnConnection = (
  connection: Deno.TcpConn,
  signal: { addEventListener(type: string, listener: () => void): void },
  answer: RequestAnswerer,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => Deno.HttpServer;

/** The internal functions of Deno that are used here. */
interface DenoInternals {
  readonly serveHttpOnConnection?: ServeHttpOnConnection;
}

/**
 * Returns Deno's server of single connections.
 *
 * @throws {ConfigError} when this version of Deno has none
 */
export function connectionServer(
  onError: (error: unknown) => Response,
  internals: DenoInternals | undefined = denoInternals(),
): ConnectionServer {
  const serve = internals?.serveHttpOnConnection;
  if (serve === undefined) {
    throw new ConfigError(`Deno ${Deno.version.deno} cannot serve single connections. Run Deno 2.9.6.`);
  }
  return (connection, answer) => {
    let cancel = () => {};
    // Not an AbortSignal: Deno's listener throws once the connection has ended, and an error in a listener ends the process.
    const signal = { addEventListener: (_: string, listener: () => void) => void (cancel = listener) };
    const { finished, shutdown } = serve(connection, signal, answer, onError, () => {});
    const close = () => {
      try {
        cancel();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    };
    return { finished, shutdown, close };
  };
}

function denoInternals(): DenoInternals | undefined {
  const { internal } = Deno as unknown as { readonly internal: symbol };
  return Reflect.get(Deno, internal) as DenoInternals | undefined;
}
