/** Webhook requests as Meta sends them, and arbitrary JSON as Meta never sends it. */

import fc from "fast-check";
import { signedBody } from "./payloads.ts";

/** Builds the `POST` of a webhook, signed with the app secret. */
export function deliveryRequest(url: string, payload: unknown, app_secret: string): Request {
  const { body, signature } = signedBody(payload, app_secret);
  return new Request(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Hub-Signature-256": signature },
    body,
  });
}

/** Builds the `GET` with which Meta verifies an address. */
export function challengeRequest(url: string, verify_token: string, challenge: string): Request {
  const address = new URL(url);
  address.searchParams.set("hub.mode", "subscribe");
  address.searchParams.set("hub.verify_token", verify_token);
  address.searchParams.set("hub.challenge", challenge);
  return new Request(address);
}

/** Generates any JSON, biased to keys of webhooks and keys with special meaning in JavaScript. */
export function hostileJson(): fc.Arbitrary<unknown> {
  return fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      scalar(),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.array(fc.tuple(key(), tie("json")), { maxLength: 6 }).map(parsedObject),
    ),
  })).json;
}

/** A valid envelope around lists of arbitrary entries. */
export interface HostileDelivery {
  readonly payload: unknown;
  /** Number of entries in `messages` and `statuses` together. */
  readonly entry_count: number;
}

/** Generates deliveries with a valid envelope and arbitrary messages, statuses and contacts. */
export function hostileDelivery(): fc.Arbitrary<HostileDelivery> {
  const anything = fc.oneof(messageLike(), statusLike(), hostileJson());
  const list = fc.array(anything, { maxLength: 5 });
  const lists = fc.record({
    messages: list,
    statuses: list,
    message_echoes: list,
    contacts: hostileJson(),
    metadata: metadataLike(),
  });
  const change = fc.tuple(lists, fc.constantFrom(...Object.keys(CHANGES) as (keyof typeof CHANGES)[]));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => ({
    payload: {
      object: "whatsapp_business_account",
      entry: [{ id: "1", changes: changes.map(([value, shape]) => CHANGES[shape](value)) }],
    },
    entry_count: changes.reduce((sum, [value, shape]) => sum + entriesIn(value, shape), 0),
  }));
}

/** The lists of one change. */
type Lists = Readonly<Record<"messages" | "statuses" | "message_echoes", readonly unknown[]>>;

/** The shapes in which lists arrive. */
const CHANGES = {
  messages: (value: Lists) => ({ field: "messages", value }),
  standby: (standby: Lists) => ({ field: "standby", value: { standby } }),
  "list of standby": (standby: Lists) => ({ field: "standby", value: { standby: [standby] } }),
  "unknown field": (value: Lists) => ({ field: "agents", value }),
  "deep in an unknown field": (value: Lists) => ({ field: "agents", value: { threads: [{ value }] } }),
  calls: ({ messages, statuses }: Lists) => ({ field: "calls", value: { calls: messages, statuses } }),
} as const;

/** Counts the entries that come out as an event or are counted. Unknown fields have no echoes. */
function entriesIn({ messages, statuses, message_echoes }: Lists, shape: keyof typeof CHANGES): number {
  const known = messages.length + statuses.length;
  if (shape === "calls") return Math.max(known, 1);
  return shape.endsWith("unknown field") ? Math.max(known, 1) : known + message_echoes.length;
}

function metadataLike(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.constant({ phone_number_id: "106540000000001" }), hostileJson());
}

function messageLike(): fc.Arbitrary<unknown> {
  return fc.record({
    id: maybe(fc.string()),
    from: maybe(identifier()),
    from_user_id: maybe(identifier()),
    timestamp: maybe(fc.constantFrom("1772998024", 1772998024)),
    from_parent_user_id: maybe(identifier()),
    type: maybe(
      fc.constantFrom(
        "text",
        "reaction",
        "edit",
        "system",
        "unsupported",
        "interactive",
        "contacts",
        "hologram",
      ),
    ),
    unsupported: maybe(fc.record({ type: fc.constantFrom("edit", "POLL_UPDATE", "gif") })),
    interactive: maybe(fc.constant({ call_permission_reply: { response_source: "automatic" } })),
    contacts: maybe(fc.constant([{ origin: "contact_request", phones: [{ wa_id: "5511977776666" }] }])),
    direction: maybe(fc.constantFrom("USER_INITIATED", "BUSINESS_INITIATED")),
    event: maybe(fc.constantFrom("connect", "terminate", "ringing")),
    group_id: maybe(fc.constantFrom("", "group-1")),
    system: maybe(fc.constant({ type: "user_changed_number", wa_id: "5511977776666" })),
  }, { requiredKeys: [] });
}

function statusLike(): fc.Arbitrary<unknown> {
  return fc.record({
    id: maybe(fc.string()),
    status: maybe(
      fc.constantFrom("sent", "delivered", "read", "played", "failed", "deleted", "teleported", "ACCEPTED"),
    ),
    recipient_id: maybe(identifier()),
    recipient_user_id: maybe(identifier()),
    recipient_parent_user_id: maybe(identifier()),
    timestamp: maybe(fc.constantFrom("1772998024", 1772998024)),
    type: maybe(fc.constantFrom("message", "payment")),
    pricing: maybe(fc.record({ category: fc.constantFrom("marketing", "group_marketing_lite", "hologram") })),
  }, { requiredKeys: [] });
}

/** Generates the usual value nine times of ten, otherwise any scalar. */
function maybe(usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: scalar(), weight: 1 });
}

function identifier(): fc.Arbitrary<unknown> {
  return fc.constantFrom(
    "5511988887777",
    "551188887777",
    "BR.13491208655302741918",
    "BR.ENT.9081726354",
    "",
    "+55 11 98888-7777",
  );
}

function key(): fc.Arbitrary<string> {
  // deno-fmt-ignore
  return fc.constantFrom(
    "object", "entry", "changes", "field", "value", "metadata", "phone_number_id", "contacts", "messages", "statuses",
    "errors", "id", "from", "from_user_id", "timestamp", "type", "system", "group_id", "status", "pricing", "category",
    "conversation", "origin", "code", "standby", "message_echoes", "calls", "unsupported", "interactive", "phones", "wa_id", "user_id", "__proto__", "constructor", "toString", "length", "0",
  );
}

function scalar(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(
      "whatsapp_business_account",
      "messages",
      "standby",
      "calls",
      "messaging_handovers",
      "system",
      "sent",
      "failed",
      "\0",
      "\ud800",
      "",
    ),
    fc.constantFrom<unknown>(null, true, false, 1e308, -1, 0, 1.5, 2 ** 53, Number.MAX_VALUE),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
}

/** Builds an object with `JSON.parse`, so that `__proto__` is an own key as in a real payload. */
function parsedObject(pairs: [string, unknown][]): unknown {
  const members = pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return JSON.parse(`{${members.join(",")}}`);
}
