/**
 * The cookies of viewers' sessions, one for each company, so that sessions of several companies live side by side in one
 * browser.
 *
 * - COOKIE-1. With the prefix `__Host-` only this host can set a cookie, only over TLS, and for all its paths. Scripts
 *   cannot read it.
 * - COOKIE-2. A cookie is `Lax`, so that links from other sites work. If other sites may frame the page, it is `None` and
 *   `Partitioned`.
 * - COOKIE-3. A browser keeps the cookies of its last {@link VIEWER_COOKIES_MAX} companies: the header that carries them
 *   stays small.
 */

import { parse, serialize } from "hono/utils/cookie";

const PREFIX = "__Host-credits-";

/** The cookies that a browser keeps. Past it, opening a session deletes the oldest. */
export const VIEWER_COOKIES_MAX = 20;

/** Returns the name of the cookie for a company's session. */
export function viewerCookieName(company: string): string {
  return `${PREFIX}${company}`;
}

/** Reads the token of a company's session from the cookies of a request. */
export function viewerToken(headers: Headers, company: string): string | undefined {
  const name = viewerCookieName(company);
  const cookies = headers.get("cookie");
  return cookies === null ? undefined : parse(cookies, name)[name];
}

/**
 * Returns the `Set-Cookie` headers that store the token of a company's session, and delete the oldest cookies past the
 * maximum.
 *
 * @param request_headers with the cookies that the browser has; browsers send older ones first
 */
export function cookiesOfSession(
  company: string,
  token: string,
  request_headers: Headers,
  is_framed: boolean,
): string[] {
  const name = viewerCookieName(company);
  const others = Object.keys(parse(request_headers.get("cookie") ?? ""))
    .filter((other) => other.startsWith(PREFIX) && other !== name);
  const oldest = others.slice(0, Math.max(0, others.length + 1 - VIEWER_COOKIES_MAX));
  return [setCookie(name, token, is_framed), ...oldest.map((other) => deleteCookie(other, is_framed))];
}

/** Returns the `Set-Cookie` header that deletes the token of a company's session. */
export function deletedCookieOf(company: string, is_framed: boolean): string {
  return deleteCookie(viewerCookieName(company), is_framed);
}

function setCookie(name: string, value: string, is_framed: boolean, maxAge?: number): string {
  const same_site = is_framed
    ? { sameSite: "None", partitioned: true } as const
    : { sameSite: "Lax" } as const;
  const lifetime = maxAge === undefined ? {} : { maxAge };
  return serialize(name, value, { path: "/", secure: true, httpOnly: true, ...same_site, ...lifetime });
}

function deleteCookie(name: string, is_framed: boolean): string {
  return setCookie(name, "", is_framed, 0);
}
