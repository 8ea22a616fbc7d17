import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { VIEWER_COOKIE } from "../middleware/authentication.ts";
import { type Api, route } from "./route.ts";

/** The document itself; made when it is first asked for, since nothing is declared any more by then. */
export function openapi(api: Api): void {
  let made: unknown;
  route(api, {
    method: "get",
    path: "/openapi.json",
    policy: "public",
    tag: "Documentation",
    summary: "This document",
    answer: z.record(z.string(), z.unknown()),
  }, () => made ??= openApiDocument(api.hono));
}

/** Everything the service answers to, as OpenAPI 3.1. */
export function openApiDocument(hono: OpenAPIHono) {
  const { openAPIRegistry } = hono;
  openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "The root key (ADMIN_KEY), or one made with POST /v1/keys; beside it stands the least scope.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "viewer", {
    type: "apiKey",
    in: "cookie",
    name: VIEWER_COOKIE,
    description: "A person's session, opened by the link of POST /v1/companies/{company}/viewer_sessions.",
  });
  return hono.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Poli Credits", version: "1", description: DESCRIPTION },
    servers: [{ url: "/" }],
  });
}

const DESCRIPTION = `The real-time credit meter.

Instants are RFC 3339 in UTC, local dates ISO dates of the company's time zone, money decimal strings, credits
whole numbers. What a body may leave out may be null in it. What went wrong is told as a problem (RFC 9457) with a
stable \`code\`; what was not done for certain is a 503 with \`Retry-After\`, and asking again is always safe.`;
