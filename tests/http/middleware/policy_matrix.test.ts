/**
 * The authorization matrix: every call of the OpenAPI document, by every kind of caller, for their own company, another
 * and a missing one, with ids of each.
 */

import assert from "node:assert/strict";

import { businessNumber, customerWrote, webhookOf } from "../../support/payloads.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { keyIdIn } from "../../../src/access/key.ts";
import { deliveryRequest } from "../../support/webhooks.ts";
import { ADMIN_KEY, APP_SECRET, TestService } from "../test_service.ts";
import {
  type Operation,
  operationsOf,
  type Ownership,
  type RequestVariant,
  requestVariants,
} from "../call_matrix.ts";

/** The required access of each call, written by hand: a new call must be added here. */
const REQUIRED: Readonly<
  Record<string, "nothing" | "signature" | "viewer_token" | "read" | "ingest" | "admin">
> = {
  "get /docs": "nothing",
  "get /docs/{file}": "nothing",
  "get /healthz": "nothing",
  "get /metrics": "nothing",
  "get /openapi.json": "nothing",
  "get /readyz": "nothing",
  "get /reports/assets/{file}": "nothing",
  "get /webhooks/whatsapp": "nothing",
  "post /webhooks/whatsapp": "signature",
  "get /reports/credits/sessions/{link}": "viewer_token",
  "post /reports/credits/logout": "viewer_token",
  "get /reports/credits": "read",
  "get /reports/credits/history.csv": "read",
  "get /v1/companies": "read",
  "get /v1/companies/{company}": "read",
  "get /v1/companies/{company}/balance": "read",
  "get /v1/companies/{company}/balance/stream": "read",
  "get /v1/companies/{company}/contacts/{contact}/window": "read",
  "get /v1/companies/{company}/contract": "read",
  "get /v1/companies/{company}/features": "read",
  "get /v1/companies/{company}/features/{code}": "read",
  "get /v1/companies/{company}/forecast": "read",
  "get /v1/companies/{company}/ledger": "read",
  "get /v1/companies/{company}/ledger/{seq}": "read",
  "get /v1/companies/{company}/statements": "read",
  "get /v1/companies/{company}/statements/{month}": "read",
  "get /v1/companies/{company}/usage": "read",
  "get /v1/companies/{company}/windows": "read",
  "get /v1/features": "read",
  "get /v1/features/{code}": "read",
  "post /v1/companies/{company}/quotes": "read",
  "post /v1/companies/{company}/viewer_sessions": "read",
  "post /v1/companies/{company}/messages": "ingest",
  "post /v1/companies/{company}/usage": "ingest",
  "delete /v1/companies/{company}/contacts/{contact}": "admin",
  "delete /v1/companies/{company}/contract/cancellation": "admin",
  "delete /v1/keys/{id}": "admin",
  "delete /v1/webhook_endpoints/{id}": "admin",
  "get /v1/keys": "admin",
  "get /v1/quarantine": "admin",
  "get /v1/webhook_endpoints": "admin",
  "post /v1/companies/{company}/contract/cancellation": "admin",
  "post /v1/keys": "admin",
  "post /v1/quarantine/{id}/replay": "admin",
  "post /v1/test_clock": "admin",
  "post /v1/webhook_endpoints": "admin",
  "put /v1/companies/{company}": "admin",
  "put /v1/companies/{company}/contract": "admin",
  "put /v1/companies/{company}/features/{code}": "admin",
  "put /v1/features/{code}": "admin",
};

/** Calls other than GET that change nothing, so that viewers may make them. */
const READ_ONLY_POSTS: ReadonlySet<string> = new Set(["post /v1/companies/{company}/quotes"]);

/** Texts that only `bravo` has: no caller of `acme` may ever receive one. */
const SECRETS_OF_BRAVO = ["Bravo-Secret-Name", "55219", "777777", "bravo.feature", "SEGREDO"];
const PEOPLE = { own: "5511987650001", "another's": "5521987659999", "nobody's": "5531987650003" } as const;

const BODIES: Readonly<Record<string, unknown>> = {
  "put /v1/companies/{company}": { name: "Acme", time_zone: "America/Sao_Paulo" },
  "put /v1/companies/{company}/contract": { package: null, excess_credit_price: "0.15" },
  "post /v1/companies/{company}/messages": { message_id: "m", to: PEOPLE.own, kind: "template" },
  "post /v1/companies/{company}/quotes": { recipients: [PEOPLE.own] },
  "post /v1/companies/{company}/usage": [{ id: "u", feature: "automation.run", quantity: 1 }],
  "put /v1/companies/{company}/features/{code}": { credits: 1 },
  "put /v1/features/{code}": { credits: 1 },
  "post /v1/keys": { name: "made", scope: "read" },
  "post /v1/companies/{company}/viewer_sessions": {},
  "post /v1/test_clock": { advance: "PT1S" },
  "post /v1/webhook_endpoints": { url: "https://platform.example/hooks" },
};

/** A kind of caller. */
interface TestCaller {
  readonly name: string;
  /** `none`: every authenticated call refuses it. */
  readonly scope: "none" | "read" | "ingest" | "admin";
  readonly bound: boolean;
  readonly viewer?: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const SCOPES = ["none", "read", "ingest", "admin"] as const;

/** A service with two companies, each with resources of every kind. */
async function twoCompanies(): Promise<TestService> {
  const service = new TestService();
  const lines = [businessNumber(1), businessNumber(777_777)];
  const names = [["acme", "Acme"], ["bravo", SECRETS_OF_BRAVO[0]!]] as const;
  for (const [index, [company, name]] of names.entries()) {
    await service.createCompany(company, { name, phone_number_ids: [lines[index]!.phone_number_id] });
    const phone = index === 0 ? PEOPLE.own : PEOPLE["another's"];
    const at_s = service.now_ms / 1000;
    const change = customerWrote(lines[index]!, { phone }, { id: `wamid.${company}`, at_s });
    await service.app.hono.request(
      deliveryRequest("http://localhost/webhooks/whatsapp", webhookOf(change), APP_SECRET),
    );
    await service.readJson("PUT", `/v1/companies/${company}/contract`, {
      package: { credits: index === 0 ? 100 : 777_777, price: "50.00" },
      excess_credit_price: "0.15",
    });
  }
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  await service.readJson("PUT", "/v1/companies/bravo/features/bravo.feature", { credits: 777_777 });
  await service.readJson("POST", "/v1/companies/bravo/usage", {
    id: "b",
    feature: "bravo.feature",
    quantity: 1,
    attributes: { team: "SEGREDO" },
  });
  return service;
}

async function keyOf(service: TestService, asked: Record<string, unknown>): Promise<string> {
  const response = await service.request("POST", "/v1/keys", { name: "matrix", ...asked });
  return (await response.json()).key;
}

async function callersOf(service: TestService): Promise<TestCaller[]> {
  const by = (key: string) => ({ authorization: `Bearer ${key}` });
  const key = async (scope: TestCaller["scope"], bound: boolean): Promise<TestCaller> => {
    const company = bound ? "acme" : null;
    const headers = by(await keyOf(service, { scope, company }));
    return { name: `${scope} key${bound ? " of acme" : ""}`, scope, bound, headers };
  };
  const expires_at = Temporal.Instant.fromEpochMilliseconds(Date.now() + 1_000).toString();
  const expired = await keyOf(service, { scope: "admin", expires_at });
  service.machine_ahead_ms += 1_000;
  const revoked = await keyOf(service, { scope: "admin" });
  await service.readJson("DELETE", `/v1/keys/${keyIdIn(revoked)}`);
  const nowhere = { scope: "none", bound: false } as const;
  const live = await Promise.all(
    (["read", "ingest", "admin"] as const).flatMap((scope) => [key(scope, false), key(scope, true)]),
  );
  return [
    { name: "nobody", ...nowhere, headers: {} },
    { name: "bad key", ...nowhere, headers: by("not a key") },
    { name: "mistyped key", ...nowhere, headers: by(`${revoked.slice(0, -1)}~`) },
    { name: "expired key", ...nowhere, headers: by(expired) },
    { name: "revoked key", ...nowhere, headers: by(revoked) },
    { name: "viewer who logged out", ...nowhere, headers: await viewerIn(service, true) },
    { name: "root key", scope: "admin", bound: false, headers: by(ADMIN_KEY) },
    ...live,
    { name: "viewer of acme", scope: "read", bound: true, viewer: true, headers: {} },
  ];
}

async function viewerIn(service: TestService, is_over: boolean): Promise<Record<string, string>> {
  const { sessions } = service.access;
  const link = await sessions.createLink("acme" as CompanyId, undefined, 600_000);
  const token = (await sessions.openLink(link!.token))!;
  if (is_over) await sessions.end(token);
  return { cookie: `__Host-credits=${token}` };
}

/** Returns the expected status; `in` for an authorized request, whose status is up to the call. */
function verdict({ operation, company }: RequestVariant, caller: TestCaller): "in" | "same for all" | number {
  const least = REQUIRED[operation.name]!;
  if (least === "nothing" || least === "viewer_token" || least === "signature") return "same for all";
  if (caller.scope === "none") return 401;
  if (caller.bound && operation.path.includes("{company}") && company !== "own") return 404;
  if (caller.viewer && operation.method !== "GET" && !READ_ONLY_POSTS.has(operation.name)) return 403;
  if (caller.bound && operation.for_unbound_keys) return 403;
  if (SCOPES.indexOf(caller.scope) < SCOPES.indexOf(least)) return 403;
  return caller.bound && (company ?? "own") !== "own" ? 404 : "in";
}

let cells = 0;

/** Builds the path of a variant. Keys and missing companies are new in each cell, since a call can change them. */
async function pathOf(service: TestService, { operation, company, id }: RequestVariant): Promise<string> {
  const companies = { own: "acme", "another's": "bravo", "nobody's": `nobody-${cells}` } as const;
  const named = company === undefined ? undefined : companies[company];
  const ids: Record<string, (whose: Ownership) => string | Promise<string>> = {
    contact: (whose) => PEOPLE[whose],
    seq: (whose) => whose === "nobody's" ? "999" : "1",
    month: (whose) => whose === "nobody's" ? "2020-01" : "2026-11",
    // A PUT creates the feature, for one company or all.
    code: (whose) =>
      operation.method === "PUT"
        ? "some.feature"
        : ({ own: "automation.run", "another's": "bravo.feature", "nobody's": "no.feature" })[whose],
    file: (whose) => whose === "own" ? "start.js" : whose,
    link: (whose) => whose,
    id: async (whose) => {
      if (operation.path.startsWith("/v1/quarantine")) return crypto.randomUUID();
      if (whose === "nobody's") return "0000000000000000";
      const key = await keyOf(service, { scope: "read", company: companies[whose] });
      return keyIdIn(key)!;
    },
  };
  let path = operation.path.replace("{company}", named ?? "");
  for (const [, name] of operation.path.matchAll(/\{(\w+)\}/g)) {
    if (name !== "company") path = path.replace(`{${name}}`, encodeURIComponent(await ids[name!]!(id!)));
  }
  const query = new URLSearchParams();
  if (named !== undefined && operation.query.includes("company")) query.set("company", named);
  if (operation.query.includes("from")) query.set("from", "2026-11-01");
  if (operation.query.includes("to")) query.set("to", "2026-11-30");
  return query.size === 0 ? path : `${path}?${query}`;
}

interface CallResult {
  /** Secrets of bravo in the response that were not in the request. */
  readonly leaked: readonly string[];
  readonly status: number;
  readonly text: string;
  readonly headers: string;
}

async function execute(service: TestService, way: RequestVariant, caller: TestCaller): Promise<CallResult> {
  cells++;
  const { operation: { name, method }, accept } = way;
  const credentials = caller.viewer ? await viewerIn(service, false) : caller.headers;
  const path = await pathOf(service, way);
  const response = await service.app.hono.request(path, {
    method,
    headers: { ...credentials, accept },
    ...(name in BODIES ? { body: JSON.stringify(BODIES[name]) } : {}),
  });
  const request_id = response.headers.get("x-request-id") ?? "none";
  const headers = JSON.stringify([...response.headers].filter(([name]) => name !== "x-request-id"));
  const text = (await beginning(response)).replaceAll(request_id, "");
  const leaked = SECRETS_OF_BRAVO.filter((mark) =>
    !path.includes(mark) && `${text}${headers}`.includes(mark)
  );
  return { status: response.status, text, headers, leaked };
}

/** Reads a whole response, or the first event of a stream. */
async function beginning(response: Response): Promise<string> {
  if (response.headers.get("content-type") !== "text/event-stream") return await response.text();
  const reader = response.body!.getReader();
  await reader.read();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

Deno.test("the OpenAPI document declares the required access of each call", async () => {
  await using service = new TestService();
  const accessOf = ({ security, name }: Operation) => {
    const [scope] = security.flatMap(({ key }) => key ?? []);
    return scope ??
      (name.startsWith("get /reports/credits/s") || security.length > 0 ? "viewer_token" : undefined);
  };
  const documented = (await operationsOf(service)).map((operation) =>
    [operation.name, accessOf(operation)] as const
  );
  const agreed = Object.entries(REQUIRED).map(([name, least]) =>
    [name, least === "nothing" || least === "signature" ? undefined : least] as const
  );
  assert.deepEqual(new Map(documented.toSorted()), new Map(agreed.toSorted()));
});

Deno.test("every route answers every caller as its policy says, and leaks nothing of another company", async () => {
  await using service = await twoCompanies();
  const callers = await callersOf(service);
  const operations = await operationsOf(service);
  const wrong: string[] = [];
  let authorized = 0;
  for (const way of operations.flatMap(requestVariants)) {
    const { operation, company, id, accept } = way;
    let first: CallResult | undefined;
    for (const caller of callers) {
      const result = await execute(service, way, caller);
      first ??= result;
      const expected = verdict(way, caller);
      const fault = faultOf(result, expected, first, caller);
      if (expected === "in") authorized++;
      if (fault !== undefined) {
        wrong.push(
          `${operation.name} (company: ${company}, id: ${id}, ${accept}) to ${caller.name}: ${fault}`,
        );
      }
      if (!caller.bound || company !== "another's") continue;
      const unknown = await execute(service, { ...way, company: "nobody's" }, caller);
      if (JSON.stringify(result) !== JSON.stringify(unknown)) {
        wrong.push(`${operation.name}: ${caller.name} can distinguish another's company from a missing one`);
      }
    }
  }
  // The number of cells is part of what this shows.
  console.log(
    `${cells} cells of ${operations.length} calls, ${authorized} authorized, ${wrong.length} leaks`,
  );
  assert.deepEqual(wrong, []);
  assert.ok(authorized > 300, "too few requests were authorized for this test to mean anything");
});

function faultOf(
  result: CallResult,
  expected: ReturnType<typeof verdict>,
  first: CallResult,
  caller: TestCaller,
): string | undefined {
  const { status, leaked } = result;
  if (status >= 500) return `failed with ${status}`;
  if (leaked.length > 0 && (caller.bound || caller.scope === "none")) return `received ${leaked}`;
  if (expected === "same for all") {
    return status === first.status ? undefined : `${status}, not ${first.status}`;
  }
  if (expected !== "in") return status === expected ? undefined : `${status}, not ${expected}`;
  return status === 401 || status === 403 ? `${status}, though the caller is authorized` : undefined;
}
