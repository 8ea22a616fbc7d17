/** Zone data in the packed form of the npm package `moment-timezone`. */
export interface PackedZoneData {
  /** The version of the tz database, such as `2026f`. */
  readonly version: string;
  /** `name|abbreviations|offsets|indices|untils`, numbers in base 60. */
  readonly zones: readonly string[];
  /** `name|alias`: two names of one zone. */
  readonly links: readonly string[];
}

/** The offsets of one zone: each holds until an instant, the last one forever. */
export interface ZoneOffsets {
  readonly name: string;
  readonly offsets: readonly { readonly until_ms: number; readonly offset_minutes: number }[];
}

/** Unpacks every zone, under each of its names. */
export function unpackZones({ zones, links }: PackedZoneData): ZoneOffsets[] {
  const unpacked = new Map(zones.map(unpackZone).map((zone) => [zone.name, zone]));
  for (const link of links) {
    const [a, b] = link.split("|") as [string, string];
    const zone = unpacked.get(a) ?? unpacked.get(b);
    if (zone === undefined) throw new Error(`link ${link} names no zone of the data`);
    for (const name of [a, b]) if (!unpacked.has(name)) unpacked.set(name, { ...zone, name });
  }
  return [...unpacked.values()];
}

function unpackZone(packed: string): ZoneOffsets {
  const [name, , offsets = "", indices = "", untils = ""] = packed.split("|");
  const minutes_west = offsets.split(" ").map(fromBase60);
  const gaps = untils === "" ? [] : untils.split(" ").map(fromBase60);
  let until_ms = 0;
  return {
    name: name!,
    offsets: [...indices].map((index, i) => {
      until_ms = Math.round(until_ms + (gaps[i] ?? Infinity) * 60_000);
      // Zero minutes west is written without a sign.
      return { until_ms, offset_minutes: 0 - minutes_west[fromBase60(index)]! };
    }),
  };
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX";

/** Reads a number in base 60, such as `-1e.u`. */
function fromBase60(text: string): number {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  let value = 0;
  for (const digit of whole) value = value * 60 + valueOf(digit, text);
  [...fraction].forEach((digit, i) => value += valueOf(digit, text) / 60 ** (i + 1));
  return text.startsWith("-") ? -value : value;
}

function valueOf(digit: string, text: string): number {
  const value = DIGITS.indexOf(digit);
  if (value === -1) throw new Error(`"${text}" is no number in base 60`);
  return value;
}
