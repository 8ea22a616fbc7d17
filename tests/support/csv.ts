/** Reads CSV as a spreadsheet does: what RFC 4180 says, with `;` between cells. */

const BYTE_ORDER_MARK = "\ufeff";

/** The rows of a file by the names in its first. Throws when it is not as promised. */
export function rowsOfCsv(text: string): Record<string, string>[] {
  const [names, ...rows] = cellsOfCsv(text);
  return rows.map((cells) => {
    if (cells.length !== names!.length) throw new Error(`${cells.length} cells under ${names!.length} names`);
    return Object.fromEntries(names!.map((name, i) => [name, cells[i]!]));
  });
}

/** The cells of a file, its first row included. */
export function cellsOfCsv(text: string): string[][] {
  if (!text.startsWith(BYTE_ORDER_MARK)) throw new Error("there is no byte order mark");
  const body = text.slice(1);
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /"((?:[^"]|"")*)"(;|\r\n)|([^";\r\n]*)(;|\r\n)/y;
  while (cell.lastIndex < body.length) {
    const at = cell.lastIndex;
    const found = cell.exec(body);
    if (found === null) throw new Error(`no cell begins with ${JSON.stringify(body.slice(at, at + 40))}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[3] ?? "");
    if ((found[2] ?? found[4]) === ";") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
