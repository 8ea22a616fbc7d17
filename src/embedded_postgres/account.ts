/** The account Postgres runs as. Postgres refuses to run as root, so under root it runs as an account of its own. */

import { type Account, accountNamed, ownAccount, SYSTEM_PATH } from "./own_account.ts";

export type { Account };

/** How the programs of Postgres are run on one data directory. */
export interface RunAs {
  /** Set under root. Otherwise the programs run as the user of this process. */
  account?: Account;
  /**
   * Set when the account cannot traverse the path to the data directory, for example below `/root` of mode 0700.
   * Root then starts the program inside the directory, and the program uses the path {@link OWN_FOLDER}.
   */
  inside?: boolean;
}

/** The process's working directory. The kernel opens it without traversing a path. Linux only. */
const OWN_FOLDER = "/proc/self/cwd";

/** A Postgres program to run. */
export interface Program {
  executable: string;
  /** Builds the arguments. Gets the path by which the program reaches the data directory. */
  args: (pgdata: string) => string[];
  pgdata: string;
  stdin?: "piped" | "null";
  stdout?: "piped" | "null";
  detached?: boolean;
}

/**
 * Chooses the account Postgres runs as under root.
 *
 * @param existing The data directory, if it exists. Its owner stays the account, `nobody` excepted: see
 * {@link takeFromNobody}.
 * @returns Undefined when this process does not run as root.
 * @throws {Error} If there is no account of its own, and it cannot be created.
 */
export async function postgresAccount(existing?: Deno.FileInfo): Promise<Account | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const is_owned = existing?.uid && existing.gid !== null &&
    existing.uid !== (await accountNamed("nobody"))?.uid;
  return is_owned ? { uid: existing.uid!, gid: existing.gid! } : await ownAccount();
}

/**
 * Finds a way for an account to reach a folder, by trying each.
 *
 * @throws {Error} If there is none. The message says what to change.
 */
export async function findRunAs(folder: string, executable: string, account?: Account): Promise<RunAs> {
  if (account === undefined) return {};
  for (const run of [{ account }, { account, inside: true }]) {
    if (run.inside && Deno.build.os !== "linux") continue;
    if (await runs(run, { executable, args: () => ["--version"], pgdata: folder })) return run;
  }
  throw new Error(
    `Postgres runs as uid ${account.uid} because this service runs as root, and that account cannot reach ` +
      `${folder}. Set DATA_DIR to a folder that others may pass through (mode 0711 along the whole path), ` +
      "such as /var/lib/poli-credits, or start the service as an ordinary user.",
  );
}

async function runs(run: RunAs, program: Program): Promise<boolean> {
  try {
    return (await command(run, program).output()).success;
  } catch {
    return false;
  }
}

/** Builds the command that runs a Postgres program. The program gets none of our environment, so no secrets. */
export function command(run: RunAs, program: Program): Deno.Command {
  const options: Deno.CommandOptions = {
    cwd: program.pgdata,
    clearEnv: true,
    env: { PATH: [Deno.env.get("PATH"), SYSTEM_PATH].filter(Boolean).join(":"), LC_ALL: "C", TZ: "UTC" },
    stdin: program.stdin ?? "null",
    stdout: program.stdout ?? "null",
    stderr: "piped",
    detached: program.detached ?? false,
  };
  const { account } = run;
  if (account === undefined || !run.inside) {
    return new Deno.Command(program.executable, {
      ...options,
      ...account,
      args: program.args(program.pgdata),
    });
  }
  // Deno changes the user before the folder, which fails here. chroot to "/" keeps the folder.
  const { uid, gid } = account;
  const as = [`--userspec=+${uid}:+${gid}`, "--groups=", "--skip-chdir", "/", program.executable];
  return new Deno.Command("chroot", { ...options, args: [...as, ...program.args(OWN_FOLDER)] });
}
