import { z } from "@hono/zod-openapi";
import { VERSION } from "../../config/version.ts";
import type { Health } from "../../ports/runtime.ts";
import { type Api, route } from "../kit/route.ts";

const ReadinessBody = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string().optional()) });

/** Declares liveness, readiness and metrics. */
export function health(api: Api, checks: Health): void {
  const open = { method: "get", policy: "public", tag: "Operations" } as const;
  route(api, {
    ...open,
    path: "/healthz",
    operation_id: "getLiveness",
    summary: "Check liveness",
    description: "200 while the process runs, with the version of the service. Does not check the database.",
    answer: z.object({ status: z.literal("ok"), version: z.string() }),
  }, () => ({ status: "ok" as const, version: VERSION }));

  route(api, {
    ...open,
    path: "/readyz",
    operation_id: "getReadiness",
    summary: "Check readiness",
    description: "200 when the service can serve requests; `checks` gives the state of each dependency.",
    answer: ReadinessBody,
    also_answers: { status: 503, description: "Not ready: `checks` gives the reason." },
  }, async () => {
    const readiness = await checks.ready();
    return Response.json(readiness, { status: readiness.ready ? 200 : 503 });
  });

  route(api, {
    ...open,
    path: "/metrics",
    operation_id: "getMetrics",
    summary: "Get Prometheus metrics",
    produces: "text/plain",
    answer: z.string(),
  }, async () => {
    const { registry } = api.metrics;
    return api.answers.respond(await registry.metrics(), {
      headers: { "content-type": registry.contentType },
    });
  });
}
