/**
 * Cross-origin requests of scripts in pages (CORS). Without `CORS_ORIGINS` no page of another origin can read an answer.
 *
 * - CORS-1. Only the API is shared: paths below `/v1`, and `/openapi.json`. Pages and webhooks are not.
 * - CORS-2. Credentials are never allowed: a page sends a key, and cannot use the session of its viewer.
 * - CORS-3. Every answer of a shared path has `Vary: Origin`, also to a request without an origin, so that no cache gives
 *   the answer of one origin to another.
 */

import { Hono } from "hono";
import { cors } from "hono/cors";

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/** The request headers that the API reads, beyond those that every page may send. */
const REQUEST_HEADERS = [
  "Authorization",
  "Ce-Id",
  "Ce-Source",
  "Ce-Specversion",
  "Ce-Subject",
  "Ce-Time",
  "Ce-Type",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "Last-Event-ID",
  "Traceparent",
  "Tracestate",
  "X-Request-Id",
];

/** The response headers that a page can read, beyond those that every page can. */
const RESPONSE_HEADERS = [
  "Allow",
  "Content-Disposition",
  "ETag",
  "Idempotent-Replayed",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "X-Request-Id",
];

/** How long a browser may remember a preflight: Chromium's longest time is two hours. */
const MAX_AGE_S = 7_200;

/** Answers cross-origin requests. */
export interface Cors {
  /** Adds the headers to an answer of a shared path. @returns the same response */
  addTo(response: Response, request: Request): Promise<Response>;
  /** Answers a preflight of a shared path. Undefined for any other request. */
  answerPreflight(request: Request): Promise<Response> | undefined;
}

/** Tells whether scripts of other origins may use a path. */
export function isSharedPath(path: string): boolean {
  return path.startsWith("/v1/") || path === "/openapi.json";
}

/**
 * Creates the answers for pages of these origins.
 *
 * Hono's middleware decides in an app of its own. In the app of the API it would copy each response into a new one, which
 * loses what the server knows of it, such as the bytes that its client has not taken.
 *
 * @returns undefined without an origin: then there is nothing to add
 */
export function corsFor(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined;
  const policy = new Hono();
  policy.use(cors({
    origin: [...origins],
    allowMethods: METHODS,
    allowHeaders: REQUEST_HEADERS,
    exposeHeaders: RESPONSE_HEADERS,
    maxAge: MAX_AGE_S,
  }));
  policy.all("*", (c) => c.body(null));
  const decide = async (origin: string) => await policy.request("/", { headers: { origin } });
  return {
    async addTo(response, request) {
      const { headers } = response;
      headers.append("vary", "Origin");
      const origin = request.headers.get("origin");
      const decided = origin === null ? undefined : (await decide(origin)).headers;
      if (decided?.has(ALLOW_ORIGIN)) {
        for (const [name, value] of decided) if (name.startsWith("access-control-")) headers.set(name, value);
      }
      return response;
    },
    answerPreflight({ method, headers, url }) {
      const is_preflight = method === "OPTIONS" && headers.has("access-control-request-method");
      if (!is_preflight || !isSharedPath(new URL(url).pathname)) return undefined;
      return Promise.resolve(policy.request("/", { method, headers }));
    },
  };
}

const ALLOW_ORIGIN = "access-control-allow-origin";
