/** Every form in which a person could be left behind somewhere. */

import { hash } from "node:crypto";

/**
 * The texts by which a phone or BSUID could be recognised: as it is, without the ninth digit of a Brazilian mobile,
 * as people write it, backwards, and each of them in hex, in base64, whatever stands before and behind it there, and
 * as a hash without a key, which gives a number away to whoever tries them all.
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

/** The eight digits that both spellings end in are the person, whatever stands before them. */
function withoutCountry(phone: string): string {
  return /^55\d{11}$/.test(phone) ? phone.slice(5) : phone;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** `98712-3456`, whatever stands before it. */
function written(phone: string): string[] {
  const [, first, last] = /(\d{4,5})(\d{4})$/.exec(phone) ?? [];
  return first === undefined ? [] : [`${first}-${last}`, `${first} ${last}`];
}

/** The beginnings of them: a column of another length would hold no more. */
function hashesOf(text: string): string[] {
  return ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) => {
    const digest = hash(algorithm, text, "hex");
    return [digest.slice(0, 16), `${digest.slice(0, 8)}-${digest.slice(8, 12)}-`];
  });
}

function hexOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

/** At each of the three alignments: the characters that depend on the text alone. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = btoa("\0".repeat(before) + text + "\0\0\0");
    const bits_before = before * 8;
    const first = Math.ceil(bits_before / 6);
    const last = Math.floor((bits_before + text.length * 8) / 6);
    return encoded.slice(first, last);
  });
}
