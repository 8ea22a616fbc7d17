import { type Formats, formatsIn, localeFor } from "../format.ts";
import { STRINGS, type Strings } from "../strings/strings.ts";
import type { PageView } from "./view.ts";

/** The data of a page with its texts and formats. Every component receives it. */
export interface RenderContext {
  readonly view: PageView;
  readonly strings: Strings;
  readonly formats: Formats;
}

/** Chooses the texts and formats for a page. */
export function renderContextOf(view: PageView): RenderContext {
  const formats = formatsIn(localeFor(view.language, view.company.locale));
  return { view, strings: STRINGS[view.language], formats };
}

/** Reports whether the displayed month is the current one. */
export function isOpenMonth({ statement, balance }: PageView): boolean {
  return statement.period === balance.period;
}

/** Returns the package that begins or grows later in the displayed month; null without one, or in a past month. */
export function scheduledGrantOf(view: PageView): PageView["scheduled_grant"] {
  return isOpenMonth(view) ? view.scheduled_grant : null;
}

/** Formats a date as `25 de novembro`, with the year if it is not the current one. */
export function dateText({ view, formats }: RenderContext, date: string): string {
  return isOfThisYear(view, date) ? formats.date(date) : formats.longDate(date);
}

/** Formats a date as `25 de nov.`, with the year if it is not the current one. */
export function shortDateText({ view, formats }: RenderContext, date: string): string {
  return isOfThisYear(view, date) ? formats.shortDate(date) : formats.mediumDate(date);
}

function isOfThisYear({ company }: PageView, date: string): boolean {
  return date.split("-")[0] === company.today.split("-")[0];
}

/** Returns the name of a feature, or its code if it has no name. */
export function featureName({ features }: PageView, feature: string): string {
  return features.get(feature) ?? feature;
}
