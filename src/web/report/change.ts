import type { Formats } from "../format.ts";

/**
 * Formats a change of usage: `+12%`, `=` for no change, `–` for no usage in both months.
 *
 * @param added the text for usage that the month before did not have
 */
export function changeText(now: number, before: number, formats: Formats, added: string): string {
  if (before === 0) return now === 0 ? "–" : added;
  return now === before ? "=" : formats.change(now, before);
}
