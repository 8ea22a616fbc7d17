import { type Formats, formatsIn, localeFor } from "../format.ts";
import { STRINGS, type Strings } from "../strings/strings.ts";
import type { PageView } from "./view.ts";

/** A page's data with the words and the formats it is read in: what every part of the page is given. */
export interface RenderContext {
  readonly view: PageView;
  readonly strings: Strings;
  readonly formats: Formats;
}

export function renderContextOf(view: PageView): RenderContext {
  const formats = formatsIn(localeFor(view.language, view.company.locale));
  return { view, strings: STRINGS[view.language], formats };
}

/** Whether the month on show is the one that goes on. */
export function isOpenMonth({ statement, balance }: PageView): boolean {
  return statement.period === balance.period;
}

/** `25 de novembro`, with its year where that is not the current one. */
export function dateText({ view, formats }: RenderContext, date: string): string {
  return isOfThisYear(view, date) ? formats.date(date) : formats.longDate(date);
}

/** `25 de nov.`, with its year where that is not the current one. */
export function shortDateText({ view, formats }: RenderContext, date: string): string {
  return isOfThisYear(view, date) ? formats.shortDate(date) : formats.mediumDate(date);
}

function isOfThisYear({ company }: PageView, date: string): boolean {
  return date.split("-")[0] === company.today.split("-")[0];
}

/** What a feature is called; one without a name by its code. */
export function featureName({ features }: PageView, feature: string): string {
  return features.get(feature) ?? feature;
}
