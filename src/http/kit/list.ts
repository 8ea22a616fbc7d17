import type { z } from "@hono/zod-openapi";
import { type Column, columnsOf, CSV_TYPE, csvResponse, csvWriter, wantsCsv } from "./csv.ts";
import { listOf } from "./fields.ts";
import { Problem } from "./problems.ts";
import { type Api, type Asked, type Call, route } from "./route.ts";

/** Rows read at once for a download. */
const DOWNLOAD_PAGE_ROWS = 1_000;

/** How a list is declared: a call whose answer is pages of rows. */
export interface ListCall<Params, Query, Row extends z.ZodObject>
  extends Omit<Call<Params, Query, unknown, unknown>, "method" | "body" | "answer" | "produces" | "status"> {
  readonly row: Row;
  /** What an answer has beside its page. */
  readonly beside?: z.ZodRawShape;
  /** What a download is called, after the company: `ledger`. */
  readonly file: string;
  /** The columns of a download, where they depend on the question. */
  readonly columns?: (query: Query) => readonly Column[];
}

/** A page of a list. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/**
 * Adds a list to the app: a page of it as JSON, or all that the filter asks for as CSV when the request prefers
 * that. Both come of the same reader, so that they have the same rows.
 *
 * @param read one page, by the `limit` and `cursor` of the query
 */
export function list<Params, Query, Row extends z.ZodObject>(
  api: Api,
  call: ListCall<Params, Query, Row>,
  read: (asked: Asked<Params, Query, unknown>) => Promise<Page<z.infer<Row>> | Problem>,
): void {
  const { row, beside = {}, file, columns: _, ...declared } = call;
  const all_columns = columnsOf(row);
  route(api, {
    ...declared,
    description: `${call.description ?? ""} With \`Accept: text/csv\` the whole filtered list, as a file.`
      .trim(),
    method: "get",
    answer: listOf(row).extend(beside) as z.ZodType<unknown>,
    also_produces: CSV_TYPE,
  }, async (asked) => {
    if (!wantsCsv(asked.request)) return await read(asked);
    const company = (asked.params as { readonly company?: string } | undefined)?.company;
    const name = `${company === undefined ? "" : `${company}-`}${file}.csv`;
    const columns = call.columns?.(asked.query) ?? all_columns;
    const list_file = { path: call.path, name, columns };
    return await download(api, asked, list_file, (page) => read(ofWhole(asked, page)));
  });
}

/** The file a list is downloaded as. */
export interface ListFile {
  /** The template of the call, for whoever reads of a fault in the log. */
  readonly path: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A page of a download: of so many rows, from a place on. */
export interface DownloadPage {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** All that a list has, as a file that is read as it is taken. */
export async function download<Row>(
  { downloads, faults, isOutage }: Api,
  { caller, request_id }: Pick<Asked<unknown, unknown, unknown>, "caller" | "request_id">,
  { path, name, columns }: ListFile,
  read: (page: DownloadPage) => Promise<Page<Row> | Problem>,
): Promise<Response | Problem> {
  const readFrom = (cursor: string | undefined) => read({ limit: DOWNLOAD_PAGE_ROWS, cursor });
  const body = await downloads.begin(caller, async () => {
    const first = await readFrom(undefined);
    if (first instanceof Problem) return first;
    const next = pagesFrom(first, readFrom);
    const write = csvWriter(columns);
    return async () => {
      try {
        if (caller.admission?.ended) throw new Error("what the caller was let in by has ended");
        const rows = await next();
        return rows && write(rows);
      } catch (error) {
        faults.failed(error, path, request_id, isOutage(error));
        throw error;
      }
    };
  });
  return body instanceof Problem ? body : csvResponse(name, body);
}

/** Asks for a page of a download; a list that is always whole has neither of the two to give. */
function ofWhole<Params, Query, Body>(
  asked: Asked<Params, Query, Body>,
  page: DownloadPage,
): Asked<Params, Query, Body> {
  return { ...asked, query: { ...asked.query, ...page } as Query };
}

/** Hands out the rows of a first page, then of those that follow it. */
function pagesFrom<Row>(
  first: Page<Row>,
  read: (cursor: string) => Promise<Page<Row> | Problem>,
): () => Promise<readonly Row[] | undefined> {
  let page: Page<Row> | undefined;
  return async () => {
    if (page === undefined) return (page = first).data;
    if (page.next_cursor === null) return undefined;
    const next = await read(page.next_cursor);
    if (next instanceof Problem) throw new Error(`a download broke off: ${next.code}`);
    page = next;
    return page.data;
  };
}
