/** Why a database that was named cannot be used, and what to do about it. */

import { sqlState } from "./resilient_connection.ts";

/** A fault of how the database is set up or named, with its remedy: whoever reads it needs no stack. */
export class DatabaseError extends Error {
  override name = "DatabaseUnusable";
}

/** What Postgres refuses at a start, by the beginning of its SQLSTATE. */
const BY_STATE: readonly (readonly [state: string, remedy: string])[] = [
  [
    "28",
    "Check the user and the password of DATABASE_URL, in which each of @ / : ? # % is written as " +
    "%40 %2F %3A %3F %23 %25, and that the server's pg_hba.conf lets them in from here",
  ],
  ["3D000", "Have it created (CREATE DATABASE … OWNER …), or correct its name in DATABASE_URL"],
  ["3F000", "Have the schema created that the search_path of DATABASE_URL's role names, or change that"],
  [
    "42501",
    "The role of DATABASE_URL must be let in and own what it migrates: have an administrator run " +
    "ALTER DATABASE … OWNER TO <that role>, or GRANT CREATE ON SCHEMA public TO it",
  ],
  [
    "25006",
    "DATABASE_URL must name the primary, and nothing may set default_transaction_read_only for its role",
  ],
  [
    "53300",
    "Raise the server's max_connections, or the CONNECTION LIMIT of the role or the database of DATABASE_URL",
  ],
];

/** What the driver refuses, which has no codes for it. */
const BY_MESSAGE: readonly (readonly [message: RegExp, remedy: string])[] = [
  [/password must be a (non-empty )?string/, "The server asks for a password, and DATABASE_URL has none"],
  [/does not support SSL/, "Turn TLS on in the server, or take sslmode out of DATABASE_URL"],
  [/^(ENOENT|EACCES|EISDIR)\b.* open /, "Correct sslrootcert, sslcert and sslkey in DATABASE_URL"],
  [
    /certificate|Hostname\/IP/i,
    "Name the certificate of who signed the server's in DATABASE_URL " +
    "(sslmode=verify-full&sslrootcert=/path/ca.pem), and the host as that names it",
  ],
];

/** The fault with its remedy, where we know one; else the error as it is. */
export function toDatabaseError(error: unknown): unknown {
  const { message } = error as { message?: unknown };
  const remedy = typeof message === "string" ? remedyFor(error, message) : undefined;
  if (remedy === undefined) return error;
  return new DatabaseError(`the database cannot be used: ${message}. ${remedy}.`, { cause: error });
}

function remedyFor(error: unknown, message: string): string | undefined {
  const state = sqlState(error);
  if (state !== undefined) return BY_STATE.find(([begins]) => state.startsWith(begins))?.[1];
  return BY_MESSAGE.find(([says]) => says.test(message))?.[1];
}
