import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
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

async function documentOf(house: TestService): Promise<Document> {
  const response = await house.app.hono.request("/openapi.json");
  assert.equal(response.status, 200);
  return await response.json();
}

function operationsOf(document: Document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
}

Deno.test("the OpenAPI document has every route, and no other", async () => {
  await using house = new TestService();
  const documented = operationsOf(await documentOf(house)).map(({ method, path }) => `${method} ${path}`);
  const declared = house.app.declared.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), declared.sort());
});

Deno.test("every reference in the OpenAPI document leads somewhere", async () => {
  await using house = new TestService();
  const document = await documentOf(house);
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

Deno.test("every operation has an id of its own, its path's parameters, and an answer", async () => {
  await using house = new TestService();
  const ids = new Set<string>();
  for (const { path, method, operation } of operationsOf(await documentOf(house))) {
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
  await using house = new TestService();
  for (const { operation_id } of house.app.declared) {
    if (operation_id !== undefined) assert.match(operation_id, /^[a-z]+([A-Z][a-z0-9]*)+$/);
  }
});

Deno.test("what a guarded call can answer is documented: problems of the key, the company and the body", async () => {
  await using house = new TestService();
  const { responses, security } = (await documentOf(house)).paths["/v1/companies/{company}/messages"]!.post!;
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

Deno.test("a delivery of Meta's, of which any JSON is taken, is not documented as one that may not fit", async () => {
  await using house = new TestService();
  const { responses } = (await documentOf(house)).paths["/webhooks/whatsapp"]!.post!;
  assert.deepEqual(Object.keys(responses), ["200", "400", "401", "408", "413", "415", "500", "503"]);
});

Deno.test("a form that a body can have is documented as it is validated", async () => {
  await using house = new TestService();
  // deno-lint-ignore no-explicit-any
  const { Send, Offer } = ((await documentOf(house)) as any).components.schemas;
  assert.deepEqual(Send.required, ["message_id", "to", "kind"]);
  assert.equal(Send.additionalProperties, false);
  assert.deepEqual(Send.properties.kind.enum, ["template", "free_form"]);
  assert.equal(Offer.properties.excess_credit_price.example, "0.15");
});

Deno.test("the documentation for people has no script in its page and asks nobody else", async () => {
  await using house = new TestService();
  const response = await house.app.hono.request("/docs");
  const page = await response.text();
  assert.match(response.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  assert.doesNotMatch(page, /<script[^>]*>[^<]/);
  assert.doesNotMatch(page, /https?:\/\//);
  const start = await house.app.hono.request("/docs/start.js");
  assert.match(start.headers.get("content-type") ?? "", /^text\/javascript/);
  assert.match(await start.text(), /\/openapi\.json/);
});

Deno.test("every file the documentation's page names is served, and nothing else of the package", async () => {
  await using house = new TestService();
  const page = await (await house.app.hono.request("/docs")).text();
  for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const response = await house.app.hono.request(path!);
    assert.equal(response.status, 200, path!);
    await response.body?.cancel();
  }
  for (const path of ["/docs/package.json", "/docs/..%2Fpackage.json", "/docs/toString"]) {
    const response = await house.app.hono.request(path);
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("what the documentation is made of is fetched with the rest, and not when somebody opens it", async () => {
  const main = fileURLToPath(new URL("../../../main.ts", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", main] }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = modules.map(({ specifier }: { specifier: string }) => specifier);
  assert.ok(loaded.some((specifier: string) => specifier.includes("swagger-ui-dist")));
});

Deno.test("what a viewer may ask is documented as open to sessions, and nothing that changes anything but logging out", async () => {
  await using house = new TestService();
  const operations = operationsOf(await documentOf(house));
  const open = operations.filter(({ operation }) => JSON.stringify(operation.security).includes("viewer"));
  assert.ok(open.some(({ path }) => path === "/v1/companies/{company}/balance/stream"));
  const not_by_get = open.filter(({ method }) => method !== "get").map(({ path }) => path);
  assert.deepEqual(not_by_get, ["/v1/companies/{company}/quotes", "/reports/credits/logout"]);
  assert.ok(!open.some(({ path }) => /^\/v1\/(keys|quarantine)/.test(path)));
});
