/** Responses that people read in a browser. */

import { type Language, LANGUAGES } from "../../domain/receipt.ts";
import { problemPage } from "../../web/problem_page.tsx";
import { mediaSpecificity, negotiate } from "../kit/accept.ts";
import type { Problem } from "../kit/problems.ts";
import { languageOf } from "../resources/receipt.ts";
import type { UnreadAnswers } from "../kit/unread_answers.ts";
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
export function createPages(answers: UnreadAnswers, frame_ancestors: readonly string[]): Pages {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyFor(frame_ancestors),
    vary: "accept-language",
  };
  return {
    pageResponse: (page, request) => gzippedResponse(answers, page, request, headers),
    problemResponse: ({ status, headers: of_problem }, request, request_id) => {
      if (negotiate(request.headers.get("accept"), TYPES, mediaSpecificity) !== "text/html") return undefined;
      const language = pageLanguage(request);
      const href = nextAddress(status, new URL(request.url));
      const text = problemPage({ language, status, request_id, href });
      return new Response(text, {
        status,
        headers: { ...of_problem, ...headers, "cache-control": "no-store", "x-request-id": request_id },
      });
    },
  };
}

/** Returns the address to continue at: the same one after an overload, the start page without a session. */
function nextAddress(status: number, { pathname, search }: URL): string {
  if (status >= 500 || status === 429) return search || "?";
  if (status === 401 || status === 403) return "/";
  return pathname.match(REPORT_PATH)?.[0] ?? "/";
}

/** Returns the language of the address, or else of the browser. */
export function pageLanguage({ url, headers }: Request): Language {
  const lang = new URL(url).searchParams.get("lang");
  return LANGUAGES.find((language) => language === lang) ??
    languageOf(headers.get("accept-language"), "pt-BR");
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
