import { z } from "@hono/zod-openapi";
import type { Health } from "../../ports.ts";
import { type Api, route } from "../kit/route.ts";

const ReadinessBody = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string().optional()) });

/** What an orchestrator and Prometheus ask. */
export function health(api: Api, asked: Health): void {
  const open = { method: "get", policy: "public", tag: "Operations" } as const;
  route(api, {
    ...open,
    path: "/healthz",
    summary: "Whether the process lives",
    answer: z.object({ status: z.literal("ok") }),
  }, () => ({ status: "ok" as const }));

  route(api, {
    ...open,
    path: "/readyz",
    summary: "Whether requests can be served",
    answer: ReadinessBody,
    also_answers: { status: 503, description: "They cannot: `checks` says why." },
  }, async () => {
    const readiness = await asked.ready();
    return Response.json(readiness, { status: readiness.ready ? 200 : 503 });
  });

  route(api, {
    ...open,
    path: "/metrics",
    summary: "Metrics for Prometheus",
    produces: "text/plain",
    answer: z.string(),
  }, async () => {
    const { registry } = api.metrics;
    return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
  });
}
