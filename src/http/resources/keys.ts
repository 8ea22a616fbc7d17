import { z } from "@hono/zod-openapi";
import type { ListedKey } from "../../access/keys.ts";
import { KEY_ID_PATTERN } from "../../access/key.ts";
import { type KeyFilter, SCOPES, scopesWithin } from "../../access/store.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  InstantField,
  LimitField,
  MillisecondsField,
  nameField,
  optionalField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { ApiKeys } from "../../ports/access.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Caller } from "../middleware/authentication.ts";
import { companyNotFound, invalidRequest, Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const ScopeField = z.enum(SCOPES).openapi({
  description:
    "`read` reads; `ingest` also records sends and usage; `admin` also manages keys and erases contacts and labels; " +
    "`platform` also " +
    "configures companies, contracts, prices, webhook endpoints and the service.",
});

const NewKeyRequest = z.strictObject({
  name: nameField(100).openapi({ description: "A name for people.", example: "billing export" }),
  scope: ScopeField,
  company: optionalField(CompanyIdField).openapi({
    description:
      "The only company the key can access, never with `platform`. Default: the same access as your key.",
  }),
  expires_at: optionalField(InstantField).openapi({ description: "When the key expires. Default: never." }),
  sees_contacts: optionalField(z.boolean()).openapi({
    description:
      "Whether phones and BSUIDs are shown in full, not masked. Default: true for `admin` and `platform` if your key has " +
      "it too.",
  }),
}).openapi("NewKeyRequest");

const StatusField = z.enum(["live", "expired", "revoked"]);

const KeyBody = z.object({
  id: z.string().openapi({ description: "Also part of the key, after `poli_`." }),
  name: z.string(),
  scope: ScopeField,
  company: z.string().nullable().openapi({
    description: "The only company the key can access, null for all.",
  }),
  sees_contacts: z.boolean(),
  status: StatusField,
  created_at: InstantBody,
  created_by: z.string(),
  expires_at: InstantBody.nullable(),
  last_used_at: InstantBody.nullable().openapi({ description: "Accurate to about a minute." }),
  revoked_at: InstantBody.nullable(),
}).openapi("Key");

const NewKeyBody = KeyBody.extend({
  key: z.string().openapi({
    description: "The key. Shown only in this response: the service stores its SHA-256.",
    example: "poli_3kTMd9aPqW27xYbn_hUuE0vJr8sCzGq1mXfYtLbN5wRkDoP4iAeZV7T",
  }),
}).openapi("NewKey");

const CursorPosition = z.strictObject({
  created_at_ms: MillisecondsField,
  id: z.string().regex(KEY_ID_PATTERN),
});

const PATH = "/v1/keys";

/**
 * Declares the calls on API keys. A key manages keys of at most its own scope; a key restricted to one company, that
 * company's keys only.
 */
export function keys(api: Api, companies: Companies, api_keys: ApiKeys): void {
  const shared = { policy: { scope: "admin", allows_company_keys: true }, tag: "Keys" } as const;
  route(api, {
    ...shared,
    method: "post",
    path: PATH,
    operation_id: "createKey",
    summary: "Create a key",
    description:
      "To rotate a key, create a new one, deploy it, then revoke the old one. Both are valid until then. Up to 100 keys of " +
      "a company may be live or younger than a day: past that 409 `too_many_keys`.",
    body: NewKeyRequest,
    answer: NewKeyBody,
    status: 201,
    problems: [404, 409, 503],
  }, async ({ body, caller }) => {
    const manageable = manageableBy(caller);
    const company = body.company ?? caller.company;
    if (company !== undefined) {
      if (company !== (caller.company ?? company)) return companyNotFound();
      const answer = await companies.execute(company, { type: "read_company" });
      if (answer.type !== "company") return problemOfAnswer(answer);
    }
    const { name, scope, expires_at: expires_at_ms } = body;
    const { sees_contacts = !["read", "ingest"].includes(scope) && caller.sees_contacts } = body;
    if (!manageable.scopes.includes(scope)) {
      return cannotGrant(`\`${scope}\``, "Create a key of your own scope.");
    }
    if (scope === "platform" && company !== undefined) return platformIsUnbound();
    if (sees_contacts && !caller.sees_contacts) {
      return cannotGrant("`sees_contacts`", "Omit `sees_contacts`.");
    }
    const request = { name, scope, company, sees_contacts, expires_at_ms, created_by: caller.name };
    const created = await api_keys.create(request, caller.key === undefined ? "root" : "key");
    if (created.type === "too_many") return tooManyKeys();
    if (created.type === "expires_before_now") return alreadyExpired();
    return { ...toKeyBody({ ...created.record, status: "live" }), key: created.key };
  });

  list(api, {
    ...shared,
    path: PATH,
    operation_id: "listKeys",
    summary: "List keys",
    description: "Newest first. Revoked keys are listed only with `status=revoked`.",
    query: z.strictObject({ status: StatusField.optional(), limit: LimitField, cursor: CursorField }),
    row: KeyBody,
    file: "keys",
  }, async ({ query: { limit, cursor, status }, caller }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    const rows = await api_keys.list({ ...manageableBy(caller), status, before, limit: limit + 1 });
    return pageOf(rows, limit, toKeyBody, ({ created_at_ms, id }) => ({ created_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "delete",
    path: `${PATH}/{id}`,
    operation_id: "revokeKey",
    summary: "Revoke a key",
    description:
      "Permanent, and effective within a second on every process. Open streams and viewer sessions of the key end too.",
    params: z.object({ id: z.string() }),
    answer: z.object({ id: z.string(), status: z.literal("revoked") }),
    problems: [404, 503],
  }, async ({ params: { id }, caller }) => {
    const revoked = KEY_ID_PATTERN.test(id) && await api_keys.revoke(id, manageableBy(caller));
    return revoked ? { id, status: "revoked" as const } : keyNotFound();
  });
}

/** Selects the keys that a caller may manage. */
function manageableBy({ company, scope }: Caller): KeyFilter {
  return { company, scopes: scope === "none" ? [] : scopesWithin(scope) };
}

function cannotGrant(what: string, remedy: string): Problem {
  const detail = `Insufficient scope: your key lacks ${what} and cannot grant it. ${remedy}`;
  return new Problem(403, "insufficient_scope", detail);
}

function platformIsUnbound(): Problem {
  return invalidRequest([{
    path: "company",
    message: "company must be omitted: a `platform` key has access to all companies",
  }]);
}

function tooManyKeys(): Problem {
  return new Problem(
    409,
    "too_many_keys",
    "Too many keys, either live or of one company within a day: revoke unused ones, or try again tomorrow.",
  );
}

function alreadyExpired(): Problem {
  return invalidRequest([{
    path: "expires_at",
    message: "expires_at must be in the future by the machine's clock, not the test clock",
  }]);
}

function keyNotFound(): Problem {
  return new Problem(
    404,
    "key_not_found",
    "No such live key that you can access: list the keys.",
  );
}

function toKeyBody(key: ListedKey): z.infer<typeof KeyBody> {
  const { id, name, scope, company, sees_contacts, status, created_by } = key;
  const { created_at_ms, expires_at_ms, last_used_at_ms, revoked_at_ms } = key;
  return {
    id,
    name,
    scope,
    company: company ?? null,
    sees_contacts,
    status,
    created_at: formatInstant(created_at_ms),
    created_by,
    expires_at: formatInstantOrNull(expires_at_ms),
    last_used_at: formatInstantOrNull(last_used_at_ms),
    revoked_at: formatInstantOrNull(revoked_at_ms),
  };
}
