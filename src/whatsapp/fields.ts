/**
 * Tolerant readers for single fields of Meta's JSON. None throws on any JSON value, and every text has a bound.
 */

/** An object whose fields may be anything, or missing. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** Whether a value is a JSON object: not `null`, not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a field is absent, null or empty. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Returns a text, or the digits of a whole number, because ids come as both; `undefined` otherwise. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
}

/**
 * Returns a text that Postgres can store, within a bound. Postgres rejects U+0000 and lone surrogates in text, and one
 * such value would fail its whole batch.
 */
export function storableText(value: unknown, length_max: number): string | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > length_max) return undefined;
  return text.isWellFormed() && !text.includes("\0") ? text : undefined;
}

/** Returns a short name such as a type or a timestamp: printable ASCII, at most 40 characters. */
export function shortName(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > 40) return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x21 || code > 0x7e) return undefined;
  }
  return text;
}

/** 9999-12-31T23:59:59Z, the last second RFC 3339 can write. It also refuses milliseconds sent by mistake. */
const SECONDS_MAX = 253_402_300_799;

/**
 * Converts Unix seconds, a string from Meta or a number, to milliseconds.
 *
 * @returns A whole number of milliseconds, or `undefined` for anything but whole seconds from 1970 to 9999.
 */
export function millisecondsOf(seconds: unknown): number | undefined {
  let whole = 0;
  if (typeof seconds === "string") {
    if (seconds === "" || seconds.length > 12) return undefined;
    for (let at = 0; at < seconds.length; at++) {
      const digit = seconds.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      whole = whole * 10 + digit;
    }
  } else if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0) {
    // A JSON `-0` is 0, and is written as such.
    whole = seconds + 0;
  } else {
    return undefined;
  }
  return whole <= SECONDS_MAX ? whole * 1000 : undefined;
}
