/** Reads CSV as a spreadsheet does: RFC 4180, with `;` between cells by default. */

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Parses rows by the column names of the first row.
 *
 * @throws {Error} if the file is malformed
 */
export function rowsOfCsv(text: string, delimiter: ";" | "," = ";"): Record<string, string>[] {
  const [names, ...rows] = cellsOfCsv(text, delimiter);
  return rows.map((cells) => {
    if (cells.length !== names!.length) {
      throw new Error(`${cells.length} cells in a row of ${names!.length} columns`);
    }
    return Object.fromEntries(names!.map((name, i) => [name, cells[i]!]));
  });
}

/**
 * Parses all cells, header included.
 *
 * @throws {Error} if the file is malformed
 */
export function cellsOfCsv(text: string, delimiter: ";" | "," = ";"): string[][] {
  if (!text.startsWith(BYTE_ORDER_MARK)) throw new Error("CSV without byte order mark");
  const body = text.slice(1);
  const rows: string[][] = [];
  let row: string[] = [];
  const end = `(${delimiter}|\\r\\n)`;
  const cell = new RegExp(`"((?:[^"]|"")*)"${end}|([^"${delimiter}\\r\\n]*)${end}`, "y");
  while (cell.lastIndex < body.length) {
    const at = cell.lastIndex;
    const found = cell.exec(body);
    if (found === null) throw new Error(`not a CSV cell: ${JSON.stringify(body.slice(at, at + 40))}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[3] ?? "");
    if ((found[2] ?? found[4]) === delimiter) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
