/**
 * Authentication and authorization. Every route declares its policy beside its path. A company that the caller cannot
 * access is answered as if it did not exist.
 */

import { timingSafeEqual } from "node:crypto";
import type { AccessLease } from "../../access/access_lease.ts";
import { type Scope, SCOPES } from "../../access/store.ts";
import { BEARER_TOKEN_PATTERN, digest, DigestCache } from "../../access/key.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { ApiKeys, Sessions } from "../../ports/access.ts";
import { companyNotFound, Problem } from "../kit/problems.ts";
import { viewerToken } from "./viewer_cookie.ts";

/** The caller of a request. */
export interface Caller {
  /** `viewer`: a person in a browser, with the session cookie of one company. */
  readonly kind: "anyone" | "key" | "viewer";
  /** The name stored with changes: `admin-key`, `key:` with the key's id, or `viewer`. */
  readonly name: string;
  readonly scope: Scope | "none";
  /** Whether the caller sees phones and BSUIDs in full. Otherwise they are masked. */
  readonly sees_contacts: boolean;
  /** The only company the caller can access; undefined for all. */
  readonly company: CompanyId | undefined;
  /** The id that rate limits count by. */
  readonly id: string;
  /** The id of the key; undefined for the root key. */
  readonly key?: string;
  /** Ends when the caller's access ends, and with it the caller's streams and downloads. Undefined: access never ends. */
  readonly lease?: AccessLease;
  /** When a viewer's session expires unless it is used, on the machine's clock. */
  readonly expires_at_ms?: number;
}

/** The caller of a public route. */
const ANYONE: Caller = Object.freeze({
  kind: "anyone",
  name: "anyone",
  id: "anyone",
  scope: "none",
  company: undefined,
  sees_contacts: false,
});

/**
 * Authenticates a request by its headers. Returns undefined when the credentials are missing or invalid.
 *
 * @param company the company in the path, if any: a session is for the paths of its company
 */
export type Authenticate = (
  headers: Headers,
  company: string | undefined,
) => Caller | undefined | Promise<Caller | undefined>;

/**
 * Who may make a call.
 *
 * - `public`: anyone.
 * - `signed`: a request with Meta's signature; the route itself checks it.
 * - `viewer_token`: a request with a viewer's token, in a link or a cookie; the route itself checks it.
 * - Otherwise a key of at least this scope. With `read` also viewers, for their company's calls that change nothing:
 *   see {@link isReadOnly}. A call that names contacts (`names_contacts`) is refused to a viewer who may not see them: its
 *   answer would say whether a phone wrote. A call below `platform` whose path has no company declares
 *   `allows_company_keys`, and limits a caller of one company to it. A `platform` key is never bound to a company.
 */
export type Policy =
  | "public"
  | "signed"
  | "viewer_token"
  | {
    readonly scope: Scope;
    readonly allows_company_keys?: true;
    readonly is_read_only?: true;
    readonly names_contacts?: true;
  };

/** Tells whether a policy requires a key or a session. */
export function requiresCaller(policy: Policy): policy is Exclude<Policy, string> {
  return typeof policy !== "string";
}

/**
 * Tells whether a call changes nothing: by its method, or by its policy when a query is too long for a URL. A viewer may
 * make such a call from any page. A page of another site does no harm with it and learns nothing: no response lets such a
 * page read what was requested with a cookie (CORS-2).
 */
export function isReadOnly(policy: Policy, method: string): boolean {
  return /^(get|head)$/i.test(method) || requiresCaller(policy) && policy.is_read_only === true;
}

/**
 * Authenticates by the root key, a live key, or the cookie of a live session of the company in the path. A key takes
 * precedence over a cookie.
 */
export function authentication(root_key: string, keys: ApiKeys, sessions: Sessions): Authenticate {
  const root_digest = digest(root_key);
  const root: Caller = {
    kind: "key",
    name: "admin-key",
    id: "admin-key",
    scope: "platform",
    company: undefined,
    sees_contacts: true,
  };
  const digests = new DigestCache();
  return (headers, company) => {
    const authorization = headers.get("authorization");
    if (authorization === null) return findViewerCaller(headers, company, sessions);
    const key = bearerKey(authorization);
    if (key === undefined) return undefined;
    // Comparing digests in constant time reveals neither where two keys differ nor the key's length.
    const digested = digests.get(key) ?? digest(key);
    if (!timingSafeEqual(digested, root_digest)) return findKeyCaller(key, digested, keys, digests);
    digests.add(key, digested);
    return root;
  };
}

async function findKeyCaller(
  text: string,
  digested: Uint8Array,
  keys: ApiKeys,
  digests: DigestCache,
): Promise<Caller | undefined> {
  const live = await keys.find(text, digested);
  if (live === undefined) return undefined;
  digests.add(text, digested);
  const { record: { id, scope, company, sees_contacts }, lease } = live;
  return { kind: "key", name: `key:${id}`, id, key: id, scope, company, sees_contacts, lease };
}

async function findViewerCaller(
  headers: Headers,
  company_in_path: string | undefined,
  sessions: Sessions,
): Promise<Caller | undefined> {
  if (company_in_path === undefined) return undefined;
  const token = viewerToken(headers, company_in_path);
  const session = token === undefined ? undefined : await sessions.find(token, company_in_path);
  if (session === undefined) return undefined;
  const { id, company, lease, sees_contacts, expires_at_ms } = session;
  return {
    kind: "viewer",
    name: "viewer",
    id,
    scope: "read",
    company,
    sees_contacts,
    lease,
    expires_at_ms,
  };
}

/** Parses `Bearer KEY`. */
export function bearerKey(authorization: string): string | undefined {
  const key = authorization.match(/^Bearer +(.+)$/i)?.[1];
  return key !== undefined && BEARER_TOKEN_PATTERN.test(key) ? key : undefined;
}

/**
 * Returns the caller, or a problem when the policy requires credentials and they are missing or invalid.
 *
 * @param company the company in the path, if any
 */
export async function identifyCaller(
  policy: Policy,
  headers: Headers,
  company: string | undefined,
  authenticate: Authenticate,
): Promise<Caller | Problem> {
  if (!requiresCaller(policy)) return ANYONE;
  return await authenticate(headers, company) ?? unauthenticated(headers, company);
}

/** What authorization depends on, beside the caller. */
export interface PolicyCheck {
  readonly policy: Policy;
  readonly method: string;
  /** The company in the path, if any. */
  readonly company: string | undefined;
}

/** Tells whether a caller can access a company. A company that it cannot access is answered as if it did not exist. */
export function canAccess(caller: Caller, company: string): boolean {
  return caller.company === undefined || caller.company === company;
}

/** Returns why a caller may not make a call; undefined when it may. */
export function authorizationProblem(
  { policy, method, company }: PolicyCheck,
  caller: Caller,
): Problem | undefined {
  if (!requiresCaller(policy)) return undefined;
  if (company !== undefined && !canAccess(caller, company)) return companyNotFound();
  if (caller.kind === "viewer" && !isReadOnly(policy, method)) return viewerIsReadOnly();
  if (caller.kind === "viewer" && policy.names_contacts && !caller.sees_contacts) {
    return viewerSeesNoContacts();
  }
  if (SCOPES.indexOf(caller.scope as Scope) < SCOPES.indexOf(policy.scope)) {
    return insufficientScope(policy.scope, caller.scope);
  }
  return undefined;
}

/**
 * Tells whether a request that failed authentication may have been a guess of a key. A request without a key is not a
 * guess. A cookie is not one either: its token is signed, and every open page sends the token of its expired session.
 */
export function isFailedKeyAttempt(headers: Headers): boolean {
  return headers.has("authorization");
}

function unauthenticated(headers: Headers, company: string | undefined): Problem {
  const token = company === undefined ? undefined : viewerToken(headers, company);
  return !headers.has("authorization") && token !== undefined ? sessionExpired() : missingKey();
}

/** 401: the key is missing or invalid. */
export function missingKey(): Problem {
  const detail = "Missing or invalid key: send `Authorization: Bearer KEY`.";
  return new Problem(401, "unauthenticated", detail, { headers: { "www-authenticate": "Bearer" } });
}

/** 401: the viewer's session is over. */
export function sessionExpired(): Problem {
  const detail = "Session expired: open the page by a new link.";
  return new Problem(401, "session_expired", detail, { headers: { "www-authenticate": "Bearer" } });
}

/** 403: a viewer made a call that changes something. */
export function viewerIsReadOnly(): Problem {
  return new Problem(403, "insufficient_scope", "Viewer sessions are read-only: use a key.");
}

/** 403: a viewer who may not see contacts asked about one. */
export function viewerSeesNoContacts(): Problem {
  const detail = "Insufficient scope: this call needs a session with `sees_contacts`, or a key.";
  return new Problem(403, "insufficient_scope", detail);
}

/** 403: the caller's scope does not include the scope of the call. */
export function insufficientScope(needed: Scope, scope: Caller["scope"]): Problem {
  const detail = `Insufficient scope: this call needs \`${needed}\`, and your key has \`${scope}\`.`;
  return new Problem(403, "insufficient_scope", detail);
}
