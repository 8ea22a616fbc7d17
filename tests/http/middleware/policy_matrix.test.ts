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
import { BODIES, CALLS_ON_SEVERAL, PEOPLE, READ_ONLY_POSTS, REQUIRED } from "./required_access.ts";

/** Texts that only `bravo` has: no caller of `acme` may ever receive one. */
const SECRETS_OF_BRAVO = ["Bravo-Secret-Name", "55219", "777777", "SEGREDO"];

/** A kind of caller. */
interface TestCaller {
  readonly name: string;
  /** `none`: every authenticated call refuses it. */
  readonly scope: "none" | "read" | "ingest" | "admin" | "platform";
  readonly bound: boolean;
  readonly viewer?: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const SCOPES = ["none", "read", "ingest", "admin", "platform"] as const;

/** A service with two companies, each with resources of every kind. */
async function twoCompanies(): Promise<TestService> {
  const service = new TestService();
  const lines = [businessNumber(1), businessNumber(777_777)];
  const names = [["acme", "Acme"], ["bravo", SECRETS_OF_BRAVO[0]!]] as const;
  for (const [index, [company, name]] of names.entries()) {
    await service.createCompany(company, { name, phone_number_ids: [lines[index]!.phone_number_id] });
    const phone = index === 0 ? PEOPLE.own : PEOPLE.foreign;
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
  for (const feature of ["automation.run", "whatsapp.outbound.marketing"]) {
    await service.readJson("PUT", `/v1/companies/bravo/features/${feature}`, { credits: 777_777 });
  }
  await service.readJson("POST", "/v1/companies/bravo/usage", {
    id: "b",
    feature: "automation.run",
    quantity: 1,
    attributes: { team: "SEGREDO" },
  });
  return service;
}

async function keyOf(service: TestService, key: Record<string, unknown>): Promise<string> {
  const response = await service.request("POST", "/v1/keys", { name: "matrix", ...key });
  return (await response.json()).key;
}

async function callersOf(service: TestService): Promise<TestCaller[]> {
  const by = (key: string) => ({ authorization: `Bearer ${key}` });
  const key = async (scope: TestCaller["scope"], bound: boolean): Promise<TestCaller> => {
    const company = bound ? "acme" : null;
    const headers = by(await keyOf(service, { scope, company }));
    return { name: `${scope} key${bound ? " of acme" : ""}`, scope, bound, headers };
  };
  const expires_at = Temporal.Now.instant().add({ minutes: 1 }).toString();
  const expired = await keyOf(service, { scope: "admin", expires_at });
  service.machine_ahead_ms += 60_000;
  const revoked = await keyOf(service, { scope: "admin" });
  await service.readJson("DELETE", `/v1/keys/${keyIdIn(revoked)}`);
  const nowhere = { scope: "none", bound: false } as const;
  const live = await Promise.all(
    (["read", "ingest", "admin"] as const).flatMap((scope) => [key(scope, false), key(scope, true)]),
  );
  return [
    { name: "no credentials", ...nowhere, headers: {} },
    { name: "invalid key", ...nowhere, headers: by("not a key") },
    { name: "mistyped key", ...nowhere, headers: by(`${revoked.slice(0, -1)}~`) },
    { name: "expired key", ...nowhere, headers: by(expired) },
    { name: "revoked key", ...nowhere, headers: by(revoked) },
    { name: "viewer who logged out", ...nowhere, headers: await viewerIn(service, true) },
    { name: "root key", scope: "platform", bound: false, headers: by(ADMIN_KEY) },
    ...live,
    await key("platform", false),
    { name: "viewer of acme", scope: "read", bound: true, viewer: true, headers: {} },
  ];
}

async function viewerIn(service: TestService, is_over: boolean): Promise<Record<string, string>> {
  const { sessions } = service.access;
  const link = await sessions.createLink("acme" as CompanyId, undefined, 600_000, true);
  const token = (await sessions.openLink(link!.token, "acme" as CompanyId))!;
  if (is_over) await sessions.end(token, "acme" as CompanyId);
  return { cookie: `__Host-credits-acme=${token}` };
}

/** Returns the expected status; `in` for an authorized request, whose status is up to the call. */
function verdict({ operation, company }: RequestVariant, caller: TestCaller): "in" | "same for all" | number {
  const least = REQUIRED[operation.name]!;
  if (least === "nothing" || least === "viewer_token" || least === "signature") return "same for all";
  if (caller.scope === "none") return 401;
  // A session is for the paths of its company.
  if (caller.viewer && !(operation.path.includes("{company}") && company === "own")) return 401;
  if (caller.bound && operation.path.includes("{company}") && company !== "own") return 404;
  if (caller.viewer && operation.method !== "GET" && !READ_ONLY_POSTS.has(operation.name)) return 403;
  if (SCOPES.indexOf(caller.scope) < SCOPES.indexOf(least)) return 403;
  const is_hidden = caller.bound && (company ?? "own") !== "own" && !CALLS_ON_SEVERAL.has(operation.name);
  return is_hidden ? 404 : "in";
}

let cells = 0;

/** Builds the path of a variant. Keys and missing companies are new in each cell, since a call can change them. */
async function pathOf(service: TestService, { operation, company, id }: RequestVariant): Promise<string> {
  const companies = { own: "acme", foreign: "bravo", missing: `nobody-${cells}` } as const;
  const named = company === undefined ? undefined : companies[company];
  const ids: Record<string, (owner: Ownership) => string | Promise<string>> = {
    contact: (owner) => PEOPLE[owner],
    seq: (owner) => owner === "missing" ? "999" : "1",
    month: (owner) => owner === "missing" ? "2020-01" : "2026-11",
    // A PUT creates the feature, for one company or all.
    code: (owner) =>
      operation.method === "PUT"
        ? "whatsapp.outbound.utility"
        : ({ own: "automation.run", foreign: "whatsapp.outbound.marketing", missing: "no.feature" })[owner],
    phone_number_id: (owner) =>
      ({ own: businessNumber(1), foreign: businessNumber(777_777), missing: businessNumber(3) })[owner]
        .phone_number_id,
    file: (owner) => owner === "own" ? "start.js" : owner,
    link: (owner) => owner,
    message_id: (owner) => owner,
    delivery: (owner) => owner,
    line: (owner) => owner === "missing" ? "999" : "1",
    id: async (owner) => {
      if (/^\/v1\/(quarantine|reconciliations)/.test(operation.path)) return crypto.randomUUID();
      if (owner === "missing") return "0000000000000000";
      const key = await keyOf(service, { scope: "read", company: companies[owner] });
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

async function send(service: TestService, variant: RequestVariant, caller: TestCaller): Promise<CallResult> {
  cells++;
  const { operation: { name, method }, accept } = variant;
  const credentials = caller.viewer ? await viewerIn(service, false) : caller.headers;
  const path = await pathOf(service, variant);
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
    if (security.some((scheme) => "metaSignature" in scheme)) return "signature";
    return scope ??
      (name.endsWith("/sessions/{link}") || security.length > 0 ? "viewer_token" : undefined);
  };
  const documented = (await operationsOf(service)).map((operation) =>
    [operation.name, accessOf(operation)] as const
  );
  const agreed = Object.entries(REQUIRED).map(([name, least]) =>
    [name, least === "nothing" ? undefined : least] as const
  );
  assert.deepEqual(new Map(documented.toSorted()), new Map(agreed.toSorted()));
});

Deno.test("every route answers every caller as its policy says, and leaks nothing of another company", async () => {
  await using service = await twoCompanies();
  const callers = await callersOf(service);
  const operations = await operationsOf(service);
  const wrong: string[] = [];
  let authorized = 0;
  for (const variant of operations.flatMap(requestVariants)) {
    const { operation, company, id, accept } = variant;
    let first: CallResult | undefined;
    for (const caller of callers) {
      const result = await send(service, variant, caller);
      first ??= result;
      const expected = verdict(variant, caller);
      const fault = faultOf(result, expected, first, caller);
      if (expected === "in") authorized++;
      if (fault !== undefined) {
        wrong.push(
          `${operation.name} (company: ${company}, id: ${id}, ${accept}) to ${caller.name}: ${fault}`,
        );
      }
      if (!caller.bound || company !== "foreign") continue;
      const unknown = await send(service, { ...variant, company: "missing" }, caller);
      if (withoutId(result, "bravo") !== withoutId(unknown, `nobody-${cells}`)) {
        wrong.push(`${operation.name}: ${caller.name} can distinguish a foreign company from a missing one`);
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

/** Returns a result as text without the id in its path: an address may repeat the id that the caller sent. */
function withoutId(result: CallResult, id: string): string {
  return JSON.stringify(result).replaceAll(id, "COMPANY");
}

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
