import type { ApiClient } from "./api_client.ts";
import { type CallResult, dataOf } from "./api_error.ts";
import type { paths } from "./openapi.ts";

/** A page of a list. */
interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/** The GET of a list. */
interface PagedGet<Row> {
  readonly get: {
    readonly responses: { readonly 200: { readonly content: { readonly "application/json": Page<Row> } } };
  };
}

/** The path of a list of the API. */
export type PagedPath = { [Path in keyof paths]: paths[Path] extends PagedGet<unknown> ? Path : never }[
  keyof paths
];

/** A row of a list. */
export type RowOf<Path extends PagedPath> = paths[Path] extends PagedGet<infer Row> ? Row : never;

type Parameters<Path extends PagedPath> = paths[Path]["get"]["parameters"];

/** The parameters of a list: those of its path, the filters of its query, and how it is read. */
export type ListOptions<Path extends PagedPath> =
  & (Parameters<Path> extends { path: infer PathParameters } ? { readonly path: PathParameters }
    : { readonly path?: never })
  & {
    /** `limit` is the number of rows of a page. */
    readonly query?: Omit<NonNullable<Parameters<Path>["query"]>, "cursor" | "locale">;
    /** Aborts a request in progress. The iterator then throws the signal's reason. */
    readonly signal?: AbortSignal | undefined;
  };

/** Yields every row of a list. It reads a page when the rows of the last one are taken. */
export async function* listRows<Path extends PagedPath>(
  api: ApiClient,
  path: Path,
  options: ListOptions<Path>,
): AsyncGenerator<RowOf<Path>> {
  const get = api.GET as unknown as (path: string, init: unknown) => Promise<CallResult<Page<RowOf<Path>>>>;
  let cursor: string | undefined | null;
  do {
    const params = { path: options.path, query: { ...options.query, cursor } };
    const page: Page<RowOf<Path>> = await dataOf(get(path, { params, signal: options.signal }));
    yield* page.data;
    cursor = page.next_cursor;
  } while (cursor !== null);
}
