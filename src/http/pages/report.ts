/** The report page Relatórios > Créditos, its assets, and its history as CSV. */

import { z } from "@hono/zod-openapi";
import { ASSETS } from "../../web/assets.ts";
import { reportPath } from "../../web/report/href.ts";
import { creditsPage } from "../../web/report/page.tsx";
import { columnsOf, CSV_TYPE, csvWriter } from "../kit/csv.ts";
import { csvLanguageOf, peopleCsvWriter } from "../kit/csv_for_people.ts";
import { CompanyPath } from "../kit/fields.ts";
import { EMPTY_HISTORY, entriesByDate } from "../resources/history.ts";
import { readSearch, unreadableSearch } from "../resources/history_search.ts";
import { ledgerPage } from "../resources/ledger.ts";
import { EntryBody } from "../resources/ledger_entry.ts";
import { ledgerForPeople } from "../resources/ledger_for_people.ts";
import { download, type DownloadPage } from "../kit/list.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { createPages, type Pages } from "./html.ts";
import { gzip, type Gzipped, gzippedResponse } from "./gzip.ts";
import { HistoryQuery, PageQuery, withOrderedDates } from "./report_query.ts";
import { historyFilter, type PageSources, readPage, type ReportSources } from "./report_view.ts";
import { RenderCache } from "./render_cache.ts";

const PATH = reportPath("{company}");
const FOREVER = "public, max-age=31536000, immutable";

/** Adds the page, and its history as CSV. */
export function reportPage(
  api: Api,
  { frame_ancestors, ...sources }: PageSources & { readonly frame_ancestors: readonly string[] },
): void {
  const pages = createPages(api.answers, frame_ancestors);
  addPage(api, sources, pages);
  addHistory(api, sources, pages);
}

function sharedBy({ problemResponse }: Pages) {
  return {
    method: "get",
    policy: { scope: "read" },
    tag: "Report page",
    params: CompanyPath,
    problems: [403, 404, 503],
    renderProblem: problemResponse,
  } as const;
}

function addPage(api: Api, sources: PageSources, pages: Pages): void {
  const now_ms = () => performance.now();
  const cache = new RenderCache<Gzipped | Problem>(now_ms);
  route(api, {
    ...sharedBy(pages),
    path: PATH,
    operation_id: "getReportPage",
    summary: "The report page Relatórios > Créditos",
    query: PageQuery,
    produces: "text/html",
    answer: z.string(),
  }, async ({ params: { company }, query: parameters, caller, request }) => {
    const query = withOrderedDates(parameters);
    const answer = await sources.companies.execute(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOfAnswer(answer);
    const accept_language = request.headers.get("accept-language");
    const { kind, sees_contacts } = caller;
    const { version } = answer.balance;
    // Everything that the page depends on, except the time.
    const key = JSON.stringify([company, version, kind, sees_contacts, accept_language, query]);
    const page = await cache.get(key, async () => {
      const view = await readPage(sources, company, query, { caller, accept_language });
      return view instanceof Problem ? view : gzip(creditsPage(view));
    });
    return page instanceof Problem ? page : pages.pageResponse(page, request);
  });
}

function addHistory(api: Api, sources: ReportSources, pages: Pages): void {
  const file = `${PATH}/history.csv`;
  route(api, {
    ...sharedBy(pages),
    path: file,
    operation_id: "downloadReportHistory",
    summary: "The filtered history of the page as a file",
    description:
      "The CSV of the ledger, with the filters of the page. Its form follows `locale` as that of the ledger. With `search` " +
      "every form is in the order of the page: by local date.",
    query: HistoryQuery,
    produces: CSV_TYPE,
    answer: z.string(),
  }, async (input) => {
    const { params: { company }, query, caller, request } = input;
    const search = await readSearch(sources.companies, company, query.search, caller);
    if (search instanceof Problem) return search;
    const filter = { ...historyFilter(query), ...search?.filter };
    const readByDate = (page: DownloadPage) =>
      entriesByDate(sources, company, { ...filter, ...page }, caller);
    if (search !== null && search.error !== null) {
      const first = await readByDate({ limit: 1, cursor: undefined });
      if (first instanceof Problem) return first;
      if (first.data.length === 0) return unreadableSearch(search.error);
    }
    const list_file = { route: file, name: `${company}-ledger.csv` };
    const readNothing = search?.filter === null ? () => Promise.resolve(EMPTY_HISTORY) : undefined;
    const language = csvLanguageOf(query.locale, request);
    if (language === undefined) {
      // Only the order by date can be searched.
      const readRows = search === null
        ? (page: DownloadPage) => ledgerPage(sources, company, { ...filter, ...page }, caller)
        : readNothing ?? readByDate;
      return await download(api, input, { ...list_file, write: csvWriter(columnsOf(EntryBody)) }, readRows);
    }
    const for_people = await ledgerForPeople(sources, company, filter, { caller, language });
    if (for_people instanceof Problem) return for_people;
    const write = peopleCsvWriter(for_people.columns, language);
    return await download(
      api,
      input,
      { ...list_file, write },
      readNothing ?? for_people.readPage ?? readByDate,
    );
  });
}

/** Adds the assets of the page. */
export function reportAssets(api: Api): void {
  const assets = new Map(
    Object.values(ASSETS).map(({ name, type, text }) => [name, { type, gzipped: gzip(text) }]),
  );
  route(api, {
    method: "get",
    path: "/reports/assets/{file}",
    operation_id: "getReportAsset",
    policy: "public",
    tag: "Report page",
    summary: "The style, script and icon of the page",
    description: "The name of a file changes with its content, so it may be cached for ever.",
    params: z.object({ file: z.string() }),
    produces: ["text/css", "text/javascript", "image/svg+xml"],
    answer: z.string(),
    problems: [404],
  }, ({ params, request }) => {
    const asset = assets.get(params.file);
    if (asset === undefined) return new Problem(404, "route_not_found", "No such file: reload the page.");
    const headers = { "content-type": asset.type, "cache-control": FOREVER };
    return gzippedResponse(api.answers, asset.gzipped, request, headers);
  });
}
