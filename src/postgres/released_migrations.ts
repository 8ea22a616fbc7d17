/**
 * The migrations of releases, which never change: databases of users have them. The list `released.sha256` stands beside
 * the files, in the form that `sha256sum --check` reads. The lines of a release follow its version: `# 0.1.0`.
 */

import type { MigrationFile } from "./migration_files.ts";

/** The name of the list. */
export const RELEASED_LIST = "released.sha256";

/** A migration of a release. */
export interface ReleasedMigration {
  /** The first release that has it. */
  readonly release: string;
  readonly file_name: string;
  /** SHA-256 of the text in hex. */
  readonly checksum: string;
}

/**
 * Parses the list.
 *
 * @throws {Error} If a line is neither a version nor a checksum with a file name.
 */
export function parseReleased(text: string): ReleasedMigration[] {
  const released: ReleasedMigration[] = [];
  let release: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const version = /^# (\d+\.\d+\.\d+)$/.exec(line)?.[1];
    const [, checksum, file_name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (version !== undefined) release = version;
    else if (checksum !== undefined && release !== undefined) {
      released.push({ release, file_name: file_name!, checksum });
    } else if (line !== "") throw new Error(`${RELEASED_LIST} has a line that does not fit: "${line}"`);
  }
  return released;
}

/**
 * Compares the files of a program with the migrations of releases.
 *
 * @throws {Error} If one of them is missing or was changed.
 */
export function requireReleased(
  files: readonly Pick<MigrationFile, "file_name" | "checksum">[],
  released: readonly ReleasedMigration[],
): void {
  const checksums = new Map(files.map(({ file_name, checksum }) => [file_name, checksum]));
  for (const { file_name, checksum, release } of released) {
    const found = checksums.get(file_name);
    if (found === checksum) continue;
    throw new Error(
      `Migration ${file_name} of release ${release} ${found === undefined ? "is missing" : "was changed"}. ` +
        "Restore the file, and make the change in a new file with the next number.",
    );
  }
}
