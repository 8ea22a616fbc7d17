/** Relatórios > Créditos: the page people keep open, what it loads, and its history as a file. */

import { z } from "@hono/zod-openapi";
import { compress } from "hono/compress";
import type { CompanyId } from "../../domain/names.ts";
import type { Language } from "../../domain/receipt.ts";
import { ASSETS_BY_NAME } from "../../web/assets.ts";
import { creditsPage } from "../../web/page.tsx";
import { problemPage } from "../../web/problem_page.tsx";
import type { Caller } from "../authentication.ts";
import { columnsOf, CSV_TYPE, csvResponse } from "../csv.ts";
import { EntryBody, ledgerPage } from "../ledger.ts";
import { DOWNLOAD_PAGE_ROWS, pagesFrom } from "../list.ts";
import { invalidProblem, noCompany, Problem } from "../problems.ts";
import { languageOf } from "../receipt.ts";
import { type Api, route } from "../route.ts";
import { HistoryQuery, PageQuery } from "./query.ts";
import { type Books, historyFilter, readPage } from "./read.ts";

const PATH = "/reports/credits";
const FOREVER = "public, max-age=31536000, immutable";

/** The page, and its history as CSV. */
export function reportPage(
  api: Api,
  { frame_ancestors = [], ...books }: Books & { readonly frame_ancestors?: readonly string[] },
): void {
  const page_policy = policyFor(frame_ancestors);
  const html = (text: string, status = 200, headers: Readonly<Record<string, string>> = {}) =>
    new Response(`<!doctype html>${text}`, {
      status,
      headers: {
        ...headers,
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": page_policy,
        vary: "accept-language",
      },
    });
  const show_problem = (problem: Problem, request: Request, request_id: string) => {
    const { status, headers } = problem;
    const language = pageLanguage(request);
    const href = status >= 500 ? new URL(request.url).search || "?" : PATH;
    const text = problemPage({ language, status, request_id, href });
    return html(text, status, { ...headers, "cache-control": "no-store", "x-request-id": request_id });
  };
  const shared = {
    method: "get",
    policy: { scope: "read", bound_too: true },
    tag: "The page",
    problems: [404, 503],
    show_problem,
  } as const;

  api.hono.use("/reports/*", compress());
  route(api, {
    ...shared,
    path: PATH,
    summary: "Relatórios > Créditos, for people",
    query: PageQuery,
    produces: "text/html",
    answer: z.string(),
  }, async ({ query, caller, request }) => {
    const company = companyOf(query.company, caller);
    if (company instanceof Problem) return company;
    const reader = { caller, accept_language: request.headers.get("accept-language") };
    const view = await readPage(books, company, query, reader);
    return view instanceof Problem ? view : html(creditsPage(view));
  });

  route(api, {
    ...shared,
    path: `${PATH}/history.csv`,
    summary: "The history that the page filters, as a file",
    description: "The rows and columns of the ledger as CSV.",
    query: HistoryQuery,
    produces: CSV_TYPE,
    answer: z.string(),
  }, async ({ query, caller }) => {
    const company = companyOf(query.company, caller);
    if (company instanceof Problem) return company;
    const filter = { ...historyFilter(query), limit: DOWNLOAD_PAGE_ROWS };
    const read = (cursor: string | undefined) => ledgerPage(books, company, { ...filter, cursor }, caller);
    const first = await read(undefined);
    if (first instanceof Problem) return first;
    return csvResponse(`${company}-ledger.csv`, columnsOf(EntryBody), pagesFrom(first, read));
  });
}

/** What the page loads. */
export function reportAssets(api: Api): void {
  route(api, {
    method: "get",
    path: "/reports/assets/{file}",
    policy: "public",
    tag: "The page",
    summary: "The style, script and icon of the page",
    description: "Under names that change with what they hold: they may be kept for ever.",
    params: z.object({ file: z.string() }),
    produces: "text/javascript",
    answer: z.string(),
    problems: [404],
  }, ({ params }) => {
    const asset = ASSETS_BY_NAME.get(params.file);
    if (asset === undefined) return new Problem(404, "no_path", "there is nothing here: load the page anew");
    return new Response(asset.text, { headers: { "content-type": asset.type, "cache-control": FOREVER } });
  });
}

/** The company a caller is bound to, or the one that is named. */
function companyOf(named: CompanyId | undefined, caller: Caller): CompanyId | Problem {
  if (caller.company !== undefined) {
    return named === undefined || named === caller.company ? caller.company : noCompany();
  }
  const message = "company must be named by whoever may see several";
  return named ?? invalidProblem([{ path: "company", message }]);
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
