import { getLogger } from "@logtape/logtape";
import { type Config, ConfigError } from "../config/environment.ts";
import { reportError } from "../observability/log.ts";
import { sleep } from "../time/sleep.ts";
import { connectionServer, type RequestAnswerer } from "./connection_server.ts";
import type { CloseReason, ConnectionCounts } from "./connection_counts.ts";
import { Connections } from "./connections.ts";
import { requestIdsOf } from "./middleware/request_ids.ts";
import { logRequest } from "./middleware/request_log.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { invalidHost, problemResponse } from "./kit/problems.ts";
import { AnswerAborted } from "./kit/unread_answers.ts";

/** A host name or address, and a port. RFC 9110, 7.2. */
const HOST_PATTERN = /^(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?$/i;

/** Log lines of one kind about connections are at least this far apart. */
const LOG_INTERVAL_MS = 60_000;
/** How often connections whose clients are late are closed. */
const CHECK_INTERVAL_MS = 1_000;

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
  readonly counts?: ConnectionCounts;
}

/**
 * Serves HTTP on the configured port and host. A request with an invalid `Host` is answered 400: Deno builds the URL from
 * it, so `Host: x/metrics?` would replace the path that was requested.
 *
 * @throws {ConfigError} when the port or this version of Deno cannot be used; the message has the remedy
 */
export function listen(options: ListenOptions, answer: RequestAnswerer): HttpServer {
  const serve = connectionServer(internalError);
  const listener = openListener(options);
  const { connections_max: max, abortOldestBody, counts } = options;
  const connections = new Connections({
    listener,
    serve,
    max,
    answer: (request, info) =>
      HOST_PATTERN.test(request.headers.get("host") ?? "") ? answer(request, info) : refuseHost(request),
    ...abortOldestBody === undefined ? {} : { abortOldestBody },
    ...counts === undefined ? {} : { counts },
    report: connectionLog(max),
    sleep,
    now_ms: () => performance.now(),
  });
  const checks = setInterval(() => connections.closeLate(), CHECK_INTERVAL_MS);
  return {
    addr: listener.addr as Deno.NetAddr,
    finished: connections.finished,
    shutdown: () => {
      clearInterval(checks);
      return connections.shutdown();
    },
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

type ConnectionEvent = "accept_failed" | CloseReason;

/** What is logged when the server closes connections. Nothing where that is normal. */
const WARNINGS: Partial<Record<ConnectionEvent, string>> = {
  made_room: "All {max} connections are open: idle ones are closed for new ones (MAX_CONNECTIONS)",
  unread: "A connection was closed because its client did not take its answers",
  concurrent_requests: "A connection was closed for its concurrent requests: use HTTP/1.1, not HTTP/2",
};

/** Returns a reporter that logs the first event of each kind, and then one a minute. */
function connectionLog(max: number): (event: ConnectionEvent, error?: unknown) => void {
  const logged_ms = new Map<ConnectionEvent, number>();
  return (event, error) => {
    const warning = WARNINGS[event];
    if (event !== "accept_failed" && warning === undefined) return;
    const now_ms = performance.now();
    if (now_ms - (logged_ms.get(event) ?? -Infinity) < LOG_INTERVAL_MS) return;
    logged_ms.set(event, now_ms);
    if (warning === undefined) return reportError("accept a connection")(error);
    log.warn(warning, { max });
  };
}

function internalError(error: unknown): Response {
  // Its client is at fault, and gets no other answer.
  if (!(error instanceof AnswerAborted)) reportError("answer a request")(error);
  return new Response(null, { status: 500 });
}

function refuseHost({ method, headers }: Request): Response {
  const ids = requestIdsOf(headers);
  const problem = invalidHost();
  logRequest({ method, route: "none", status: problem.status, duration_ms: 0, ...ids });
  return securityHeaders(undefined).addTo(problemResponse(problem, ids.request_id));
}
