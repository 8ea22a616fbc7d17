import { z } from "@hono/zod-openapi";
import { landingPage } from "../../web/landing_page.tsx";
import { type Api, route } from "../kit/route.ts";
import { gzip } from "./gzip.ts";
import { createPages, pageLanguage } from "./html.ts";

/** Adds the start page at `/`. It is public and shows nothing of any company. */
export function landing(
  api: Api,
  { public_url, frame_ancestors }: {
    readonly public_url?: string | undefined;
    readonly frame_ancestors: readonly string[];
  },
): void {
  const pages = createPages(api.answers, frame_ancestors);
  route(api, {
    method: "get",
    path: "/",
    operation_id: "getStartPage",
    policy: "public",
    tag: "Documentation",
    summary: "The start page",
    description: "What the service is, and how to get a link to a company's report page.",
    produces: "text/html",
    answer: z.string(),
  }, ({ request }) => {
    const { origin } = new URL(public_url ?? request.url);
    return pages.pageResponse(gzip(landingPage(pageLanguage(request), origin)), request);
  });
}
