/**
 * Formats a change of usage: `+12%`, `=` for no change, `–` for no usage in both months.
 *
 * @param added the text for usage that the month before did not have
 */
export function changeText(now: number, before: number, locale: string, added: string): string {
  if (before === 0) return now === 0 ? "–" : added;
  const per_cent = new Intl.NumberFormat(locale, { style: "percent", signDisplay: "exceptZero" });
  return now === before ? "=" : per_cent.format(now / before - 1);
}
