import { sqlState } from "./sql_state.ts";

/** A fault in the database's configuration or in DATABASE_URL. Its message names the remedy; log it without a stack. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
}

/** Remedies by the prefix of Postgres's SQLSTATE. */
const BY_STATE: readonly (readonly [state: string, remedy: string])[] = [
  [
    "28",
    "Check the user and the password in DATABASE_URL: encode @ / : ? # % in them as %40 %2F %3A %3F %23 %25. " +
    "Check that the server's pg_hba.conf admits this user from this host",
  ],
  ["3D000", "Create the database (CREATE DATABASE … OWNER …), or correct its name in DATABASE_URL"],
  ["3F000", "Create the schema that the role's search_path names, or change the search_path"],
  [
    "42501",
    "The role of DATABASE_URL must own the database that it migrates: have an administrator run " +
    "ALTER DATABASE … OWNER TO <role>, or GRANT CREATE ON SCHEMA public TO <role>",
  ],
  [
    "25006",
    "Point DATABASE_URL at the primary, and unset default_transaction_read_only for its role",
  ],
  [
    "53300",
    "Raise the server's max_connections, or the CONNECTION LIMIT of the role or the database of DATABASE_URL",
  ],
];

/** Remedies by the driver's message, for errors that have no code. */
const BY_MESSAGE: readonly (readonly [message: RegExp, remedy: string])[] = [
  [/password must be a (non-empty )?string/, "The server requires a password: add it to DATABASE_URL"],
  [/does not support SSL/, "Enable TLS on the server, or remove sslmode from DATABASE_URL"],
  [/^(ENOENT|EACCES|EISDIR)\b.* open /, "Correct sslrootcert, sslcert and sslkey in DATABASE_URL"],
  [
    /certificate|Hostname\/IP/i,
    "Set the certificate authority in DATABASE_URL (sslmode=verify-full&sslrootcert=/path/ca.pem), and use the " +
    "host name of the server's certificate",
  ],
];

/** Converts an error with a known remedy to a {@link DatabaseError}; returns any other error unchanged. */
export function toDatabaseError(error: unknown): unknown {
  const { message } = error as { message?: unknown };
  const remedy = typeof message === "string" ? remedyFor(error, message) : undefined;
  if (remedy === undefined) return error;
  return new DatabaseError(`cannot use the database: ${message}. ${remedy}.`, { cause: error });
}

function remedyFor(error: unknown, message: string): string | undefined {
  const state = sqlState(error);
  if (state !== undefined) return BY_STATE.find(([begins]) => state.startsWith(begins))?.[1];
  return BY_MESSAGE.find(([says]) => says.test(message))?.[1];
}
