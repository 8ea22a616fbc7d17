import { parseAccept } from "hono/utils/accept";

/**
 * Picks what a header such as `Accept` or `Accept-Language` prefers of what can be given: by its weights, then by
 * its order. Of two parts that name the same, the closer one weighs it; what it weighs 0 is never picked.
 *
 * @param specificity how closely a range of the header names an offer: 0 for not at all, more for closer
 * @returns undefined without a header, or when it wants nothing of what is offered
 */
export function negotiate<Offer extends string>(
  header: string | null,
  offers: readonly Offer[],
  specificity: (range: string, offer: Offer) => number,
): Offer | undefined {
  if (header === null) return undefined;
  const ranges = parseAccept(header).map(({ type, q }, order) => ({ range: type.toLowerCase(), q, order }));
  const named = offers.flatMap((offer) => {
    const naming = ranges.map((range) => ({ ...range, offer, close: specificity(range.range, offer) }))
      .filter(({ close }) => close > 0)
      .sort((a, b) => b.close - a.close || a.order - b.order)[0];
    return naming === undefined || naming.q <= 0 ? [] : [naming];
  });
  return named.sort((a, b) => b.q - a.q || a.order - b.order)[0]?.offer;
}

/** How closely a media range names a media type. */
export function mediaSpecificity(range: string, type: string): number {
  if (range === type) return 3;
  if (range === `${type.split("/")[0]}/*`) return 2;
  return range === "*/*" || range === "*" ? 1 : 0;
}

/** How closely a language range names a language: another country's speech is better than another language. */
export function languageSpecificity(range: string, language: string): number {
  const offered = language.toLowerCase();
  if (range === offered) return 2;
  return range.split("-")[0] === offered.split("-")[0] ? 1 : 0;
}
