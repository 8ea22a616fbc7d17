/** Answers that people read in a browser. */

import type { Language } from "../../domain/receipt.ts";
import { problemPage } from "../../web/problem_page.tsx";
import { mediaSpecificity, negotiate } from "../kit/accept.ts";
import type { Problem } from "../kit/problems.ts";
import { languageOf } from "../resources/receipt.ts";
import { type Gzipped, gzippedResponse } from "./gzip.ts";

const TYPES = ["text/html", "application/problem+json"] as const;

/** Where the report is, and whoever has nowhere else to go on from is sent. */
export const REPORT_PATH = "/reports/credits";

/** What makes answers of pages. */
export interface Pages {
  pageResponse(page: Gzipped, request: Request): Response;
  /** A problem as people need to hear it; undefined for a program, which asks for no page. */
  problemResponse(problem: Problem, request: Request, request_id: string): Response | undefined;
}

/** @param frame_ancestors origins whose pages may show ours in a frame */
export function createPages(frame_ancestors: readonly string[]): Pages {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyFor(frame_ancestors),
    vary: "accept-language",
  };
  return {
    pageResponse: (page, request) => gzippedResponse(page, request, headers),
    problemResponse: ({ status, headers: of_problem }, request, request_id) => {
      if (negotiate(request.headers.get("accept"), TYPES, mediaSpecificity) !== "text/html") return undefined;
      const language = pageLanguage(request);
      const href = status >= 500 || status === 429 ? new URL(request.url).search || "?" : REPORT_PATH;
      const text = problemPage({ language, status, request_id, href });
      return new Response(text, {
        status,
        headers: { ...of_problem, ...headers, "cache-control": "no-store", "x-request-id": request_id },
      });
    },
  };
}

function pageLanguage(request: Request): Language {
  const asked = new URL(request.url).searchParams.get("lang");
  return asked === "en" ? "en" : languageOf(request.headers.get("accept-language"), "pt-BR");
}

/** Nothing inline, nothing from elsewhere, and in nobody's frame but those that are configured. */
function policyFor(frame_ancestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frame_ancestors.length === 0 ? "'none'" : frame_ancestors.join(" ")}`,
  ].join("; ");
}
