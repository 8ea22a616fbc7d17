import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { TestService } from "../test_service.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
  readonly security: readonly unknown[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function documentOf(service: TestService): Promise<Document> {
  const response = await service.app.hono.request("/openapi.json");
  assert.equal(response.status, 200);
  return await response.json();
}

function operationsOf(document: Document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
}

Deno.test("the OpenAPI document has every route, and no other", async () => {
  await using service = new TestService();
  const documented = operationsOf(await documentOf(service)).map(({ method, path }) => `${method} ${path}`);
  const declared = service.app.declared.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), declared.sort());
});

Deno.test("every reference in the OpenAPI document resolves", async () => {
  await using service = new TestService();
  const document = await documentOf(service);
  assert.match(document.openapi, /^3\.1\./);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  assert.ok(references.length > 50);
  for (const reference of references) {
    const target = reference.split("/").reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      document,
    );
    assert.ok(target !== undefined, reference);
  }
});

Deno.test("every operation has a unique id, its path parameters, and a response", async () => {
  await using service = new TestService();
  const ids = new Set<string>();
  for (const { path, method, operation } of operationsOf(await documentOf(service))) {
    assert.ok(!ids.has(operation.operationId), operation.operationId);
    ids.add(operation.operationId);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const given = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    assert.deepEqual(given.map(({ name }) => name), named, `${method} ${path}`);
    assert.ok(given.every(({ required }) => required === true), path);
    assert.ok(["200", "201", "303"].some((status) => status in operation.responses), path);
  }
});

Deno.test("an operation id is a verb and a noun in camelCase", async () => {
  await using service = new TestService();
  for (const { operation_id } of service.app.declared) {
    assert.match(operation_id, /^[a-z]+([A-Z][a-z0-9]*)+$/);
  }
});

Deno.test("the problems of an authenticated call are documented: key, company and body", async () => {
  await using service = new TestService();
  const { responses, security } = (await documentOf(service)).paths["/v1/companies/{company}/messages"]!
    .post!;
  assert.deepEqual(Object.keys(responses), [
    "200",
    "400",
    "401",
    "403",
    "404",
    "408",
    "409",
    "413",
    "415",
    "422",
    "429",
    "500",
    "503",
  ]);
  assert.ok("application/problem+json" in responses["409"]!.content);
  assert.deepEqual(security, [{ key: ["ingest"] }]);
});

Deno.test("the webhook of Meta, which accepts any JSON, is documented without 422", async () => {
  await using service = new TestService();
  const { responses } = (await documentOf(service)).paths["/webhooks/whatsapp"]!.post!;
  assert.deepEqual(Object.keys(responses), ["200", "400", "401", "408", "413", "415", "500", "503"]);
});

Deno.test("the schema of a body is documented as it is validated", async () => {
  await using service = new TestService();
  // deno-lint-ignore no-explicit-any
  const { Send, Offer } = ((await documentOf(service)) as any).components.schemas;
  assert.deepEqual(Send.required, ["message_id", "to", "kind"]);
  assert.equal(Send.additionalProperties, false);
  assert.deepEqual(Send.properties.kind.enum, ["template", "free_form"]);
  assert.equal(Offer.properties.excess_credit_price.example, "0.15");
});

Deno.test("the documentation page has no inline script and loads from no other origin", async () => {
  await using service = new TestService();
  const response = await service.app.hono.request("/docs");
  const page = await response.text();
  assert.match(response.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  assert.doesNotMatch(page, /<script[^>]*>[^<]/);
  assert.doesNotMatch(page, /https?:\/\//);
  const start = await service.app.hono.request("/docs/start.js");
  assert.match(start.headers.get("content-type") ?? "", /^text\/javascript/);
  assert.match(await start.text(), /\/openapi\.json/);
});

Deno.test("every file of the documentation page is served, and nothing else", async () => {
  await using service = new TestService();
  const page = await (await service.app.hono.request("/docs")).text();
  for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const response = await service.app.hono.request(path!);
    assert.equal(response.status, 200, path!);
    await response.body?.cancel();
  }
  for (const path of ["/docs/package.json", "/docs/..%2Fpackage.json", "/docs/toString"]) {
    const response = await service.app.hono.request(path);
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("Scalar's script is sent compressed, and unpacked only to a client that does not take gzip", async () => {
  await using service = new TestService();
  const read = async (encoding: string) => {
    const headers = { "accept-encoding": encoding };
    const response = await service.app.hono.request("/docs/scalar.js", { headers });
    return { coding: response.headers.get("content-encoding"), bytes: await response.bytes() };
  };
  const packed = await read("gzip, br");
  const plain = await read("identity");
  assert.deepEqual([packed.coding, plain.coding], ["gzip", null]);
  assert.deepEqual(new Uint8Array(gunzipSync(packed.bytes)), plain.bytes);
});

Deno.test("Scalar reads our document, and everything that would contact another service is off", async () => {
  await using service = new TestService();
  const start = await (await service.app.hono.request("/docs/start.js")).text();
  const settings = JSON.parse(start.match(/^Scalar\.createApiReference\("#docs", (.*)\);$/m)![1]!);
  assert.equal(settings.url, "/openapi.json");
  assert.deepEqual([settings.telemetry, settings.withDefaultFonts, settings.hideClientButton], [
    false,
    false,
    true,
  ]);
  assert.deepEqual([settings.agent, settings.mcp], [{ disabled: true }, { disabled: true }]);
});

Deno.test("calls open to viewers are documented, and change nothing except the session", async () => {
  await using service = new TestService();
  const operations = operationsOf(await documentOf(service));
  const open = operations.filter(({ operation }) => JSON.stringify(operation.security).includes("viewer"));
  assert.ok(open.some(({ path }) => path === "/v1/companies/{company}/balance/stream"));
  const not_by_get = open.filter(({ method }) => method !== "get").map(({ path }) => path);
  assert.deepEqual(not_by_get, ["/v1/companies/{company}/quotes", "/reports/credits/{company}/logout"]);
  assert.ok(!open.some(({ path }) => /^\/v1\/(keys|quarantine)/.test(path)));
});
