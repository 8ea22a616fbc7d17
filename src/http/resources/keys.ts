import { z } from "@hono/zod-openapi";
import type { ListedKey } from "../../access/keys.ts";
import { KEY_ID_PATTERN } from "../../access/key.ts";
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
  optionalField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { ApiKeys, Companies } from "../../ports.ts";
import { companyNotFound, invalidRequest, Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const ScopeField = z.enum(["read", "ingest", "admin"]).openapi({
  description: "Each may do what those before it may: read, report sends and usage, configure.",
});

const AskedKeyBody = z.strictObject({
  name: textField(100).openapi({ description: "What it is for, for people.", example: "billing export" }),
  scope: ScopeField,
  company: optionalField(CompanyIdField).openapi({
    description: "The one company it may reach. Without it a key reaches as far as yours.",
  }),
  expires_at: optionalField(InstantField).openapi({ description: "When it ends by itself." }),
  sees_contacts: optionalField(z.boolean()).openapi({
    description:
      "Whether phones and BSUIDs are shown to it as they are, not masked; by default only to `admin`.",
  }),
}).openapi("AskedKey");

const StatusField = z.enum(["live", "expired", "revoked"]);

const KeyBody = z.object({
  id: z.string().openapi({ description: "Stands in the key itself too, after `poli_`." }),
  name: z.string(),
  scope: ScopeField,
  company: z.string().nullable(),
  sees_contacts: z.boolean(),
  status: StatusField,
  created_at: InstantBody,
  created_by: z.string(),
  expires_at: InstantBody.nullable(),
  last_used_at: InstantBody.nullable().openapi({ description: "To the minute or so." }),
  revoked_at: InstantBody.nullable(),
}).openapi("Key");

const NewKeyBody = KeyBody.extend({
  key: z.string().openapi({
    description: "The key itself, shown this once: only its SHA-256 is kept.",
    example: "poli_3kTMd9aPqW27xYbn_hUuE0vJr8sCzGq1mXfYtLbN5wRkDoP4iAeZV7T",
  }),
}).openapi("NewKey");

const Place = z.strictObject({ created_at_ms: MillisecondsField, id: z.string().regex(KEY_ID_PATTERN) });

const PATH = "/v1/keys";

/** Keys, by which programs are let in. A key that is bound to a company rules over that company's keys alone. */
export function keys(api: Api, companies: Companies, kept: ApiKeys): void {
  const shared = { policy: { scope: "admin", allows_company_keys: true }, tag: "Keys" } as const;
  route(api, {
    ...shared,
    method: "post",
    path: PATH,
    summary: "Make a key",
    description:
      "To rotate one, make the next, put it to use, and then delete the old one: both are good until then.",
    body: AskedKeyBody,
    answer: NewKeyBody,
    status: 201,
    problems: [404, 409, 503],
  }, async ({ body, caller }) => {
    const company = body.company ?? caller.company;
    if (company !== undefined) {
      if (company !== (caller.company ?? company)) return companyNotFound();
      const answer = await companies.execute(company, { type: "read_company" });
      if (answer.type !== "company") return problemOfAnswer(answer);
    }
    const { name, scope, sees_contacts = scope === "admin" && caller.sees_contacts } = body;
    if (sees_contacts && !caller.sees_contacts) return cannotGrant();
    const { expires_at: expires_at_ms } = body;
    const asked = { name, scope, company, sees_contacts, expires_at_ms, created_by: caller.name };
    const made = await kept.create(asked);
    if (made.type === "too_many") return tooManyKeys();
    if (made.type === "expires_before_now") return alreadyExpired();
    return { ...showKey({ ...made.record, status: "live" }), key: made.key };
  });

  list(api, {
    ...shared,
    path: PATH,
    summary: "Keys, newest first",
    description: "Those that are revoked are shown when they are asked for.",
    query: z.strictObject({ status: StatusField.optional(), limit: LimitField, cursor: CursorField }),
    row: KeyBody,
    file: "keys",
  }, async ({ query: { limit, cursor, status }, caller }) => {
    const before = decodeCursor(Place, cursor);
    if (before instanceof Problem) return before;
    const rows = await kept.list({ company: caller.company, status, before, limit: limit + 1 });
    return pageOf(rows, limit, showKey, ({ created_at_ms, id }) => ({ created_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "delete",
    path: `${PATH}/{id}`,
    summary: "Revoke a key",
    description:
      "For good, and within a second everywhere: its open streams and its viewers' sessions end too.",
    params: z.object({ id: z.string() }),
    answer: z.object({ id: z.string(), status: z.literal("revoked") }),
    problems: [404, 503],
  }, async ({ params: { id }, caller }) => {
    const revoked = KEY_ID_PATTERN.test(id) && await kept.revoke(id, caller.company);
    return revoked ? { id, status: "revoked" as const } : noKey();
  });
}

function cannotGrant(): Problem {
  const detail =
    "your key sees contacts masked, and cannot give a key more than it has: leave sees_contacts out";
  return new Problem(403, "insufficient_scope", detail);
}

function tooManyKeys(): Problem {
  return new Problem(
    409,
    "too_many_keys",
    "as many keys are live as can be held: revoke one that is not used",
  );
}

function alreadyExpired(): Problem {
  return invalidRequest([{
    path: "expires_at",
    message: "expires_at must be later than now, by the real clock",
  }]);
}

function noKey(): Problem {
  return new Problem(
    404,
    "no_key",
    "there is no such key within your reach: list them to see those there are",
  );
}

function showKey(key: ListedKey): z.infer<typeof KeyBody> {
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
