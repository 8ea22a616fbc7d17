/**
 * The security headers of every response, except the empty response to a webhook. They are set where a response leaves
 * the app, so that no route can forget them. `docs/decisions` says why `hono/secure-headers` is not used.
 */

/** The policy of responses that are no page: they may load and run nothing, and no page may frame them. */
const DENY_ALL = "default-src 'none'; frame-ancestors 'none'";

const POLICY = "content-security-policy";

const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["cross-origin-resource-policy", "same-origin"],
];

/** Only a document has referrers and permissions: on a response of data, browsers ignore these. */
const OF_PAGES: readonly (readonly [name: string, value: string])[] = [
  ["referrer-policy", "no-referrer"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=()"],
];

/** The value of `Strict-Transport-Security`: half a year. */
const HSTS = "max-age=15552000";

/** The security headers of this service. */
export interface SecurityHeaders {
  /** Sets the headers on a response. @returns the same response */
  addTo(response: Response): Response;
}

/** Creates the security headers. @param public_url the public URL; HSTS is sent only when it is https */
export function securityHeaders(public_url: string | undefined): SecurityHeaders {
  const headers = [...ALWAYS];
  if (public_url?.startsWith("https:")) headers.push(["strict-transport-security", HSTS]);
  return {
    addTo(response) {
      const sent = response.headers;
      for (const [name, value] of headers) sent.set(name, value);
      // A page sets its own policy.
      if (!sent.has(POLICY)) sent.set(POLICY, DENY_ALL);
      else for (const [name, value] of OF_PAGES) sent.set(name, value);
      return response;
    },
  };
}
