/**
 * Who may ask what: every call of the OpenAPI document, asked by every kind of caller, of their own company, of
 * another and of none, with ids of each.
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

/** The least that each call asks for, as people agreed on it: a new call has to be added here by hand. */
const LEAST: Readonly<Record<string, "nothing" | "signature" | "ticket" | "read" | "ingest" | "admin">> = {
  "get /docs": "nothing",
  "get /docs/{file}": "nothing",
  "get /healthz": "nothing",
  "get /metrics": "nothing",
  "get /openapi.json": "nothing",
  "get /readyz": "nothing",
  "get /reports/assets/{file}": "nothing",
  "get /webhooks/whatsapp": "nothing",
  "post /webhooks/whatsapp": "signature",
  "get /reports/credits/sessions/{link}": "ticket",
  "post /reports/credits/logout": "ticket",
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

/** What changes nothing, though it is no GET: a viewer may ask it too. */
const QUESTIONS: ReadonlySet<string> = new Set(["post /v1/companies/{company}/quotes"]);

/** What stands in `bravo` alone: whoever is bound to `acme` may never be told any of it. */
const BRAVOS = ["Bravo-Secret-Name", "55219", "777777", "bravo.feature", "SEGREDO"];
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
interface Asker {
  readonly name: string;
  /** `none`: is let in nowhere. */
  readonly scope: "none" | "read" | "ingest" | "admin";
  readonly bound: boolean;
  readonly viewer?: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const SCOPES = ["none", "read", "ingest", "admin"] as const;

/** A house of two companies, each with something of every kind. */
async function twoCompanies(): Promise<TestService> {
  const house = new TestService();
  const lines = [businessNumber(1), businessNumber(777_777)];
  const names = [["acme", "Acme"], ["bravo", BRAVOS[0]!]] as const;
  for (const [index, [company, name]] of names.entries()) {
    await house.createCompany(company, { name, phone_number_ids: [lines[index]!.phone_number_id] });
    const phone = index === 0 ? PEOPLE.own : PEOPLE["another's"];
    const at_s = house.now_ms / 1000;
    const change = customerWrote(lines[index]!, { phone }, { id: `wamid.${company}`, at_s });
    await house.app.hono.request(
      deliveryRequest("http://localhost/webhooks/whatsapp", webhookOf(change), APP_SECRET),
    );
    await house.readJson("PUT", `/v1/companies/${company}/contract`, {
      package: { credits: index === 0 ? 100 : 777_777, price: "50.00" },
      excess_credit_price: "0.15",
    });
  }
  await house.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  await house.readJson("PUT", "/v1/companies/bravo/features/bravo.feature", { credits: 777_777 });
  await house.readJson("POST", "/v1/companies/bravo/usage", {
    id: "b",
    feature: "bravo.feature",
    quantity: 1,
    attributes: { team: "SEGREDO" },
  });
  return house;
}

async function keyOf(house: TestService, asked: Record<string, unknown>): Promise<string> {
  const response = await house.request("POST", "/v1/keys", { name: "matrix", ...asked });
  return (await response.json()).key;
}

async function askersIn(house: TestService): Promise<Asker[]> {
  const by = (key: string) => ({ authorization: `Bearer ${key}` });
  const key = async (scope: Asker["scope"], bound: boolean): Promise<Asker> => {
    const company = bound ? "acme" : null;
    const headers = by(await keyOf(house, { scope, company }));
    return { name: `${scope} key${bound ? " of acme" : ""}`, scope, bound, headers };
  };
  const expires_at = Temporal.Instant.fromEpochMilliseconds(Date.now() + 1_000).toString();
  const expired = await keyOf(house, { scope: "admin", expires_at });
  house.machine_ahead_ms += 1_000;
  const revoked = await keyOf(house, { scope: "admin" });
  await house.readJson("DELETE", `/v1/keys/${keyIdIn(revoked)}`);
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
    { name: "viewer who logged out", ...nowhere, headers: await viewerIn(house, true) },
    { name: "root key", scope: "admin", bound: false, headers: by(ADMIN_KEY) },
    ...live,
    { name: "viewer of acme", scope: "read", bound: true, viewer: true, headers: {} },
  ];
}

async function viewerIn(house: TestService, is_over: boolean): Promise<Record<string, string>> {
  const { sessions } = house.access;
  const link = await sessions.createLink("acme" as CompanyId, undefined, 600_000);
  const ticket = (await sessions.openLink(link!.token))!;
  if (is_over) await sessions.end(ticket);
  return { cookie: `__Host-credits=${ticket}` };
}

/** What a caller must hear; `in`: they were let in, and what follows is between them and the call. */
function verdict({ operation, company }: RequestVariant, asker: Asker): "in" | "same for all" | number {
  const least = LEAST[operation.name]!;
  if (least === "nothing" || least === "ticket" || least === "signature") return "same for all";
  if (asker.scope === "none") return 401;
  if (asker.bound && operation.path.includes("{company}") && company !== "own") return 404;
  if (asker.viewer && operation.method !== "GET" && !QUESTIONS.has(operation.name)) return 403;
  if (asker.bound && operation.for_unbound_keys) return 403;
  if (SCOPES.indexOf(asker.scope) < SCOPES.indexOf(least)) return 403;
  return asker.bound && (company ?? "own") !== "own" ? 404 : "in";
}

let cells = 0;

/** An id of each kind in each place; keys and companies of nobody are new in each cell, for asking can change them. */
async function pathOf(house: TestService, { operation, company, id }: RequestVariant): Promise<string> {
  const companies = { own: "acme", "another's": "bravo", "nobody's": `nobody-${cells}` } as const;
  const named = company === undefined ? undefined : companies[company];
  const ids: Record<string, (whose: Ownership) => string | Promise<string>> = {
    contact: (whose) => PEOPLE[whose],
    seq: (whose) => whose === "nobody's" ? "999" : "1",
    month: (whose) => whose === "nobody's" ? "2020-01" : "2026-11",
    // What is put is somebody's own from then on, or everybody's.
    code: (whose) =>
      operation.method === "PUT"
        ? "some.feature"
        : ({ own: "automation.run", "another's": "bravo.feature", "nobody's": "no.feature" })[whose],
    file: (whose) => whose === "own" ? "start.js" : whose,
    link: (whose) => whose,
    id: async (whose) => {
      if (operation.path.startsWith("/v1/quarantine")) return crypto.randomUUID();
      if (whose === "nobody's") return "0000000000000000";
      const key = await keyOf(house, { scope: "read", company: companies[whose] });
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

interface Heard {
  /** What of bravo's was told that was not in the question. */
  readonly told: readonly string[];
  readonly status: number;
  readonly text: string;
  readonly headers: string;
}

async function execute(house: TestService, way: RequestVariant, asker: Asker): Promise<Heard> {
  cells++;
  const { operation: { name, method }, accept } = way;
  const credentials = asker.viewer ? await viewerIn(house, false) : asker.headers;
  const path = await pathOf(house, way);
  const response = await house.app.hono.request(path, {
    method,
    headers: { ...credentials, accept },
    ...(name in BODIES ? { body: JSON.stringify(BODIES[name]) } : {}),
  });
  const request_id = response.headers.get("x-request-id") ?? "none";
  const headers = JSON.stringify([...response.headers].filter(([name]) => name !== "x-request-id"));
  const text = (await beginning(response)).replaceAll(request_id, "");
  const told = BRAVOS.filter((mark) => !path.includes(mark) && `${text}${headers}`.includes(mark));
  return { status: response.status, text, headers, told };
}

/** What a response says: all of it, or of a stream the first event. */
async function beginning(response: Response): Promise<string> {
  if (response.headers.get("content-type") !== "text/event-stream") return await response.text();
  const reader = response.body!.getReader();
  await reader.read();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

Deno.test("what each call of the OpenAPI document asks for at least is what was agreed on", async () => {
  await using house = new TestService();
  const told = ({ security, name }: Operation) => {
    const [scope] = security.flatMap(({ key }) => key ?? []);
    return scope ?? (name.startsWith("get /reports/credits/s") || security.length > 0 ? "ticket" : undefined);
  };
  const documented = (await operationsOf(house)).map((operation) =>
    [operation.name, told(operation)] as const
  );
  const agreed = Object.entries(LEAST).map(([name, least]) =>
    [name, least === "nothing" || least === "signature" ? undefined : least] as const
  );
  assert.deepEqual(new Map(documented.toSorted()), new Map(agreed.toSorted()));
});

Deno.test("every route answers every caller as its policy says, and tells nobody of another company", async () => {
  await using house = await twoCompanies();
  const askers = await askersIn(house);
  const operations = await operationsOf(house);
  const wrong: string[] = [];
  let let_in = 0;
  for (const way of operations.flatMap(requestVariants)) {
    const { operation, company, id, accept } = way;
    let first: Heard | undefined;
    for (const asker of askers) {
      const heard = await execute(house, way, asker);
      first ??= heard;
      const expected = verdict(way, asker);
      const fault = faultOf(heard, expected, first, asker);
      if (expected === "in") let_in++;
      if (fault !== undefined) {
        wrong.push(
          `${operation.name} (company: ${company}, id: ${id}, ${accept}) to ${asker.name}: ${fault}`,
        );
      }
      if (!asker.bound || company !== "another's") continue;
      const unknown = await execute(house, { ...way, company: "nobody's" }, asker);
      if (JSON.stringify(heard) !== JSON.stringify(unknown)) {
        wrong.push(`${operation.name}: ${asker.name} can tell another's company from nobody's`);
      }
    }
  }
  // The number of cells is part of what this shows.
  console.log(`${cells} cells of ${operations.length} calls, ${let_in} let in, ${wrong.length} leaks`);
  assert.deepEqual(wrong, []);
  assert.ok(let_in > 300, "hardly anybody was let in: this test looks in the wrong place");
});

function faultOf(
  heard: Heard,
  expected: ReturnType<typeof verdict>,
  first: Heard,
  asker: Asker,
): string | undefined {
  const { status, told } = heard;
  if (status >= 500) return `failed with ${status}`;
  if (told.length > 0 && (asker.bound || asker.scope === "none")) return `was told ${told}`;
  if (expected === "same for all") {
    return status === first.status ? undefined : `${status}, not ${first.status}`;
  }
  if (expected !== "in") return status === expected ? undefined : `${status}, not ${expected}`;
  return status === 401 || status === 403 ? `${status}, though it is theirs to ask` : undefined;
}
