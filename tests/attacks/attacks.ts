/** Hostile requests to every operation of the OpenAPI document. */

import fc from "fast-check";
import { encodeCursor } from "../../src/http/kit/cursor.ts";
import { hostileBytes, hostileText, hostileValue, withOneFault } from "./arbitraries.ts";

/** Valid bodies by operation. One fault in a valid body reaches deeper code than noise. */
const VALID_BODIES: Readonly<Record<string, unknown>> = {
  "put /v1/companies/{company}": {
    name: "Acme",
    time_zone: "America/Sao_Paulo",
    locale: "pt-BR",
    phone_number_ids: ["106540000000001"],
    template_in_open_window: "charge",
  },
  "put /v1/companies/{company}/contract": {
    package: { credits: 100, price: "50.00" },
    excess_credit_price: "0.75",
    currency: "BRL",
    starts_on: "2026-11-03",
    first_month: "full",
  },
  "post /v1/companies/{company}/messages": {
    message_id: "m1",
    to: "5511988887777",
    kind: "template",
    category: "marketing",
    sent_at: "2026-11-03T11:00:00Z",
    attribution: { department: "sales" },
  },
  "post /v1/companies/{company}/messages/{message_id}/failed": {
    failed_at: "2026-11-03T11:00:01Z",
    error_code: 132000,
  },
  "post /v1/companies/{company}/quotes": { recipients: ["5511988887777"], category: "utility" },
  "post /v1/companies/{company}/usage": [{
    id: "u1",
    feature: "automation.run",
    quantity: 2,
    occurred_at: "2026-11-03T11:00:00Z",
    attributes: { campaign: "winter" },
  }],
  "put /v1/meta_rates": {
    currency: "USD",
    effective_from: "2026-10-01",
    free_service_messages: 1000,
    rates: [{
      market: "Brazil",
      utility: "0.0068",
      tiers: { utility: [{ from: 250_001, price: "0.0065" }] },
    }],
    correction: "typing error",
  },
  "put /v1/exchange_rates": { from: "USD", to: "BRL", effective_from: "2026-11-01", rate: "5.4321" },
  "put /v1/features/{code}": { name: { "pt-BR": "Automação", en: "Automation" }, credits: 2 },
  "put /v1/companies/{company}/features/{code}": { credits: 3, effective_from: "2026-11-10" },
  "post /v1/companies/{company}/viewer_sessions": { ttl_seconds: 600 },
  "post /v1/companies/{company}/label_erasures": { text: "winter" },
  "post /v1/keys": { name: "a key", scope: "read", company: "acme" },
  "post /v1/test_clock": { advance: "PT1S" },
};

/** An operation of the OpenAPI document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly has_body: boolean;
}

/** One hostile request. */
export interface Attack {
  readonly operation: Operation;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lists the operations of an OpenAPI document. */
// deno-lint-ignore no-explicit-any
export function operationsIn({ paths }: any): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    // deno-lint-ignore no-explicit-any
    Object.entries(methods as any).map(([method, declared]: [string, any]) => ({
      method,
      path,
      query: (declared.parameters ?? []).filter((p: { in: string }) => p.in === "query")
        .map((p: { name: string }) => p.name),
      has_body: declared.requestBody !== undefined,
    }))
  );
}

/** Generates a hostile request to one of the operations. */
export function attackOn(operations: readonly Operation[]): fc.Arbitrary<Attack> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: pathOf(operation),
      body: operation.has_body ? bodyOf(operation) : fc.constant(undefined),
      headers: headersOf(),
    })
  );
}

function pathOf({ path, query }: Operation): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(.+?)\}/g)].map(([, name]) => name!);
  const params = fc.tuple(
    ...names.map((name) => fc.oneof(fc.constantFrom(...PARAMS[name] ?? ["1"]), segment())),
  );
  const query_pairs = fc.array(
    fc.tuple(
      fc.oneof({ arbitrary: fc.constantFrom(...query, "limit"), weight: 5 }, {
        arbitrary: segment(),
        weight: 1,
      }),
      fc.oneof(fc.constantFrom("", "1", "2026-11-03", "day", "true"), segment(), cursor()),
    ),
    { maxLength: 3 },
  );
  return fc.tuple(params, query_pairs).map(([values, pairs]) => {
    const filled = names.reduce((at, name, i) => at.replace(`{${name}}`, values[i]!), path);
    return pairs.length === 0
      ? filled
      : `${filled}?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`;
  });
}

/** Path parameters that exist or are well formed. */
const PARAMS: Readonly<Record<string, readonly string[]>> = {
  company: ["acme", "acme", "acme", "nobody"],
  contact: ["5511988887777", "%2B5511988887777", "BR.13491208650001"],
  code: ["automation.run", "whatsapp.inbound"],
  period: ["2026-11", "2026-10"],
  month: ["2026-11", "2026-10"],
  message_id: ["m1", "wamid.HBg%3D%3D"],
};

/** Generates a well-encoded cursor with a position that no list has. */
function cursor(): fc.Arbitrary<string> {
  const number = fc.constantFrom(0, -1, 1, 1e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
  const id = fc.constantFrom("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff");
  return fc.oneof(
    number,
    hostileText(),
    fc.record({ received_at_ms: number, id }),
    fc.record({ opened_at_ms: number, contact: id, direction: fc.constantFrom("inbound", "outbound") }),
  ).map((place) => encodeCursor(place));
}

/** Generates a path segment: a hostile text encoded, or invalid percent-encoding. */
function segment(): fc.Arbitrary<string> {
  return fc.oneof(
    hostileText().map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom("%ff", "%00", "%c0%80", "%", "%zz", "%2f..%2f", "a%20b", "%ed%a0%80"),
  );
}

function bodyOf({ method, path }: Operation): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const valid = VALID_BODIES[`${method} ${path}`];
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? "");
  const noise = [hostileBytes(), hostileValue().map(json)];
  return valid === undefined
    ? fc.oneof(...noise)
    : fc.oneof({ arbitrary: withOneFault(valid).map(json), weight: 6 }, {
      arbitrary: fc.constant(json(valid)),
      weight: 1,
    }, ...noise);
}

function headersOf(): fc.Arbitrary<Record<string, string>> {
  return fc.constantFrom<Record<string, string>>(
    {},
    {},
    {},
    { accept: "text/csv" },
    { accept: "text/csv;q=nonsense, */*;q=2" },
    { accept: "\u00ff" },
    { "accept-language": "x".repeat(5_000) },
    { "accept-language": "pt;q=0, en;q=-1, ,;" },
    { "content-encoding": "gzip" },
    { "content-type": "text/html; charset=utf-16" },
    { "last-event-id": "99999999999999999999" },
    { "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
  );
}
