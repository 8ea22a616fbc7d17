/** Responses that people read in a browser. */

import type { Language } from "../../domain/receipt.ts";
import { problemPage } from "../../web/problem_page.tsx";
import { mediaSpecificity, negotiate } from "../kit/accept.ts";
import type { Problem } from "../kit/problems.ts";
import { languageOf } from "../resources/receipt.ts";
import { type Gzipped, gzippedResponse } from "./gzip.ts";

const TYPES = ["text/html", "application/problem+json"] as const;

/** The path of a company's report page, at the beginning of its own path and of the paths below it. */
const REPORT_PATH = /^\/reports\/credits\/[^/]+/;

/** Builds the responses of pages. */
export interface Pages {
  pageResponse(page: Gzipped, request: Request): Response;
  /** Returns an error page; undefined for a client that does not prefer HTML. */
  problemResponse(problem: Problem, request: Request, request_id: string): Response | undefined;
}

/** Creates the responses of pages. @param frame_ancestors origins whose pages may embed ours in a frame */
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
      const { pathname, search } = new URL(request.url);
      const href = status >= 500 || status === 429 ? search || "?" : pathname.match(REPORT_PATH)?.[0] ?? "/";
      const text = problemPage({ language, status, request_id, href });
      return new Response(text, {
        status,
        headers: { ...of_problem, ...headers, "cache-control": "no-store", "x-request-id": request_id },
      });
    },
  };
}

function pageLanguage(request: Request): Language {
  const lang = new URL(request.url).searchParams.get("lang");
  return lang === "en" ? "en" : languageOf(request.headers.get("accept-language"), "pt-BR");
}

/** Builds the Content-Security-Policy: nothing inline, nothing from other origins, frames of configured origins only. */
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
