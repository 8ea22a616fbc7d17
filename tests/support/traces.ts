/** Every form in which a person could be left behind somewhere. */

/**
 * The texts by which a phone or BSUID could be recognised: as it is, without the ninth digit of a Brazilian mobile,
 * and each of them in hex and in base64, whatever stands before and behind it there.
 */
export function tracesOf(...names: readonly string[]): string[] {
  const spellings = names.flatMap((
    name,
  ) => [...new Set([name, withoutNinthDigit(name), withoutCountry(name)])]);
  return spellings.flatMap((spelling) => [spelling, hexOf(spelling), ...base64Of(spelling)]);
}

function withoutNinthDigit(phone: string): string {
  return /^55\d{2}9\d{8}$/.test(phone) ? phone.slice(0, 4) + phone.slice(5) : phone;
}

/** The eight digits that both spellings end in are the person, whatever stands before them. */
function withoutCountry(phone: string): string {
  return /^55\d{11}$/.test(phone) ? phone.slice(5) : phone;
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
