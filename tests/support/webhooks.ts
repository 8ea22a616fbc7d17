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
  const change = fc.record({
    messages: list,
    statuses: list,
    contacts: hostileJson(),
    metadata: metadataLike(),
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((values) => ({
    payload: {
      object: "whatsapp_business_account",
      entry: [{ id: "1", changes: values.map((value) => ({ field: "messages", value })) }],
    },
    entry_count: values.reduce((sum, { messages, statuses }) => sum + messages.length + statuses.length, 0),
  }));
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
    type: maybe(fc.constantFrom("text", "reaction", "edit", "system", "unsupported", "hologram")),
    group_id: maybe(fc.constantFrom("", "group-1")),
    system: maybe(fc.constant({ type: "user_changed_number", wa_id: "5511977776666" })),
  }, { requiredKeys: [] });
}

function statusLike(): fc.Arbitrary<unknown> {
  return fc.record({
    id: maybe(fc.string()),
    status: maybe(fc.constantFrom("sent", "delivered", "read", "played", "failed", "deleted", "teleported")),
    recipient_id: maybe(identifier()),
    recipient_user_id: maybe(identifier()),
    timestamp: maybe(fc.constantFrom("1772998024", 1772998024)),
    type: maybe(fc.constantFrom("message", "payment")),
    pricing: maybe(fc.constant({ category: "marketing" })),
  }, { requiredKeys: [] });
}

/** Generates the usual value nine times of ten, otherwise any scalar. */
function maybe(usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: scalar(), weight: 1 });
}

function identifier(): fc.Arbitrary<unknown> {
  return fc.constantFrom("5511988887777", "551188887777", "BR.13491208655302741918", "", "+55 11 98888-7777");
}

function key(): fc.Arbitrary<string> {
  // deno-fmt-ignore
  return fc.constantFrom(
    "object", "entry", "changes", "field", "value", "metadata", "phone_number_id", "contacts", "messages", "statuses",
    "errors", "id", "from", "from_user_id", "timestamp", "type", "system", "group_id", "status", "pricing", "category",
    "conversation", "origin", "code", "wa_id", "user_id", "__proto__", "constructor", "toString", "length", "0",
  );
}

function scalar(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(
      "whatsapp_business_account",
      "messages",
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
