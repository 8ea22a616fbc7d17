/** The limits of a JSON body, checked on its bytes before it is parsed: parsing and validating cost far more. */

/** The most that a JSON body may contain. */
export interface JsonLimits {
  /** Names and values, with the lists and objects that contain them. */
  readonly parts: number;
  /** Levels of lists and objects. */
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_LIST = 0x5b;
const CLOSING_LIST = 0x5d;
const OPENING_OBJECT = 0x7b;
const CLOSING_OBJECT = 0x7d;

/**
 * Tells whether a JSON text exceeds limits, in one pass over its bytes that ends at the first excess. A text that is not
 * JSON may be within any limits: parsing then refuses it, at the cost of the parts before the error.
 */
export function exceedsLimits(json: Uint8Array, { parts: parts_max, depth: depth_max }: JsonLimits): boolean {
  // Fewer bytes than parts allowed, and fewer than levels: nothing to count.
  if (json.length <= Math.min(parts_max, depth_max)) return false;
  let parts = 1;
  let depth = 0;
  let is_in_text = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (is_in_text) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) is_in_text = false;
      continue;
    }
    switch (byte) {
      case QUOTE:
        is_in_text = true;
        break;
      case OPENING_LIST:
      case OPENING_OBJECT:
        depth++;
        parts++;
        if (depth > depth_max) return true;
        break;
      case CLOSING_LIST:
      case CLOSING_OBJECT:
        depth--;
        break;
      case COMMA:
      case COLON:
        parts++;
        break;
    }
    if (parts > parts_max) return true;
  }
  return false;
}
