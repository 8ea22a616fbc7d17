/** Every call that the OpenAPI document names, asked as nobody should. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ADMIN_KEY, TestService } from "../http/test_service.ts";
import { withDatabase } from "../support/database.ts";
import { SECRETS, ServiceProcess } from "../support/service.ts";
import { type Attack, attackOn, operationsIn } from "./attacks.ts";

/** Whoever is attacked: in memory, or as a process on Postgres. */
interface Target {
  readonly key: string;
  request(path: string, request: RequestInit): Response | Promise<Response>;
}

Deno.test("no input makes a call respond 5xx or affects another company", async () => {
  await using service = new TestService();
  await attacked(
    { key: ADMIN_KEY, request: (path, request) => service.app.hono.request(path, request) },
    3_000,
  );
});

Deno.test("no input makes a call on Postgres respond 5xx or affects another company", async () => {
  await withDatabase(async ({ url }) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: url });
    const request = (path: string, request: RequestInit) => fetch(`${service.url}${path}`, request);
    await attacked({ key: SECRETS.ADMIN_KEY, request }, 1_500);
  });
});

async function attacked(target: Target, times: number): Promise<void> {
  const profile = { name: "Baker", time_zone: "America/Sao_Paulo" };
  await read(target, "PUT", "/v1/companies/acme", { ...profile, phone_number_ids: ["106540000000001"] });
  await read(target, "PUT", "/v1/companies/baker", { ...profile, phone_number_ids: ["106540000000002"] });
  await read(target, "PUT", "/v1/features/automation.run", { credits: 1 });
  await read(target, "PUT", "/v1/companies/baker/contract", { package: null, excess_credit_price: "0.75" });
  await read(target, "POST", "/v1/companies/baker/usage", {
    id: "u",
    feature: "automation.run",
    quantity: 7,
  });
  const operations = operationsIn(await read(target, "GET", "/openapi.json"));
  assert.ok(operations.length > 25, `only ${operations.length} calls were found`);
  const before = await bystander(target);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(attackOn(operations), async (attack) => {
      const status = await strike(target, attack);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    { numRuns: times },
  );
  assert.deepEqual(await bystander(target), before);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  // Noise that is all refused at the door would show nothing.
  for (const status of [200, 400, 404, 422]) {
    assert.ok((statuses.get(status) ?? 0) > 0, `${status} was never answered: ${[...statuses].join(" ")}`);
  }
  const paths = new Set(operations.map(({ path }) => path));
  const strange = (await labelledRoutes(target)).filter((route) => !paths.has(route));
  assert.deepEqual(strange, [], "what was sent has become a label of a metric");
}

async function strike({ request, key }: Target, { path, operation, body, headers }: Attack): Promise<number> {
  const response = await request(path, {
    method: operation.method.toUpperCase(),
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const { status } = response;
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) await response.body!.cancel();
  else {
    const text = await response.text();
    assert.ok(status < 500, `${status} to ${operation.method} ${path}: ${text}`);
    // A page says what is the matter to people, who read no problems.
    if (status >= 400 && type !== PAGE) {
      assert.equal(type, "application/problem+json", `${operation.method} ${path}`);
      const { code, detail, request_id } = JSON.parse(text);
      for (const said of [code, detail, request_id]) assert.ok(typeof said === "string" && said !== "");
    }
  }
  return status;
}

const PAGE = "text/html; charset=utf-8";

/** All that is known of the company that nobody attacks. */
async function bystander(target: Target): Promise<unknown> {
  const { as_of: _, ...balance } = await read(target, "GET", "/v1/companies/baker/balance");
  const paths = ["", "/contract", "/ledger", "/windows", "/statements"];
  return [
    balance,
    ...await Promise.all(paths.map((path) => read(target, "GET", `/v1/companies/baker${path}`))),
  ];
}

/** The routes that metrics are labelled with. */
async function labelledRoutes({ request }: Target): Promise<string[]> {
  const text = await (await request("/metrics", {})).text();
  const routes = [...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route!);
  assert.ok(routes.length > 0);
  return routes;
}

// deno-lint-ignore no-explicit-any
async function read({ request, key }: Target, method: string, path: string, body?: unknown): Promise<any> {
  const response = await request(path, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, `${method} ${path}: ${text}`);
  return JSON.parse(text);
}
