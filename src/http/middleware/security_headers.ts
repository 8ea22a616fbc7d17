/**
 * The headers every answer carries beside those it brings itself, but the empty one to a webhook. Put on where a
 * response leaves the app, so that no route can forget them.
 */

/** For whatever is no page: nothing in it may be loaded, run or framed, whatever a browser takes it for. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

const POLICY = "content-security-policy";

const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=()"],
];

/** Half a year, as a proxy in front would say it. */
const TRANSPORT = "max-age=15552000";

/** What puts the headers on a response. */
export interface SecurityHeaders {
  /** @returns the same response */
  on(response: Response): Response;
}

/** @param public_url where the service is reached: only when that is https browsers are told to insist on it */
export function securityHeaders(public_url: string | undefined): SecurityHeaders {
  const headers = [...ALWAYS];
  if (public_url?.startsWith("https:")) headers.push(["strict-transport-security", TRANSPORT]);
  return {
    on(response) {
      const sent = response.headers;
      for (const [name, value] of headers) sent.set(name, value);
      // A page says for itself what it loads.
      if (!sent.has(POLICY)) sent.set(POLICY, NOTHING);
      return response;
    },
  };
}
