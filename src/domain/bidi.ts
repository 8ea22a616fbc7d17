/** Characters written from right to left, by the blocks of Unicode, and the bidirectional controls. */
const BIDIRECTIONAL =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Controls that reorder text until they are closed: embeddings, overrides and isolates. */
const OPEN_ENDED = /[\u202a-\u202e\u2066-\u2069]/g;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

/**
 * Isolates a name within a text, so that its direction does not reorder the text around it (UAX #9, 2.4). Controls
 * within the name that could close the isolate or outlast it are removed. In HTML use `<bdi>` where an element is
 * possible. A name that cannot reorder anything is returned as it is.
 */
export function isolated(name: string): string {
  if (!BIDIRECTIONAL.test(name)) return name;
  return `${FIRST_STRONG_ISOLATE}${name.replaceAll(OPEN_ENDED, "")}${POP_DIRECTIONAL_ISOLATE}`;
}
