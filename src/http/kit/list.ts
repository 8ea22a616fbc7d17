import type { z } from "@hono/zod-openapi";
import { type Column, columnsOf, CSV_TYPE, csvResponse, csvWriter, wantsCsv } from "./csv.ts";
import { csvLanguageOf, type PeopleColumn, peopleCsvWriter } from "./csv_for_people.ts";
import type { Language } from "../../domain/receipt.ts";
import { listOf } from "./fields.ts";
import { Problem } from "./problems.ts";
import { type Api, type Call, type RequestInput, route } from "./route.ts";

/** Rows of a page of a download. */
const DOWNLOAD_PAGE_ROWS = 1_000;

/** The declaration of a list: a call that answers with pages of rows. */
export interface ListCall<Params, Query, Row extends z.ZodObject>
  extends Omit<Call<Params, Query, unknown, unknown>, "method" | "body" | "answer" | "produces" | "status"> {
  readonly row: Row;
  /** Fields of the response beside the page. */
  readonly extra_fields?: z.ZodRawShape;
  /** The file name of a download, after the company: `ledger`. */
  readonly file: string;
  /** The columns of a download, where they depend on the query. */
  readonly columns?: (query: Query) => readonly Column[];
  /** The download in the form for people. Its query has the field `locale`. Without it every CSV is for programs. */
  readonly forPeople?: (
    input: RequestInput<Params, Query, unknown>,
    language: Language,
  ) => Promise<FileForPeople<z.infer<Row>> | Problem>;
}

/** The content of a download in the form for people. */
export interface FileForPeople<Row> {
  readonly columns: readonly PeopleColumn<Row>[];
  /** Reads the rows in an order of their own. By default it is the order of the list. */
  readonly readPage?: (page: DownloadPage) => Promise<Page<Row> | Problem>;
}

/** A page of a list. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/**
 * Adds a list to the app: one page as JSON, or the whole filtered list as CSV when the request prefers CSV. Both read
 * with `readPage`, so they have the same rows.
 *
 * @param readPage reads one page, by the `limit` and `cursor` of the query
 */
export function list<Params, Query, Row extends z.ZodObject>(
  api: Api,
  call: ListCall<Params, Query, Row>,
  readPage: (input: RequestInput<Params, Query, unknown>) => Promise<Page<z.infer<Row>> | Problem>,
): void {
  const { row, extra_fields = {}, file, columns: _, forPeople, ...declared } = call;
  const all_columns = columnsOf(row);
  route(api, {
    ...declared,
    description: `${call.description ?? ""} With \`Accept: text/csv\`: the whole filtered list as a file.`
      .trim(),
    method: "get",
    answer: listOf(row).extend(extra_fields) as z.ZodType<unknown>,
    also_produces: CSV_TYPE,
  }, async (input) => {
    if (!wantsCsv(input.request)) return await readPage(input);
    const company = (input.params as { readonly company?: string } | undefined)?.company;
    const name = `${company === undefined ? "" : `${company}-`}${file}.csv`;
    const readRows = (page: DownloadPage) => readPage(pageInput(input, page));
    const { locale } = (input.query ?? {}) as { readonly locale?: string };
    const language = forPeople === undefined ? undefined : csvLanguageOf(locale, input.request);
    if (forPeople === undefined || language === undefined) {
      const write = csvWriter(call.columns?.(input.query) ?? all_columns);
      return await download(api, input, { route: call.path, name, write }, readRows);
    }
    const file_for_people = await forPeople(input, language);
    if (file_for_people instanceof Problem) return file_for_people;
    const write = peopleCsvWriter(file_for_people.columns, language);
    return await download(
      api,
      input,
      { route: call.path, name, write },
      file_for_people.readPage ?? readRows,
    );
  });
}

/** The file of a download. */
export interface ListFile<Row> {
  /** The route template, for the error log. */
  readonly route: string;
  readonly name: string;
  /** Encodes one page of rows after another. */
  readonly write: (rows: readonly Row[]) => Uint8Array<ArrayBuffer>;
}

/** The position and size of a page of a download. */
export interface DownloadPage {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Sends a whole list as a file. Pages are read as the client takes them. */
export async function download<Row>(
  { downloads, error_log, isTransientError }: Api,
  { caller, request_id }: Pick<RequestInput<unknown, unknown, unknown>, "caller" | "request_id">,
  { route, name, write }: ListFile<Row>,
  readPage: (page: DownloadPage) => Promise<Page<Row> | Problem>,
): Promise<Response | Problem> {
  const readFrom = (cursor: string | undefined) => readPage({ limit: DOWNLOAD_PAGE_ROWS, cursor });
  const started = await downloads.start(caller, async () => {
    const first = await readFrom(undefined);
    if (first instanceof Problem) return first;
    const next = pagesFrom(first, readFrom);
    return async () => {
      try {
        if (caller.lease?.ended) throw new Error("The caller's access has ended.");
        const rows = await next();
        return rows && write(rows);
      } catch (error) {
        error_log.log(error, route, request_id, isTransientError(error));
        throw error;
      }
    };
  });
  return started instanceof Problem ? started : csvResponse(name, started);
}

/** Returns a request's input with the cursor and limit of a page of a download. */
function pageInput<Params, Query, Body>(
  input: RequestInput<Params, Query, Body>,
  page: DownloadPage,
): RequestInput<Params, Query, Body> {
  return { ...input, query: { ...input.query, ...page } as Query };
}

/** Returns a function that returns the rows of the first page, then of each next page, then undefined. */
function pagesFrom<Row>(
  first: Page<Row>,
  read: (cursor: string) => Promise<Page<Row> | Problem>,
): () => Promise<readonly Row[] | undefined> {
  let page: Page<Row> | undefined;
  return async () => {
    if (page === undefined) return (page = first).data;
    if (page.next_cursor === null) return undefined;
    const result = await read(page.next_cursor);
    if (result instanceof Problem) throw new Error(`Download aborted: ${result.code}.`);
    page = result;
    return page.data;
  };
}
