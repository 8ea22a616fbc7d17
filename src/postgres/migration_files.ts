/** The migration files of a folder, read and checked. */

/** A file that can be applied. */
export interface MigrationFile {
  version: number;
  file_name: string;
  sql: string;
  /** SHA-256 of the text in hex. */
  checksum: string;
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Only at the start of a line: the bodies of functions hold such words too, indented.
const TRANSACTION_STATEMENT = /^(begin|commit|rollback|start)([ \t]+(transaction|work))?[ \t]*;/im;

/**
 * Reads every `NNNN_name.sql` of a folder, in the order of their numbers. Files of other kinds are passed by.
 *
 * @throws {Error} If the folder cannot be read, a `.sql` file is not named so, two have one number, or one
 * begins or ends a transaction of its own.
 */
export async function readMigrationFiles(folder: URL | string): Promise<MigrationFile[]> {
  const names = await namesIn(folder);
  const files: MigrationFile[] = [];
  for (const file_name of names.sort()) {
    const version = Number(FILE_NAME.exec(file_name)?.[1]);
    if (!(version > 0)) {
      throw new Error(
        `Migration file ${file_name} is not named as 0001_what_it_does.sql. Rename it: ` +
          "four digits from 0001, then small letters, digits and underscores.",
      );
    }
    const previous = files.at(-1);
    if (previous?.version === version) {
      throw new Error(
        `Migrations ${previous.file_name} and ${file_name} have one number. Give one the next free number.`,
      );
    }
    files.push(await readFile(folder, file_name, version));
  }
  return files;
}

async function namesIn(folder: URL | string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter((entry) => entry.isFile && entry.name.endsWith(".sql")).map((entry) => entry.name);
  } catch (error) {
    throw new Error(`The folder of migrations cannot be read: ${(error as Error).message}. Is it shipped?`, {
      cause: error,
    });
  }
}

async function readFile(folder: URL | string, file_name: string, version: number): Promise<MigrationFile> {
  const path = folder instanceof URL
    ? new URL(file_name, withTrailingSlash(folder))
    : `${folder}/${file_name}`;
  // A checkout on another system may differ in its line ends, which is no change of the migration.
  const sql = (await Deno.readTextFile(path)).replaceAll("\r\n", "\n");
  if (TRANSACTION_STATEMENT.test(sql)) {
    throw new Error(
      `Migration ${file_name} begins or ends a transaction. Remove those lines: every file runs in one already.`,
    );
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sql));
  return { version, file_name, sql, checksum: new Uint8Array(digest).toHex() };
}

function withTrailingSlash(folder: URL): URL {
  return folder.pathname.endsWith("/") ? folder : new URL(`${folder.href}/`);
}
