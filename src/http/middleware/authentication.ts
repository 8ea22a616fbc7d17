/**
 * Who asks, and what they may. Every route declares its policy beside its path; there is no route without
 * one. A company outside the caller's reach is answered as if it did not exist.
 */

import { parse } from "hono/utils/cookie";
import { timingSafeEqual } from "node:crypto";
import type { AccessLease } from "../../access/access_lease.ts";
import type { Scope } from "../../access/store.ts";
import { BEARER_TOKEN_PATTERN, digest } from "../../access/key.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { ApiKeys, Sessions } from "../../ports.ts";
import { companyNotFound, Problem } from "../kit/problems.ts";

const SCOPES: readonly Scope[] = ["read", "ingest", "admin"];

/** Holds the ticket of a viewer's session. `__Host-`: no other host, and nothing unencrypted, can set it. */
export const VIEWER_COOKIE = "__Host-credits";

/** Who asks. */
export interface Caller {
  /** `viewer`: a person in a browser, by the cookie of a session of one company. */
  readonly kind: "anyone" | "key" | "viewer";
  /** As versions keep it: `admin-key`, `key:` with the id of another, `viewer`. */
  readonly name: string;
  readonly scope: Scope | "none";
  /** Whether phones and BSUIDs are shown as they are; else they are masked. */
  readonly sees_contacts: boolean;
  /** The one company the caller may reach; undefined for all. */
  readonly company: CompanyId | undefined;
  /** What its requests are counted by. */
  readonly id: string;
  /** The id of the key, where it is not the root key. */
  readonly key?: string;
  /** What goes on after the answer (a stream, a download) goes on under this; undefined never ends. */
  readonly lease?: AccessLease;
  /** When a viewer's session is over, unless it is used before: on the machine's clock. */
  readonly expires_at_ms?: number;
}

/** Whoever asks for what is public. */
const ANYONE: Caller = Object.freeze({
  kind: "anyone",
  name: "anyone",
  id: "anyone",
  scope: "none",
  company: undefined,
  sees_contacts: false,
});

/** Finds out who asks, by the headers of the request. Undefined for no credentials, or bad ones. */
export type Authenticate = (headers: Headers) => Caller | undefined | Promise<Caller | undefined>;

/**
 * Who may ask.
 *
 * - `public`: anyone.
 * - `signed`: whoever can sign as Meta does; the route itself checks.
 * - `ticket`: whoever brings a viewer's ticket, in a link or a cookie; the route itself checks.
 * - Else whoever has a key of at least this scope; with `read` viewers too, to look and not to change: see
 *   {@link isReadOnly}. Where the path names no company, a caller who is bound to one may ask only if `bound_too`.
 */
export type Policy =
  | "public"
  | "signed"
  | "ticket"
  | { readonly scope: Scope; readonly bound_too?: true; readonly changes_nothing?: true };

/** Whether a policy asks for a key or a session, and refuses whoever has none. */
export function requiresCaller(policy: Policy): policy is Exclude<Policy, string> {
  return typeof policy !== "string";
}

/**
 * Whether a call changes nothing: by its method, or because its policy says so of a question too long for an address.
 * A viewer may ask it wherever the cookie comes from. Another site's page that asks it in the viewer's name does no
 * harm and learns nothing: no answer of ours has a header that lets such a page read it.
 */
export function isReadOnly(policy: Policy, method: string): boolean {
  return /^(get|head)$/i.test(method) || requiresCaller(policy) && policy.changes_nothing === true;
}

/** Admits whoever has the root key, a live key, or the cookie of a live session; a key comes before a cookie. */
export function authentication(root_key: string, keys: ApiKeys, sessions: Sessions): Authenticate {
  const root_digest = digest(root_key);
  const root: Caller = {
    kind: "key",
    name: "admin-key",
    id: "admin-key",
    scope: "admin",
    company: undefined,
    sees_contacts: true,
  };
  return (headers) => {
    const given = headers.get("authorization");
    if (given === null) return findViewerCaller(headers, sessions);
    const key = bearerKey(given);
    if (key === undefined) return undefined;
    // Digests are compared, so that the time taken tells neither where two keys differ nor how long ours is.
    return timingSafeEqual(digest(key), root_digest) ? root : findKeyCaller(key, keys);
  };
}

async function findKeyCaller(text: string, keys: ApiKeys): Promise<Caller | undefined> {
  const live = await keys.find(text);
  if (live === undefined) return undefined;
  const { record: { id, scope, company, sees_contacts }, lease } = live;
  return { kind: "key", name: `key:${id}`, id, key: id, scope, company, sees_contacts, lease };
}

async function findViewerCaller(headers: Headers, sessions: Sessions): Promise<Caller | undefined> {
  const ticket = viewerToken(headers);
  const session = ticket === undefined ? undefined : await sessions.find(ticket);
  if (session === undefined) return undefined;
  const { id, company, lease, expires_at_ms } = session;
  return {
    kind: "viewer",
    name: "viewer",
    id,
    scope: "read",
    company,
    sees_contacts: false,
    lease,
    expires_at_ms,
  };
}

/** The ticket in a viewer's cookie. */
export function viewerToken(headers: Headers): string | undefined {
  const cookies = headers.get("cookie");
  return cookies === null ? undefined : parse(cookies, VIEWER_COOKIE)[VIEWER_COOKIE];
}

/** The key in `Bearer KEY`. */
function bearerKey(authorization: string): string | undefined {
  const key = authorization.match(/^Bearer +(.+)$/i)?.[1];
  return key !== undefined && BEARER_TOKEN_PATTERN.test(key) ? key : undefined;
}

/** Whoever asks, or the problem of having no credentials that hold where some are needed. */
export async function identifyCaller(
  policy: Policy,
  headers: Headers,
  authenticate: Authenticate,
): Promise<Caller | Problem> {
  return requiresCaller(policy) ? await authenticate(headers) ?? unauthenticated(headers) : ANYONE;
}

/** What decides, beside the caller, whether a request is let through. */
export interface PolicyCheck {
  readonly policy: Policy;
  readonly method: string;
  /** The company the path names, if it names one. */
  readonly company: string | undefined;
}

/** Whether a company is within a caller's reach; any other they hear of as of one that does not exist. */
export function canAccess(caller: Caller, company: string): boolean {
  return caller.company === undefined || caller.company === company;
}

/** Why a caller is not let through; undefined when they are. */
export function authorizationProblem(
  { policy, method, company }: PolicyCheck,
  caller: Caller,
): Problem | undefined {
  if (!requiresCaller(policy)) return undefined;
  if (company !== undefined && !canAccess(caller, company)) return companyNotFound();
  if (caller.kind === "viewer" && !isReadOnly(policy, method)) return viewerIsReadOnly();
  if (caller.company !== undefined && company === undefined && policy.bound_too !== true) {
    return insufficientScope("is bound to one company");
  }
  if (SCOPES.indexOf(caller.scope as Scope) < SCOPES.indexOf(policy.scope)) {
    return insufficientScope(`has the scope "${caller.scope}", and this needs "${policy.scope}"`);
  }
  return undefined;
}

/**
 * Whether a request that let nobody in may have been a guess. No key is none, and neither is a cookie: nobody can make
 * a ticket up, and every page still open brings that of a session that is over.
 */
export function isFailedKeyAttempt(headers: Headers): boolean {
  return headers.has("authorization");
}

function unauthenticated(headers: Headers): Problem {
  const more = { headers: { "www-authenticate": "Bearer" } };
  if (!headers.has("authorization") && viewerToken(headers) !== undefined) {
    return new Problem(401, "session_over", "your session is over: open the page by a new link", more);
  }
  return new Problem(401, "unauthenticated", "give a key that is valid: Authorization: Bearer KEY", more);
}

function viewerIsReadOnly(): Problem {
  return new Problem(403, "wrong_scope", "a viewer's session may look, and change nothing: use a key");
}

function insufficientScope(why: string): Problem {
  return new Problem(403, "wrong_scope", `your key ${why}: use another key`);
}
