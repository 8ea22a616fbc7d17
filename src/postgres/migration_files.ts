import { parseReleased, RELEASED_LIST, requireReleased } from "./released_migrations.ts";

/** A migration file. */
export interface MigrationFile {
  version: number;
  file_name: string;
  sql: string;
  /** SHA-256 of the text in hex. */
  checksum: string;
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Only at the start of a line: function bodies contain these words too, indented.
const TRANSACTION_STATEMENT = /^(begin|commit|rollback|start)([ \t]+(transaction|work))?[ \t]*;/im;

/**
 * Reads every `NNNN_name.sql` of a folder, in the order of their numbers. Other kinds of files are ignored.
 *
 * @throws {Error} If the folder cannot be read, a `.sql` file has another name, two files have the same number, a file
 * contains a transaction statement, or a file of a release is missing or was changed.
 */
export async function readMigrationFiles(folder: URL | string): Promise<MigrationFile[]> {
  const names = await namesIn(folder);
  const files: MigrationFile[] = [];
  for (const file_name of names.sort()) {
    const version = Number(FILE_NAME.exec(file_name)?.[1]);
    if (!(version > 0)) {
      throw new Error(
        `Migration file ${file_name} does not match 0001_what_it_does.sql. Rename it: ` +
          "four digits from 0001, then lowercase letters, digits and underscores.",
      );
    }
    const previous = files.at(-1);
    if (previous?.version === version) {
      throw new Error(
        `Migrations ${previous.file_name} and ${file_name} have the same number. Give one the next free number.`,
      );
    }
    files.push(await readFile(folder, file_name, version));
  }
  requireReleased(files, parseReleased(await readReleasedList(folder)));
  return files;
}

/** Returns an empty list where there is none: only the folder of a released program has one. */
async function readReleasedList(folder: URL | string): Promise<string> {
  try {
    return await Deno.readTextFile(pathIn(folder, RELEASED_LIST));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

async function namesIn(folder: URL | string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter((entry) => entry.isFile && entry.name.endsWith(".sql")).map((entry) => entry.name);
  } catch (error) {
    throw new Error(
      `Cannot read the migrations folder: ${(error as Error).message}. Ship it with the program.`,
      {
        cause: error,
      },
    );
  }
}

async function readFile(folder: URL | string, file_name: string, version: number): Promise<MigrationFile> {
  // Line endings depend on the system: they do not change the checksum.
  const sql = (await Deno.readTextFile(pathIn(folder, file_name))).replaceAll("\r\n", "\n");
  if (TRANSACTION_STATEMENT.test(sql)) {
    throw new Error(
      `Migration ${file_name} begins or ends a transaction. Remove those lines: each file runs in one transaction.`,
    );
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sql));
  return { version, file_name, sql, checksum: new Uint8Array(digest).toHex() };
}

function pathIn(folder: URL | string, file_name: string): URL | string {
  return folder instanceof URL ? new URL(file_name, withTrailingSlash(folder)) : `${folder}/${file_name}`;
}

function withTrailingSlash(folder: URL): URL {
  return folder.pathname.endsWith("/") ? folder : new URL(`${folder.href}/`);
}
