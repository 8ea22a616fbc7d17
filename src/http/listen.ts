import { getLogger } from "@logtape/logtape";
import { type Config, ConfigError } from "../config/environment.ts";
import { reportError } from "../observability/log.ts";
import { sleep } from "../time/sleep.ts";
import { connectionServer, type RequestAnswerer } from "./connection_server.ts";
import { Connections } from "./connections.ts";
import { logRequest, newRequestId } from "./middleware/request_log.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { Problem, problemResponse } from "./kit/problems.ts";

/** A host name or address, and a port. RFC 9110, 7.2. */
const HOST_PATTERN = /^(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?$/i;

/** Log lines of one kind about connections are at least this far apart. */
const LOG_INTERVAL_MS = 60_000;

const log = getLogger(["poli-credits", "http"]);

/** A listening server. */
export interface HttpServer {
  readonly addr: Deno.NetAddr;
  /** Resolves after `shutdown`. Rejects when the listener ended unexpectedly: nothing is served any more. */
  readonly finished: Promise<void>;
  /** Accepts no more connections and waits for the requests in progress. */
  shutdown(): Promise<void>;
}

/** The settings of {@link listen}. */
export interface ListenOptions extends Pick<Config, "port" | "host"> {
  /** The most open connections. */
  readonly connections_max: number;
  /** Aborts the request whose body has been on its way longest, if any. */
  readonly abortOldestBody?: () => void;
}

/**
 * Serves HTTP on the configured port and host. A request with an invalid `Host` is answered 400: Deno builds the URL from
 * it, so `Host: x/metrics?` would replace the path that was requested.
 *
 * @throws {ConfigError} when the port or this version of Deno cannot be used; the message has the remedy
 */
export function listen(options: ListenOptions, answer: RequestAnswerer): HttpServer {
  const serve = connectionServer(internalError);
  if (serve === undefined) {
    throw new ConfigError(`Deno ${Deno.version.deno} cannot serve single connections. Run Deno 2.9.6.`);
  }
  const listener = openListener(options);
  const { connections_max: max, abortOldestBody } = options;
  const connections = new Connections({
    listener,
    serve,
    max,
    answer: (request, info) =>
      HOST_PATTERN.test(request.headers.get("host") ?? "") ? answer(request, info) : invalidHost(request),
    ...abortOldestBody === undefined ? {} : { abortOldestBody },
    report: connectionLog(max),
    sleep,
  });
  return {
    addr: listener.addr as Deno.NetAddr,
    finished: connections.finished,
    shutdown: () => connections.shutdown(),
  };
}

function openListener({ port, host }: Pick<Config, "port" | "host">): Deno.TcpListener {
  try {
    return Deno.listen({ port, hostname: host, tcpBacklog: 511 });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      const other = port === 65_535 ? 8_000 : port + 1;
      throw new ConfigError(
        `port ${port} is taken by another program. Set PORT to another port, for example ${other}.`,
      );
    }
    const why = (error as Error).message;
    throw new ConfigError(
      `cannot listen on port ${port} of ${host}: ${why}. Set PORT and HOST to other values.`,
    );
  }
}

/** Returns a reporter that logs the first event of each kind, and then one a minute. */
function connectionLog(max: number): (event: "accept_failed" | "made_room", error?: unknown) => void {
  const logged_ms = { accept_failed: -Infinity, made_room: -Infinity };
  return (event, error) => {
    const now_ms = performance.now();
    if (now_ms - logged_ms[event] < LOG_INTERVAL_MS) return;
    logged_ms[event] = now_ms;
    if (event === "accept_failed") return reportError("accept a connection")(error);
    log.warn("All {max} connections are open: idle ones are closed for new ones (MAX_CONNECTIONS)", { max });
  };
}

function internalError(error: unknown): Response {
  reportError("answer a request")(error);
  return new Response(null, { status: 500 });
}

function invalidHost({ method }: Request): Response {
  const request_id = newRequestId();
  const problem = new Problem(
    400,
    "invalid_host",
    "Invalid Host header: send a host name and an optional port.",
  );
  logRequest({ method, route: "none", status: problem.status, duration_ms: 0, request_id });
  return securityHeaders(undefined).addTo(problemResponse(problem, request_id));
}
