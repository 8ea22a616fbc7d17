import { type Config, ConfigError } from "../config/environment.ts";
import { logRequest, newRequestId } from "./middleware/request_log.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { Problem, problemResponse } from "./kit/problems.ts";

/** A host name or address, and a port. RFC 9110, 7.2. */
const HOST_PATTERN = /^(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?$/i;

/**
 * Serves HTTP on the configured port and host. A request with an invalid `Host` is answered 400: Deno builds the URL from
 * it, so `Host: x/metrics?` would replace the path that was requested.
 *
 * @throws {ConfigError} when the port cannot be used; the message has the port and the remedy
 */
export function listen(
  { port, host }: Pick<Config, "port" | "host">,
  answer: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { port, hostname: host, onListen: () => {} },
      (request) =>
        HOST_PATTERN.test(request.headers.get("host") ?? "") ? answer(request) : invalidHost(request),
    );
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
