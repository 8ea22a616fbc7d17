/**
 * Who asks, and what they may. Every route declares its policy beside its path; there is no route without
 * one. A company outside the caller's reach is answered as if it did not exist.
 */

import { hash, timingSafeEqual } from "node:crypto";
import type { CompanyId } from "../domain/names.ts";
import { noCompany, Problem } from "./problems.ts";

/** What a key may do. Each may do what those before it may. */
export type Scope = "read" | "ingest" | "admin";

const SCOPES: readonly Scope[] = ["read", "ingest", "admin"];

/** Who asks. */
export interface Caller {
  /** As versions keep it: `admin-key`. */
  readonly name: string;
  readonly scope: Scope | "none";
  /** Whether phones and BSUIDs are shown as they are; else they are masked. */
  readonly sees_contacts: boolean;
  /** The one company the caller may reach; undefined for all. */
  readonly company: CompanyId | undefined;
}

/** Whoever asks for what is public. */
export const ANYONE: Caller = Object.freeze({
  name: "anyone",
  scope: "none",
  company: undefined,
  sees_contacts: false,
});

/** Finds out who asks, by the headers of the request. Undefined for no credentials, or bad ones. */
export type Authenticate = (headers: Headers) => Caller | undefined | Promise<Caller | undefined>;

/**
 * Who may ask. `public`: anyone. `signed`: whoever can sign as Meta does; the route itself checks. Else the
 * least scope; where the path names no company, a caller who is bound to one may ask only if `bound_too`.
 */
export type Policy = "public" | "signed" | { readonly scope: Scope; readonly bound_too?: true };

/** Admits whoever has the one admin key. */
export function adminKey(key: string): Authenticate {
  const known = digest(key);
  const admin: Caller = { name: "admin-key", scope: "admin", company: undefined, sees_contacts: true };
  return (headers) => {
    const given = bearerKey(headers);
    return given !== undefined && timingSafeEqual(digest(given), known) ? admin : undefined;
  };
}

/** The key in `Authorization: Bearer KEY`. */
export function bearerKey(headers: Headers): string | undefined {
  return headers.get("authorization")?.match(/^Bearer +([\x21-\x7e]+)$/i)?.[1];
}

/** Digests are compared, so that the time taken tells neither where two keys differ nor how long ours is. */
function digest(key: string): Uint8Array {
  return hash("sha256", key, "buffer");
}

/**
 * Lets the caller of a request through.
 *
 * @param company the company the path names, if it names one
 */
export async function admit(
  policy: Policy,
  company: string | undefined,
  headers: Headers,
  authenticate: Authenticate,
): Promise<Caller | Problem> {
  if (policy === "public" || policy === "signed") return ANYONE;
  const caller = await authenticate(headers);
  if (caller === undefined) return unauthenticated();
  const bound = caller.company !== undefined;
  if (bound && company !== undefined && company !== caller.company) return noCompany();
  if (bound && company === undefined && policy.bound_too !== true) {
    return wrongScope("is bound to one company");
  }
  if (SCOPES.indexOf(caller.scope as Scope) < SCOPES.indexOf(policy.scope)) {
    return wrongScope(`has the scope "${caller.scope}", and this needs "${policy.scope}"`);
  }
  return caller;
}

function unauthenticated(): Problem {
  return new Problem(401, "unauthenticated", "give a key that is valid: Authorization: Bearer KEY", {
    headers: { "www-authenticate": "Bearer" },
  });
}

function wrongScope(why: string): Problem {
  return new Problem(403, "wrong_scope", `your key ${why}: use another key`);
}
