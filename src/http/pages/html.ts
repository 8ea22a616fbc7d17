/** Responses that people read in a browser. */

import { type Language, LANGUAGES } from "../../domain/receipt.ts";
import { problemPage } from "../../web/problem_page.tsx";
import { mediaSpecificity, negotiate } from "../kit/accept.ts";
import type { Problem } from "../kit/problems.ts";
import { languageOf } from "../resources/receipt.ts";
import type { UnreadAnswers } from "../kit/unread_answers.ts";
import { type Gzipped, gzippedResponse } from "./gzip.ts";

const HTML = "text/html";
const JSON_PROBLEM = "application/problem+json";

/** Builds the responses of pages. */
export interface Pages {
  pageResponse(page: Gzipped, request: Request): Response;
  /** Returns an error page; undefined for a client that prefers JSON to HTML. */
  problemResponse(problem: Problem, request: Request, request_id: string): Response | undefined;
  /** Returns an error page for an address of no page; undefined for a client that does not prefer HTML to JSON. */
  unknownRouteResponse(problem: Problem, request: Request, request_id: string): Response | undefined;
}

/** Creates the responses of pages. @param frame_ancestors origins whose pages may embed ours in a frame */
export function createPages(answers: UnreadAnswers, frame_ancestors: readonly string[]): Pages {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyFor(frame_ancestors),
    vary: "accept-language",
  };
  const render = (problem: Problem, request: Request, request_id: string) => {
    const { status, code } = problem;
    const language = pageLanguage(request);
    const text = problemPage({ language, status, code, request_id, address: new URL(request.url) });
    return new Response(text, {
      status,
      headers: { ...problem.headers, ...headers, "cache-control": "no-store", "x-request-id": request_id },
    });
  };
  return {
    pageResponse: (page, request) => gzippedResponse(answers, page, request, headers),
    problemResponse: (problem, request, request_id) =>
      prefersHtml(request, [HTML, JSON_PROBLEM]) ? render(problem, request, request_id) : undefined,
    unknownRouteResponse: (problem, request, request_id) =>
      prefersHtml(request, [JSON_PROBLEM, HTML]) ? render(problem, request, request_id) : undefined,
  };
}

/** Reports whether a client prefers HTML. @param types the first is the default among equals */
function prefersHtml({ headers }: Request, types: readonly string[]): boolean {
  return negotiate(headers.get("accept"), types, mediaSpecificity) === HTML;
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
