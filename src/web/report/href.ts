import type { Asked, PageView } from "./view.ts";

/** In the order in which they stand in an address. */
const NAMES = [
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
] as const satisfies readonly (keyof Asked)[];

/** What filters the history, as the API's ledger is filtered. */
const FILTERS = ["from", "to", "feature", "type", "direction", "late"] as const;

/** No filter at all. */
export const NO_FILTERS: Asked = Object.fromEntries(FILTERS.map((name) => [name, undefined]));

/**
 * The address of this page with some parameters changed. A page of the history and an open receipt belong to
 * what is listed, so they are left behind unless they are given.
 *
 * @param place the element to show, by its id
 */
export function hrefTo(asked: Asked, changes: Asked = {}, place = ""): string {
  return `?${queryOf({ ...asked, cursor: undefined, entry: undefined, ...changes })}${place && `#${place}`}`;
}

/** The address of a month, with nothing chosen of it. The current one has none in it, so that it goes on with the time. */
export function monthHref({ asked: { company, lang }, balance }: PageView, period: string): string {
  return hrefTo({ company, lang, month: period === balance.period ? undefined : period });
}

/** The address of all entries that the page filters, as CSV. */
export function csvHref(asked: Asked): string {
  const filter = queryOf({
    ...asked,
    lang: undefined,
    cursor: undefined,
    entry: undefined,
    windows: undefined,
  });
  return `/reports/credits/history.csv${filter && `?${filter}`}`;
}

/** Whether the history is filtered by anything. */
export function isFiltered(asked: Asked): boolean {
  return FILTERS.some((name) => asked[name] !== undefined);
}

function queryOf(asked: Asked): string {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = asked[name];
    if (value !== undefined && value !== "") query.set(name, value);
  }
  return query.toString();
}
