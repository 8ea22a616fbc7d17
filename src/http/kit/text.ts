/** Which texts of callers can be stored, shown and compared. */

/** Characters that draw nothing: spaces, controls, formats, fillers, unassigned ones and the blank Braille cell. */
const INVISIBLE = /[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Control characters but tabs and line breaks, which a page shows as spaces and a CSV file quotes. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Characters that draw nothing, so that two ids which differ in them look the same. A space is none. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Tells whether Postgres can store a text: it refuses U+0000 and lone surrogates. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Returns what is wrong with a name that people read, and the remedy; undefined for a good name. */
export function nameError(name: string): string | undefined {
  if (!name.isWellFormed()) return "must not have lone surrogates: send valid UTF-8";
  if (CONTROL.test(name)) return "must not have control characters: remove them";
  if (!isVisible(name)) return "must have a visible character: give a name that people can read";
  return undefined;
}

/** Returns what is wrong with an id of the caller, and the remedy; undefined for a good id. */
export function idError(id: string): string | undefined {
  if (!id.isWellFormed()) return "must not have lone surrogates: send valid UTF-8";
  if (HIDDEN.test(id)) return "must not have control or invisible characters: remove them";
  if (!isVisible(id)) return "must have a visible character: give each its own id";
  // Clients and proxies remove these two from a path (RFC 3986, 5.2.4), so no call could name them.
  if (id === "." || id === "..") {
    return 'must not be "." or "..", which are no path segments: choose another id';
  }
  return undefined;
}

function isVisible(text: string): boolean {
  return text.replaceAll(INVISIBLE, "") !== "";
}
