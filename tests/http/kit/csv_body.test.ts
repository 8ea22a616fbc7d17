import assert from "node:assert/strict";
import { hasCsvBody, readCsv } from "../../../src/http/kit/csv_body.ts";
import { Problem } from "../../../src/http/kit/problems.ts";

const LIMITS = { rows: 5, columns: 4 };
const read = (text: string) => readCsv(new TextEncoder().encode(text), LIMITS);

function refusalOf(bytes: Uint8Array | string): Problem {
  const read_or_refused = typeof bytes === "string" ? read(bytes) : readCsv(bytes, LIMITS);
  assert.ok(read_or_refused instanceof Problem);
  return read_or_refused;
}

Deno.test("a file of CSV is read with or without byte order mark, however its rows end", () => {
  const rows = [["Market", "Auth-\nIntl"], [""], ["Brazil", 'a "b", c', "3"]];
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ['Market,"Auth-\nIntl"', "", 'Brazil,"a ""b"", c",3', ""].join(end);
    assert.deepEqual(read(text), rows, JSON.stringify(end));
    assert.deepEqual(read(`\uFEFF${text}`), rows, JSON.stringify(end));
  }
  assert.deepEqual(read(""), []);
});

Deno.test("a file that is not UTF-8, or whose quotes do not match, is refused with its row", () => {
  assert.match(refusalOf(new Uint8Array([0x54, 0xfc])).detail, /not in UTF-8: save it as CSV UTF-8/);
  for (const text of ['a\n\n"b,c', 'a\n\nb"c', 'a\n\n"b"c']) {
    const { status, errors } = refusalOf(text);
    assert.equal(status, 422);
    assert.equal(errors?.[0]?.path, "row 3", text);
  }
});

Deno.test("a file with too many rows or cells is refused with what it has", () => {
  assert.match(refusalOf("a\n".repeat(6)).detail, /^The file has more than 5 rows/);
  assert.match(refusalOf("a\nb,c,d,e,f\n").detail, /^The file has more than 4 cells in row 2/);
  assert.ok(!(read("a,b,c,d\n".repeat(5)) instanceof Problem));
});

Deno.test("only text/csv announces a body of CSV", () => {
  for (
    const [type, is_csv] of [["text/csv", true], ["Text/CSV; charset=utf-8", true], ["text/csvx", false], [
      "application/json",
      false,
    ]] as const
  ) {
    assert.equal(hasCsvBody(new Headers({ "content-type": type })), is_csv, type);
  }
  assert.equal(hasCsvBody(new Headers()), false);
});
