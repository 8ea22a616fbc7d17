import assert from "node:assert/strict";
import { ALERT_TYPES } from "../../../src/domain/alerts.ts";
import { AlertBody } from "../../../src/http/resources/alert_body.ts";
import { PublishedDocument } from "../openapi_conformance.ts";
import { TestService } from "../test_service.ts";
import { EXAMPLES_PATH, recordExamples } from "./main.ts";

interface Media {
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly example?: unknown;
    readonly schema: { readonly example?: unknown };
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}

async function documentOf(service: TestService) {
  const document = await (await service.app.hono.request("/openapi.json")).json();
  const operations = Object.values<Record<string, Operation>>(document.paths).flatMap((path) =>
    Object.values(path)
  );
  return { document, operations };
}

Deno.test("the examples are what the service answers today", async () => {
  const committed = await Deno.readTextFile(EXAMPLES_PATH);
  assert.ok(
    committed === await recordExamples(),
    "run `deno task examples`, review the change, and commit it",
  );
});

Deno.test("every path parameter, body and answer has an example, and every error has its own", async () => {
  await using service = new TestService();
  const missing: string[] = [];
  for (
    const { operationId, parameters = [], requestBody, responses } of (await documentOf(service)).operations
  ) {
    for (const { in: place, name, schema, example = schema.example } of parameters) {
      if (place === "path" && example === undefined) missing.push(`${operationId} ${name}`);
    }
    const contents = [
      ["body", requestBody?.content ?? {}],
      ...Object.entries(responses).map(([status, { content = {} }]) => [status, content]),
    ] as const;
    for (const [place, content] of contents) {
      for (const [type, { examples = {} }] of Object.entries(content)) {
        // The page of an error is for people.
        if (type === "text/html" && place !== "200") continue;
        if (Object.keys(examples).length === 0) missing.push(`${operationId} ${place} ${type}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("every example fits its schema, and the example of an error has its status and code", async () => {
  await using service = new TestService();
  const { document, operations } = await documentOf(service);
  const published = new PublishedDocument(service.app);
  let problems = 0;
  for (const { responses } of operations) {
    for (const [status, { content }] of Object.entries(responses)) {
      const examples = content?.["application/problem+json"]?.examples ?? {};
      for (const [code, { $ref, value }] of Object.entries(examples)) {
        const shown = $ref === undefined
          ? value
          : document.components.examples[$ref.split("/").at(-1)!].value;
        assert.deepEqual([shown.status, shown.code], [Number(status), code]);
        problems++;
      }
    }
  }
  assert.ok(problems > 500, `${problems} problems`);
  const alerts: Media = document.webhooks.alert.post.requestBody.content["application/json"];
  const sent = Object.values(alerts.examples ?? {}).map(({ value }) => AlertBody.parse(value).type);
  assert.deepEqual(sent, [...ALERT_TYPES, "endpoint.test"]);
  assert.ok(published.assertExamples() > 150);
});
