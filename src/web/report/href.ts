import type { PageParameters, PageView } from "./view.ts";

/** In the order in which they stand in an address. */
const PARAMETER_NAMES = [
  "company",
  "lang",
  "month",
  "windows",
  "from",
  "to",
  "feature",
  "type",
  "direction",
  "late",
  "cursor",
  "entry",
] as const satisfies readonly (keyof PageParameters)[];

/** What filters the history, as the API's ledger is filtered. */
const FILTERS = ["from", "to", "feature", "type", "direction", "late"] as const;

/** No filter at all. */
export const NO_FILTERS: PageParameters = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/**
 * The address of this page with some parameters changed. A page of the history and an open receipt belong to
 * what is listed, so they are left behind unless they are given.
 *
 * @param anchor the element to show, by its id
 */
export function hrefTo(parameters: PageParameters, changes: PageParameters = {}, anchor = ""): string {
  return `?${queryOf({ ...parameters, cursor: undefined, entry: undefined, ...changes })}${
    anchor && `#${anchor}`
  }`;
}

/** The address of a month, with nothing chosen of it. The current one has none in it, so that it goes on with the time. */
export function monthHref({ parameters: { company, lang }, balance }: PageView, period: string): string {
  return hrefTo({ company, lang, month: period === balance.period ? undefined : period });
}

/** The address of all entries that the page filters, as CSV. */
export function csvHref(parameters: PageParameters): string {
  const filter = queryOf({
    ...parameters,
    lang: undefined,
    cursor: undefined,
    entry: undefined,
    windows: undefined,
  });
  return `/reports/credits/history.csv${filter && `?${filter}`}`;
}

/** Whether the history is filtered by anything. */
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
