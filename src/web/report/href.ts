import type { PageParameters, PageView } from "./view.ts";

/** Returns the path of a company's page. Company ids need no encoding. */
export function reportPath(company: string): string {
  return `/reports/credits/${company}`;
}

/** Returns the path of the company's page that a path is or is below; undefined for other paths. */
export function reportPathIn(pathname: string): string | undefined {
  return pathname.match(/^\/reports\/credits\/[^/]+/)?.[0];
}

/** The query parameters, in their order in an address. */
const PARAMETER_NAMES = [
  "lang",
  "month",
  "windows",
  "by",
  "from",
  "to",
  "feature",
  "type",
  "direction",
  "late",
  "after_close",
  "search",
  "cursor",
  "entry",
] as const satisfies readonly (keyof PageParameters)[];

/** The filters of the history: those of the API's ledger, and the search. */
const FILTERS = ["from", "to", "feature", "type", "direction", "late", "after_close", "search"] as const;

/** Removes every filter. */
export const NO_FILTERS: PageParameters = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/**
 * Returns the address of this page with some parameters changed. It drops the page of the history and the open receipt
 * unless `changes` has them.
 *
 * @param anchor the element to show, by its id
 */
export function hrefTo(parameters: PageParameters, changes: PageParameters = {}, anchor = ""): string {
  return `?${queryOf({ ...parameters, cursor: undefined, entry: undefined, ...changes })}${
    anchor && `#${anchor}`
  }`;
}

/** Returns the address of a month without filters. The current month has no parameter, so the link stays current. */
export function monthHref({ parameters: { lang }, balance }: PageView, period: string): string {
  return hrefTo({ lang, month: period === balance.period ? undefined : period });
}

/** Returns the address of the entries of a month that were recorded after its closing. */
export function afterCloseHref({ parameters: { lang }, balance }: PageView, period: string): string {
  const month = period === balance.period ? undefined : period;
  return hrefTo({ lang, month, after_close: "true" }, {}, "history");
}

/** Returns the address of the filtered entries as CSV, in the page's language. Without dates they are of its month. */
export function csvHref({ company, parameters, language, statement }: {
  readonly company: Pick<PageView["company"], "id">;
  readonly parameters: PageParameters;
  readonly language: PageView["language"];
  readonly statement: Pick<PageView["statement"], "period">;
}): string {
  const filter = queryOf({
    ...parameters,
    month: statement.period,
    lang: undefined,
    cursor: undefined,
    entry: undefined,
    windows: undefined,
    by: undefined,
  });
  return `${reportPath(company.id)}/history.csv?${filter}&locale=${language}`;
}

/** Reports whether the history has a filter. */
export function isFiltered(parameters: PageParameters): boolean {
  return FILTERS.some((name) => parameters[name] !== undefined);
}

function queryOf(parameters: PageParameters): string {
  const query = new URLSearchParams();
  for (const name of PARAMETER_NAMES) {
    const value = parameters[name];
    if (value !== undefined && value !== "") query.set(name, value);
  }
  return query.toString();
}
