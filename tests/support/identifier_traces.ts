/** Texts that would reveal a person in stored data. */

import { hash } from "node:crypto";

/**
 * Lists the texts that would reveal a phone or BSUID: as it is, without the ninth digit of a Brazilian mobile,
 * formatted, reversed, each in hex and in base64 at every alignment, and as an unkeyed hash, which reveals a
 * phone to anyone who tries all numbers.
 */
export function tracesOf(...names: readonly string[]): string[] {
  const spellings = names.flatMap((
    name,
  ) => [...new Set([name, withoutNinthDigit(name), withoutCountry(name)])]);
  return [
    ...spellings.flatMap((spelling) => [spelling, hexOf(spelling), ...base64Of(spelling)]),
    ...spellings.flatMap((spelling) => [reversed(spelling), ...written(spelling)]),
    ...names.flatMap((name) => [name, `+${name}`, withoutNinthDigit(name)]).flatMap(hashesOf),
  ];
}

function withoutNinthDigit(phone: string): string {
  return /^55\d{2}9\d{8}$/.test(phone) ? phone.slice(0, 4) + phone.slice(5) : phone;
}

/** Both spellings end in the same eight digits, which identify the person. */
function withoutCountry(phone: string): string {
  return /^55\d{11}$/.test(phone) ? phone.slice(5) : phone;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** Formats the last digits as people do: `98712-3456`. */
function written(phone: string): string[] {
  const [, first, last] = /(\d{4,5})(\d{4})$/.exec(phone) ?? [];
  return first === undefined ? [] : [`${first}-${last}`, `${first} ${last}`];
}

/** Returns hash prefixes: a column may be truncated. */
function hashesOf(text: string): string[] {
  return ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) => {
    const digest = hash(algorithm, text, "hex");
    return [digest.slice(0, 16), `${digest.slice(0, 8)}-${digest.slice(8, 12)}-`];
  });
}

function hexOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

/** Encodes the text at each of the three alignments, without the characters that depend on its neighbours. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = btoa("\0".repeat(before) + text + "\0\0\0");
    const bits_before = before * 8;
    const first = Math.ceil(bits_before / 6);
    const last = Math.floor((bits_before + text.length * 8) / 6);
    return encoded.slice(first, last);
  });
}
