/** Relatórios > Créditos: the page people keep open, what it loads, and its history as a file. */

import { z } from "@hono/zod-openapi";
import type { CompanyId } from "../../domain/types.ts";
import { ASSETS } from "../../web/assets.ts";
import { creditsPage } from "../../web/report/page.tsx";
import type { Caller } from "../middleware/authentication.ts";
import { columnsOf, CSV_TYPE } from "../kit/csv.ts";
import { EntryBody, ledgerPage } from "../resources/ledger.ts";
import { download, type DownloadPage } from "../kit/list.ts";
import { invalidProblem, noCompany, Problem, problemOf } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { PAGE_PATH as PATH, pagesIn } from "./html.ts";
import { pack, type Packed, packedResponse } from "./gzip.ts";
import { HistoryQuery, inOrder, PageQuery } from "./report_query.ts";
import { type Books, historyFilter, readPage } from "./report_view.ts";
import { Shelf } from "./render_cache.ts";

const FOREVER = "public, max-age=31536000, immutable";

/** The page, and its history as CSV. */
export function reportPage(
  api: Api,
  { frame_ancestors, ...books }: Books & { readonly frame_ancestors: readonly string[] },
): void {
  const shown = pagesIn(frame_ancestors);
  const shared = {
    method: "get",
    policy: { scope: "read", bound_too: true },
    tag: "The page",
    problems: [404, 503],
    show_problem: shown.problem,
  } as const;

  const shelf = new Shelf<Packed | Problem>(() => performance.now());
  route(api, {
    ...shared,
    path: PATH,
    summary: "Relatórios > Créditos, for people",
    query: PageQuery,
    produces: "text/html",
    answer: z.string(),
  }, async ({ query: asked, caller, request }) => {
    const query = inOrder(asked);
    const company = companyOf(query.company, caller);
    if (company instanceof Problem) return company;
    const answer = await books.companies.ask(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOf(answer);
    const accept_language = request.headers.get("accept-language");
    const { kind, sees_contacts } = caller;
    const { version } = answer.balance;
    // Whatever a page depends on but the time.
    const key = JSON.stringify([company, version, kind, sees_contacts, accept_language, query]);
    const made = await shelf.take(key, async () => {
      const view = await readPage(books, company, query, { caller, accept_language });
      return view instanceof Problem ? view : pack(creditsPage(view));
    });
    return made instanceof Problem ? made : shown.page(made, request);
  });

  const file = { path: `${PATH}/history.csv`, columns: columnsOf(EntryBody) };
  route(api, {
    ...shared,
    path: file.path,
    summary: "The history that the page filters, as a file",
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
    return await download(api, asked, { ...file, name: `${company}-ledger.csv` }, read);
  });
}

/** What the page loads. */
export function reportAssets(api: Api): void {
  const assets = new Map(
    Object.values(ASSETS).map(({ name, type, text }) => [name, { type, packed: pack(text) }]),
  );
  route(api, {
    method: "get",
    path: "/reports/assets/{file}",
    policy: "public",
    tag: "The page",
    summary: "The style, script and icon of the page",
    description: "Under names that change with what they hold: they may be kept for ever.",
    params: z.object({ file: z.string() }),
    produces: ["text/css", "text/javascript", "image/svg+xml"],
    answer: z.string(),
    problems: [404],
  }, ({ params, request }) => {
    const asset = assets.get(params.file);
    if (asset === undefined) return new Problem(404, "no_path", "there is nothing here: load the page anew");
    return packedResponse(asset.packed, request, { "content-type": asset.type, "cache-control": FOREVER });
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
