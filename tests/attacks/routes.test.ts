/** Hostile requests to every operation of the OpenAPI document. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ADMIN_KEY, TestService } from "../http/test_service.ts";
import { withDatabase } from "../support/database.ts";
import { SECRETS, ServiceProcess } from "../support/service.ts";
import { type Attack, attackOn, operationsIn } from "./attacks.ts";

/** The attacked service: in memory, or a process on Postgres. */
interface Target {
  readonly key: string;
  request(path: string, request: RequestInit): Response | Promise<Response>;
}

Deno.test("no input makes a call respond 5xx or affects another company", async () => {
  await using service = new TestService();
  await attack(
    { key: ADMIN_KEY, request: (path, request) => service.app.hono.request(path, request) },
    3_000,
  );
});

Deno.test("no input makes a call on Postgres respond 5xx or affects another company", async () => {
  await withDatabase(async ({ url }) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: url });
    const request = (path: string, request: RequestInit) => fetch(`${service.url}${path}`, request);
    await attack({ key: SECRETS.ADMIN_KEY, request }, 1_500);
  });
});

async function attack(target: Target, times: number): Promise<void> {
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
  assert.ok(operations.length > 25, `only ${operations.length} operations were found`);
  const before = await otherCompany(target);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(attackOn(operations), async (hostile) => {
      const status = await send(target, hostile);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    { numRuns: times },
  );
  assert.deepEqual(await otherCompany(target), before);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  // The requests must reach the handlers, not only the validation.
  for (const status of [200, 400, 404, 422]) {
    assert.ok((statuses.get(status) ?? 0) > 0, `no response was ${status}: ${[...statuses].join(" ")}`);
  }
  const paths = new Set(operations.map(({ path }) => path));
  const strange = (await labelledRoutes(target)).filter((route) => !paths.has(route));
  assert.deepEqual(strange, [], "a request text became a metric label");
}

async function send({ request, key }: Target, { path, operation, body, headers }: Attack): Promise<number> {
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
    // Pages explain errors as HTML, not as problem JSON.
    if (status >= 400 && type !== PAGE) {
      assert.equal(type, "application/problem+json", `${operation.method} ${path}`);
      const { code, detail, request_id } = JSON.parse(text);
      for (const field of [code, detail, request_id]) assert.ok(typeof field === "string" && field !== "");
    }
  }
  return status;
}

const PAGE = "text/html; charset=utf-8";

/** Reads all resources of the company that is not attacked. */
async function otherCompany(target: Target): Promise<unknown> {
  const { as_of: _, ...balance } = await read(target, "GET", "/v1/companies/baker/balance");
  const paths = ["", "/contract", "/ledger", "/windows", "/statements"];
  return [
    balance,
    ...await Promise.all(paths.map((path) => read(target, "GET", `/v1/companies/baker${path}`))),
  ];
}

/** Lists the values of the metrics' `route` label. */
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
