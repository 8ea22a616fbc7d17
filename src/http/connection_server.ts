/**
 * HTTP on one accepted connection, through the function that Deno itself serves `node:http` connections with. It is not
 * part of Deno's public API: `Deno.serve` accepts its connections itself, neither counts nor limits them, and ends when
 * an accept fails. The version of Deno is pinned, and a start with a version without the function is refused.
 */

/** Answers a request. */
export type RequestAnswerer = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** Serves HTTP/1.1 and HTTP/2 on a connection until it ends; the signal closes it at once. */
export type ConnectionServer = (
  connection: Deno.TcpConn,
  signal: AbortSignal,
  answer: RequestAnswerer,
) => Pick<Deno.HttpServer, "finished" | "shutdown">;

type ServeHttpOnConnection = (
  connection: Deno.TcpConn,
  signal: AbortSignal,
  answer: RequestAnswerer,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => Deno.HttpServer;

/** Returns Deno's server of one connection; undefined when this version of Deno has none. */
export function connectionServer(onError: (error: unknown) => Response): ConnectionServer | undefined {
  const { internal } = Deno as unknown as { internal: symbol };
  const internals = Reflect.get(Deno, internal) as
    | { readonly serveHttpOnConnection?: ServeHttpOnConnection }
    | undefined;
  const serve = internals?.serveHttpOnConnection;
  if (serve === undefined) return undefined;
  return (connection, signal, answer) => serve(connection, signal, answer, onError, () => {});
}
