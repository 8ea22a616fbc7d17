/** The report page Relatórios > Créditos, its assets, and its history as CSV. */

import { z } from "@hono/zod-openapi";
import type { CompanyId } from "../../domain/types.ts";
import { ASSETS } from "../../web/assets.ts";
import { creditsPage } from "../../web/report/page.tsx";
import type { Caller } from "../middleware/authentication.ts";
import { columnsOf, CSV_TYPE } from "../kit/csv.ts";
import { EntryBody, ledgerPage } from "../resources/ledger.ts";
import { download, type DownloadPage } from "../kit/list.ts";
import { companyNotFound, invalidRequest, Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { createPages, REPORT_PATH as PATH } from "./html.ts";
import { gzip, type Gzipped, gzippedResponse } from "./gzip.ts";
import { HistoryQuery, PageQuery, withOrderedDates } from "./report_query.ts";
import { historyFilter, readPage, type ReportSources } from "./report_view.ts";
import { RenderCache } from "./render_cache.ts";

const FOREVER = "public, max-age=31536000, immutable";

/** Adds the page, and its history as CSV. */
export function reportPage(
  api: Api,
  { frame_ancestors, ...books }: ReportSources & { readonly frame_ancestors: readonly string[] },
): void {
  const shown = createPages(frame_ancestors);
  const shared = {
    method: "get",
    policy: { scope: "read", bound_too: true },
    tag: "The page",
    problems: [404, 503],
    renderProblem: shown.problemResponse,
  } as const;

  const shelf = new RenderCache<Gzipped | Problem>(() => performance.now());
  route(api, {
    ...shared,
    path: PATH,
    summary: "The report page Relatórios > Créditos",
    query: PageQuery,
    produces: "text/html",
    answer: z.string(),
  }, async ({ query: asked, caller, request }) => {
    const query = withOrderedDates(asked);
    const company = companyOf(query.company, caller);
    if (company instanceof Problem) return company;
    const answer = await books.companies.execute(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOfAnswer(answer);
    const accept_language = request.headers.get("accept-language");
    const { kind, sees_contacts } = caller;
    const { version } = answer.balance;
    // Everything that the page depends on, except the time.
    const key = JSON.stringify([company, version, kind, sees_contacts, accept_language, query]);
    const made = await shelf.get(key, async () => {
      const view = await readPage(books, company, query, { caller, accept_language });
      return view instanceof Problem ? view : gzip(creditsPage(view));
    });
    return made instanceof Problem ? made : shown.pageResponse(made, request);
  });

  const file = { path: `${PATH}/history.csv`, columns: columnsOf(EntryBody) };
  route(api, {
    ...shared,
    path: file.path,
    summary: "The filtered history of the page as a file",
    description: "The rows and columns of the ledger as CSV.",
    query: HistoryQuery,
    produces: CSV_TYPE,
    answer: z.string(),
  }, async (asked) => {
    const { query, caller } = asked;
    const company = companyOf(query.company, caller);
    if (company instanceof Problem) return company;
    const read = (page: DownloadPage) =>
      ledgerPage(books, company, { ...historyFilter(query), ...page }, caller);
    return await download(api, asked, { ...file, route: file.path, name: `${company}-ledger.csv` }, read);
  });
}

/** Adds the assets of the page. */
export function reportAssets(api: Api): void {
  const assets = new Map(
    Object.values(ASSETS).map(({ name, type, text }) => [name, { type, packed: gzip(text) }]),
  );
  route(api, {
    method: "get",
    path: "/reports/assets/{file}",
    policy: "public",
    tag: "The page",
    summary: "The style, script and icon of the page",
    description: "The name of a file changes with its content, so it may be cached for ever.",
    params: z.object({ file: z.string() }),
    produces: ["text/css", "text/javascript", "image/svg+xml"],
    answer: z.string(),
    problems: [404],
  }, ({ params, request }) => {
    const asset = assets.get(params.file);
    if (asset === undefined) return new Problem(404, "route_not_found", "No such file: reload the page.");
    return gzippedResponse(asset.packed, request, { "content-type": asset.type, "cache-control": FOREVER });
  });
}

/** Returns the only company of the caller, or the one in the query. */
function companyOf(named: CompanyId | undefined, caller: Caller): CompanyId | Problem {
  if (caller.company !== undefined) {
    return named === undefined || named === caller.company ? caller.company : companyNotFound();
  }
  const message = "company is required: your key has access to several companies";
  return named ?? invalidRequest([{ path: "company", message }]);
}
