import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { VERSION } from "../../config/version.ts";
import { viewerCookieName } from "../middleware/viewer_cookie.ts";
import { componentExamples, RECORDED } from "./examples.ts";
import { type Api, type Declaration, route } from "./route.ts";
import { TAG_GROUPS, TAGS } from "./tags.ts";

/** Adds the call that serves the OpenAPI document. It is built at the first request, when all calls are declared. */
export function openapi(api: Api): void {
  let document: unknown;
  route(api, {
    method: "get",
    path: "/openapi.json",
    operation_id: "getOpenApiDocument",
    policy: "public",
    tag: "Documentation",
    summary: "This OpenAPI document",
    answer: z.record(z.string(), z.unknown()),
  }, () => document ??= openApiDocument(api));
}

/** The calls of an app. */
export interface DeclaredCalls {
  readonly hono: OpenAPIHono;
  readonly declared: readonly Declaration[];
}

/** Builds the OpenAPI 3.1 document of all calls. */
export function openApiDocument({ hono, declared }: DeclaredCalls) {
  const { openAPIRegistry } = hono;
  for (const [name, example] of Object.entries(componentExamples(declared))) {
    openAPIRegistry.registerComponent("examples", name, example);
  }
  openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "The root key (ADMIN_KEY), or a key created with POST /v1/keys. The required scope is listed with it.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "viewer", {
    type: "apiKey",
    in: "cookie",
    name: viewerCookieName("{company}"),
    description:
      "A viewer's session of one company, opened by the link of POST /v1/companies/{company}/viewer_sessions.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "metaSignature", {
    type: "apiKey",
    in: "header",
    name: "X-Hub-Signature-256",
    description:
      "Meta's signature of the raw body: `sha256=` and the HMAC-SHA256 with the app's secret, in hex.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "alertSignature", {
    type: "apiKey",
    in: "header",
    name: "webhook-signature",
    description: "Our signature of an alert, by Standard Webhooks: verify it with the endpoint's secret.",
  });
  const document = hono.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Poli Credits",
      version: VERSION,
      description: DESCRIPTION,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
    tags: TAGS.map((tag) => ({ ...tag })),
    "x-tagGroups": TAG_GROUPS,
  });
  for (const call of declared) addParameterExamples(document.paths?.[call.path]?.[call.method], call);
  return document;
}

interface Documented {
  readonly parameters?: readonly object[];
}

/** Adds the values of the recorded request to the parameters whose schemas have no example. */
function addParameterExamples(operation: Documented | undefined, { operation_id }: Declaration): void {
  const request = RECORDED[operation_id]?.request;
  for (const parameter of (operation?.parameters ?? []) as readonly Parameter[]) {
    const value = request?.[parameter.in]?.[parameter.name];
    if (value === undefined || parameter.schema?.example !== undefined) continue;
    parameter.example = parameter.schema?.type === "integer" ? Number(value) : value;
  }
}

interface Parameter {
  readonly in: "path" | "query";
  readonly name: string;
  readonly schema?: { readonly type?: string; readonly example?: unknown };
  example?: unknown;
}

const DESCRIPTION =
  `The real-time credit meter for companies on WhatsApp. Every example is an answer of the service.

## Authentication

Send a key with every call of \`/v1\`: \`Authorization: Bearer KEY\`. Each call names the scope that its key needs:
\`read\`, \`ingest\`, \`admin\` or \`platform\`, of which each includes those before it. A company that a key cannot
access is answered as if it did not exist.

Scripts of pages of other origins read answers only if \`CORS_ORIGINS\` of the service lists their origin.

## Values

Instants are RFC 3339 in UTC. Local dates are ISO dates in the company's time zone. Money is a decimal string, credits
are whole numbers. Optional fields of a body may be null. Unknown fields and query parameters are refused.

## Errors

Errors are problems (RFC 9457). \`code\` is stable and meant for programs; \`detail\` says what is wrong, then what to do;
\`errors\` lists the invalid fields; the log has the \`request_id\`.
Send an id of your own in \`X-Request-Id\`: up to 128 letters, digits and \`. _ : / = -\`, at least one of them a letter.
Every answer has it, or a new id. A W3C \`traceparent\` is logged with it. Only a durable webhook of Meta has no id.
A 503 with \`Retry-After\` means that the outcome is unknown or the service is busy: a retry never charges twice.

## Repeated calls

A repeated call takes effect once: sends and usage by their own ids, any other POST by an \`Idempotency-Key\`. Send a new
random key with each new call, and the same one with its repetitions: they get the first answer, for 24 hours.

## Lists

Lists answer in pages: send \`next_cursor\` as \`cursor\` until it is null. With \`Accept: text/csv\` a list is one file.

## Rates

Each key and each company has a rate. \`RateLimit\` and \`RateLimit-Policy\` say what is left of it; past it a call is
429 with \`Retry-After\`.`;
