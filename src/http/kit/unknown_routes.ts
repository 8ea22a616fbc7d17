/** Responses to requests that no call matches: 404 for an unknown path, 405 for an unknown method of a known path. */

import { TrieRouter } from "hono/router/trie-router";
import { isSharedPath } from "../middleware/cors.ts";
import { requestIdsOf } from "../middleware/request_ids.ts";
import { logRequest } from "../middleware/request_log.ts";
import type { Api, Declaration } from "./declaration.ts";
import { Problem, problemResponse } from "./problems.ts";
import { errorResponse, honoPath } from "./route.ts";

/**
 * Adds the responses. Add every call before: these responses know only the calls declared so far.
 *
 * @param renderProblem returns a page for a client that prefers one
 */
export function answerUnknownRoutes(
  api: Api,
  renderProblem: NonNullable<Declaration["renderProblem"]>,
): void {
  const { hono, declared, security, cors } = api;
  const router = new TrieRouter<Declaration>();
  for (const call of declared) router.add("ALL", honoPath(call.path), call);
  hono.notFound(async (c) => {
    const ids = requestIdsOf(c.req.raw.headers);
    const { request_id } = ids;
    const { method } = c.req;
    const preflight = await cors?.answerPreflight(c.req.raw);
    if (preflight !== undefined) {
      logRequest({ method, route: "none", status: preflight.status, duration_ms: 0, ...ids }, "debug");
      preflight.headers.set("x-request-id", request_id);
      return security.addTo(preflight);
    }
    const matched = router.match("ALL", c.req.path)[0].map(([call]) => call);
    const problem = matched.length === 0 ? routeNotFound() : methodNotAllowed(method, matched, declared);
    logRequest({ method, route: "none", status: problem.status, duration_ms: 0, ...ids });
    const response = renderProblem(problem, c.req.raw, request_id) ?? problemResponse(problem, request_id);
    if (isSharedPath(c.req.path)) await cors?.addTo(response, c.req.raw);
    return security.addTo(response);
  });
  hono.onError((error, c) => {
    const { request_id } = requestIdsOf(c.req.raw.headers);
    return security.addTo(errorResponse(api, error, "none", request_id));
  });
}

function routeNotFound(): Problem {
  return new Problem(404, "route_not_found", "Unknown path: see /docs for the paths of this API.");
}

function methodNotAllowed(
  method: string,
  matched: readonly Declaration[],
  declared: readonly Declaration[],
): Problem {
  const allow = [
    ...new Set(matched.flatMap(({ method }) => method === "get" ? ["GET", "HEAD"] : [upper(method)])),
  ]
    .sort().join(", ");
  const item = method === "POST" || method === "PUT" ? itemCallOf(matched, declared) : undefined;
  const remedy = item === undefined
    ? `use ${allow}`
    : `use ${upper(item.method)} ${item.path}, or ${allow} here`;
  const detail = `Method ${method} is not allowed for this path: ${remedy}.`;
  return new Problem(405, "method_not_allowed", detail, { headers: { allow } });
}

/** Finds the call that writes one item of a collection: the same path with one parameter more. */
function itemCallOf(
  matched: readonly Declaration[],
  declared: readonly Declaration[],
): Declaration | undefined {
  return declared.find(({ method, path }) =>
    (method === "put" || method === "post") &&
    matched.some((call) =>
      path.startsWith(`${call.path}/`) && /^\/\{\w+\}$/.test(path.slice(call.path.length))
    )
  );
}

function upper(method: Declaration["method"]): string {
  return method.toUpperCase();
}
