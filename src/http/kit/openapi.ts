import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { viewerCookieName } from "../middleware/viewer_cookie.ts";
import { type Api, route } from "./route.ts";

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
  }, () => document ??= openApiDocument(api.hono));
}

/** Builds the OpenAPI 3.1 document of all calls. */
export function openApiDocument(hono: OpenAPIHono) {
  const { openAPIRegistry } = hono;
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
  return hono.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Poli Credits", version: "1", description: DESCRIPTION },
    servers: [{ url: "/" }],
  });
}

const DESCRIPTION = `The real-time credit meter.

Instants are RFC 3339 in UTC. Local dates are ISO dates in the company's time zone. Money is a decimal string, credits
are whole numbers. Optional fields of a body may be null. Errors are problems (RFC 9457) with a stable \`code\`. A 503
with \`Retry-After\` means that the outcome is unknown or the service is busy: a retry never charges twice.`;
