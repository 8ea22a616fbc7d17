import { parseAccept } from "hono/utils/accept";

/**
 * Negotiates content: picks the offer that a header such as `Accept` or `Accept-Language` prefers, by weight, then by
 * order. The most specific matching range sets an offer's weight. An offer of weight 0 is never picked.
 *
 * @param specificity how specifically a range matches an offer: 0 for no match, higher for more specific
 * @returns undefined without a header, or when it accepts no offer
 */
export function negotiate<Offer extends string>(
  header: string | null,
  offers: readonly Offer[],
  specificity: (range: string, offer: Offer) => number,
): Offer | undefined {
  if (header === null) return undefined;
  const ranges = parseAccept(header).map(({ type, q }, order) => ({ range: type.toLowerCase(), q, order }));
  const accepted = offers.flatMap((offer) => {
    const match = ranges.map((range) => ({ ...range, offer, specific: specificity(range.range, offer) }))
      .filter(({ specific }) => specific > 0)
      .sort((a, b) => b.specific - a.specific || a.order - b.order)[0];
    return match === undefined || match.q <= 0 ? [] : [match];
  });
  return accepted.sort((a, b) => b.q - a.q || a.order - b.order)[0]?.offer;
}

/** Returns how specifically a media range matches a media type. */
export function mediaSpecificity(range: string, type: string): number {
  if (range === type) return 3;
  if (range === `${type.split("/")[0]}/*`) return 2;
  return range === "*/*" || range === "*" ? 1 : 0;
}

/**
 * Returns 1 if a language range matches a language, else 0. Another region of the same language matches as well, and no
 * less: browsers list `en-US` before `en`, with the weight of the language on the first.
 */
export function languageSpecificity(range: string, language: string): number {
  return range.split("-")[0] === language.toLowerCase().split("-")[0] ? 1 : 0;
}
