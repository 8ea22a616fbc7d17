/**
 * The limit of open files of this process (RLIMIT_NOFILE), and the connections that fit below it. Each connection of a
 * client is an open file. Without a free one Postgres cannot be reached and no file be read, and Deno itself panics.
 */

import { ConfigError } from "./config_error.ts";

/** The limit when it cannot be read: the hard limit that Linux starts with. */
const UNKNOWN_LIMIT = 4_096;
/** Open files left to Postgres, deliveries of alerts, listeners and packages. */
const RESERVED_MIN = 256;
/** The most connections without a setting: room for 20,000 viewers. More memory than that is a decision. */
const CONNECTIONS_DEFAULT_MAX = 32_768;
/** The argument that passes the limit to a service whose permissions do not let it read `/proc`. */
const ARGUMENT = "--open-files=";

/**
 * Reads the limit from `/proc/self/limits`. Deno raises the soft limit to the hard one when it starts.
 *
 * @returns undefined without permission, and where there is no `/proc`
 */
export function readOpenFilesLimit(): number | undefined {
  try {
    return openFilesIn(Deno.readTextFileSync("/proc/self/limits"));
  } catch {
    return undefined;
  }
}

/** Parses the soft limit of a `/proc/…/limits` file. `unlimited` is Infinity. */
export function openFilesIn(limits: string): number | undefined {
  const soft = limits.match(/^Max open files\s+(\S+)/m)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Infinity : Number(soft);
}

/** Returns the command-line arguments that pass this process's limit to a service it starts. */
export function openFilesArguments(limit: number | undefined = readOpenFilesLimit()): string[] {
  return limit === undefined ? [] : [`${ARGUMENT}${limit}`];
}

/** Returns the limit of open files: as read, else as passed by {@link openFilesArguments}, else 4,096. */
export function openFilesLimit(
  args: readonly string[] = Deno.args,
  read: () => number | undefined = readOpenFilesLimit,
): number {
  const passed = Number(args.find((arg) => arg.startsWith(ARGUMENT))?.slice(ARGUMENT.length));
  return read() ?? (passed > 0 ? passed : UNKNOWN_LIMIT);
}

/** Returns the most connections that a limit of open files has room for: all but an eighth, and all but 256. */
export function connectionsWithin(open_files: number): number {
  return Math.max(1, Math.floor(Math.min(open_files - RESERVED_MIN, open_files * 7 / 8)));
}

/**
 * Returns the most connections of clients.
 *
 * @param configured MAX_CONNECTIONS; undefined for the default
 * @returns undefined when `configured` does not fit below the limit of open files
 */
export function connectionsMax(configured: number | undefined, open_files: number): number | undefined {
  const room = connectionsWithin(open_files);
  if (configured === undefined) return Math.min(room, CONNECTIONS_DEFAULT_MAX);
  return configured <= room ? configured : undefined;
}

/**
 * Returns the most connections of clients for a configuration.
 *
 * @throws {ConfigError} when MAX_CONNECTIONS does not fit below the limit of open files
 */
export function connectionsMaxOf(
  { connections_max }: { readonly connections_max: number | undefined },
  open_files: number = openFilesLimit(),
): number {
  const max = connectionsMax(connections_max, open_files);
  if (max !== undefined) return max;
  throw new ConfigError(
    `MAX_CONNECTIONS is ${connections_max}, but a limit of ${open_files} open files has room for ` +
      `${
        connectionsWithin(open_files)
      } connections. Raise the limit (LimitNOFILE, ulimit -n) or lower MAX_CONNECTIONS.`,
  );
}
