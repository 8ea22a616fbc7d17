import assert from "node:assert/strict";
import { createApp } from "../../../src/http/app.ts";
import { listen } from "../../../src/http/listen.ts";
import { ADMIN_KEY, TestService, ZONE } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const PROFILE = { name: "Acme", time_zone: ZONE };
const RUN = { id: "run-1", feature: "automation.run", quantity: 1 };
const SEND = { message_id: "wamid.A1", to: "5511977770001", kind: "template", category: "utility" };

/** Calls with one text replaced, by the field that the refusal names. */
const NAMES: Readonly<Record<string, (text: string) => readonly [string, string, unknown]>> = {
  "name": (name) => ["PUT", "/v1/companies/new", { ...PROFILE, name }],
  "name.en": (en) => ["PUT", "/v1/features/sms.sent", { credits: 1, name: { "pt-BR": "SMS", en } }],
  "name.pt-BR": (
    name,
  ) => ["PUT", "/v1/features/sms.sent", { credits: 1, name: { "pt-BR": name, en: "SMS" } }],
  "name of a key": (name) => ["POST", "/v1/keys", { name, scope: "read" }],
};

const IDS: Readonly<Record<string, (text: string) => readonly [string, string, unknown]>> = {
  "id": (id) => ["POST", `${ACME}/usage`, { ...RUN, id }],
  "[1].id": (id) => ["POST", `${ACME}/usage`, [RUN, { ...RUN, id }]],
  "message_id": (message_id) => ["POST", `${ACME}/messages`, { ...SEND, message_id }],
  "phone_number_ids[0]": (id) => ["PUT", "/v1/companies/new", { ...PROFILE, phone_number_ids: [id] }],
  "company": (company) => ["POST", "/v1/keys", { name: "export", scope: "read", company }],
};

Deno.test("a blank or invisible name is 422 in every call, names its field and changes nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  const before = await stateOf(service);
  for (const [field, callWith] of Object.entries(NAMES)) {
    for (const name of [" ", "\u200b", "\u00a0\ufeff", "\n", "A\u0007", "\ud800"]) {
      const problem = await service.requestProblem(...callWith(name));
      assert.deepEqual([problem.status, problem.code], [422, "invalid_request"], field);
      assert.deepEqual(problem.errors?.map(({ path }) => path), [field.split(" ")[0]]);
      assert.match(problem.detail, / must (not )?have .+: /);
    }
  }
  assert.deepEqual(await stateOf(service), before);
});

Deno.test("the ids . and .. and invisible ids are 422 in every call, and change nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  const before = await stateOf(service);
  for (const [field, callWith] of Object.entries(IDS)) {
    for (const id of [".", "..", " ", "\u200b", "a\u0000"]) {
      const problem = await service.requestProblem(...callWith(id));
      assert.deepEqual(
        [problem.status, problem.code],
        [422, "invalid_request"],
        `${field}: ${JSON.stringify(id)}`,
      );
      assert.deepEqual(problem.errors?.map(({ path }) => path), [field]);
      assert.ok(problem.detail.startsWith(`${field} must `));
    }
  }
  assert.deepEqual(await stateOf(service), before);
});

Deno.test("the company . or .. is 422 in a raw request too, which no client has normalised", async () => {
  await using service = new TestService();
  const server = listenWith(service);
  try {
    for (const id of [".", "..", "%2e", "%2e%2e", "%2E.", ".%2e"]) {
      const answer = await rawRequest(server.addr.port, "PUT", `/v1/companies/${id}`, PROFILE);
      assert.match(answer, /^HTTP\/1\.1 422 .*"path":"company"/s, id);
      for (const call of ["balance", "contract", "usage"]) {
        assert.match(
          await rawRequest(server.addr.port, "GET", `/v1/companies/${id}/${call}`),
          /^HTTP\/1\.1 404 /,
        );
      }
    }
    assert.deepEqual((await service.readJson("GET", "/v1/companies")).data, []);
  } finally {
    await server.shutdown();
  }
});

Deno.test("the ids . and .. of a key, an endpoint, an event and a feature name nothing", async () => {
  await using service = new TestService();
  const server = listenWith(service);
  try {
    for (const id of ["..", "%2e%2e"]) {
      for (
        const [method, path] of [
          ["DELETE", `/v1/keys/${id}`],
          ["DELETE", `/v1/webhook_endpoints/${id}`],
          ["POST", `/v1/quarantine/${id}/replay`],
          ["POST", `/v1/companies/acme/messages/${id}/failed`],
          ["PUT", `/v1/features/${id}`],
          ["DELETE", `/v1/companies/acme/contacts/${id}`],
        ] as const
      ) {
        const answer = await rawRequest(
          server.addr.port,
          method,
          path,
          method === "PUT" ? { credits: 1 } : undefined,
        );
        assert.match(answer, /^HTTP\/1\.1 4(04|05|22) /, `${method} ${path}`);
      }
    }
  } finally {
    await server.shutdown();
  }
});

Deno.test("a name with bidirectional controls is accepted and returned as it is", async () => {
  await using service = new TestService();
  const name = "Acme \u202eevil\u202c \u2067שלום\u2069";
  assert.equal((await service.createCompany("acme", { name })).name, name);
});

Deno.test("a parameter that a call does not have is 422, also in a call without parameters", async () => {
  await using service = new TestService();
  await service.createCompany();
  for (
    const [method, path, body] of [
      ["PUT", "/v1/companies/new?dry_run=true", PROFILE],
      ["GET", `${ACME}/contract?version=1`, undefined],
      ["GET", `${ACME}/ledger?form=2026-11-01`, undefined],
      ["POST", `${ACME}/contract/cancellation?from=2026-12-01`, undefined],
    ] as const
  ) {
    const problem = await service.requestProblem(method, path, body);
    const name = path.slice(path.indexOf("?") + 1, path.indexOf("="));
    assert.deepEqual([problem.status, problem.errors], [422, [
      { path: name, message: `Unknown field \`${name}\`. Remove it.` },
    ]]);
  }
  assert.equal((await service.requestProblem("GET", "/v1/companies/new")).code, "company_not_found");
});

Deno.test("an endpoint's URL with spaces or line breaks is 422: a parser would remove them", async () => {
  await using service = new TestService();
  for (
    const url of [
      " https://platform.example/hook",
      "https://platform.exam\nple/",
      "https://platform.example/\t",
    ]
  ) {
    const problem = await service.requestProblem("POST", "/v1/webhook_endpoints", { url });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "url"], JSON.stringify(url));
  }
});

/** Everything that the calls of these tests could change. */
async function stateOf(service: TestService): Promise<unknown> {
  const paths = ["/v1/companies", "/v1/features", "/v1/keys", `${ACME}/ledger`, `${ACME}/usage`];
  return await Promise.all(paths.map((path) => service.readJson("GET", path)));
}

/** Serves without conformance checks: those read the path of a URL, which is normalised. */
function listenWith({ options }: TestService) {
  const { hono } = createApp(options);
  return listen({ port: 0, host: "127.0.0.1", connections_max: 100 }, (request) => hono.fetch(request));
}

/** Sends a request with exactly this path and returns the whole response. */
async function rawRequest(port: number, method: string, path: string, body?: unknown): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const content = body === undefined ? "" : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    `Authorization: Bearer ${ADMIN_KEY}`,
    "Content-Type: application/json",
    `Content-Length: ${content.length}`,
    "Connection: close",
  ];
  await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${content}`));
  return await new Response(connection.readable).text();
}
