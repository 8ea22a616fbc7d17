/** Hostile input: texts, JSON and bytes that often break software. */

import fc from "fast-check";

/** Generates texts known to break databases, parsers, paths, spreadsheets, terminals or objects. */
export function hostileText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      "",
      " ",
      "\0",
      "a\0b",
      "\ud800",
      "\udfff\ud800",
      "\ufeff",
      "\u202e",
      "é".normalize("NFD"),
      "💸".repeat(50),
      "x".repeat(10_000),
      "1".repeat(400),
      "-0",
      "1e309",
      "NaN",
      "null",
      "undefined",
      "__proto__",
      "constructor",
      "toString",
      "..",
      "../../etc/passwd",
      "%2e%2e%2f",
      "%00",
      "%",
      "%ff",
      "'; drop table ledger; --",
      "$1",
      "{{7*7}}",
      "<script>alert(1)</script>",
      "=cmd|' /C calc'!A0",
      "\r\nSet-Cookie: a=b",
      "\u001b[31m",
      "9999-12-31",
      "-271821-04-20T00:00:00Z",
      "2026-02-30",
      "2026-13",
      "+275760-09-13T00:00:01Z",
      "P9999999999Y",
    ),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
  );
}

/** Generates any JSON value, biased to extreme numbers, odd texts and prototype keys. */
export function hostileValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    hostileText(),
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      -1,
      0.5,
      1e21,
      1e308,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER + 1,
      -Number.MAX_VALUE,
      5e-324,
      [],
      {},
      [[[[[[[[]]]]]]]],
      { length: -1 },
      JSON.parse('{"__proto__":{"polluted":true}}'),
      JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
    ),
    fc.jsonValue(),
  );
}

/** Generates a valid body with one fault: a value replaced, removed or added. */
export function withOneFault(valid: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(valid);
  return fc.record({
    place: fc.constantFrom(...places),
    change: fc.constantFrom("replace", "remove", "add"),
    value: hostileValue(),
    name: hostileText(),
  }).map(({ place, change, value, name }) => {
    const copy = { root: structuredClone(valid) };
    const path = ["root", ...place];
    const last = path.pop()!;
    // deno-lint-ignore no-explicit-any
    const holder = path.reduce((at: any, step) => at[step], copy as any);
    if (change === "remove" && place.length > 0) delete holder[last];
    else if (change === "add" && isFields(holder[last])) holder[last] = withMember(holder[last], name, value);
    else holder[last] = value;
    return copy.root;
  });
}

/** Generates bytes that are invalid JSON, or JSON that is too deep or too long. */
export function hostileBytes(): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const text = (json: string) => new TextEncoder().encode(json);
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
    fc.constantFrom(
      text(""),
      text("{"),
      text("[".repeat(100_000)),
      text("[".repeat(100_000) + "]".repeat(100_000)),
      text('{"a":'.repeat(50_000) + "1" + "}".repeat(50_000)),
      text(`"${"x".repeat(1_000_000)}"`),
      text("1" + "0".repeat(100_000)),
      text("-1e99999"),
      text('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
      text('{"id":1,"id":2}'),
      // A byte order mark, UTF-16, gzip, truncated UTF-8 and overlong UTF-8.
      new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
      new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
      new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00]),
      new Uint8Array([0x22, 0xe2, 0x82, 0x22]),
      new Uint8Array([0x22, 0xc0, 0x80, 0x22]),
    ),
  );
}

type Place = readonly string[];

function placesIn(value: unknown, above: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...above, name]))];
}

function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Adds a member with `JSON.parse`, so that `__proto__` is an own key as in a real request. */
function withMember(fields: object, name: string, value: unknown): unknown {
  const text = JSON.stringify(fields).slice(0, -1);
  const comma = text === "{" ? "" : ",";
  return JSON.parse(`${text}${comma}${JSON.stringify(name)}:${JSON.stringify(value) ?? "null"}}`);
}
