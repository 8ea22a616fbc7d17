/** Who Postgres runs as. It refuses to run as root, so root lends it the account of `nobody`. */

/** An account of the operating system. */
export interface Account {
  uid: number;
  gid: number;
}

/** How the programs of Postgres are run on one data directory. */
export interface RunAs {
  /** Set when we are root; else they run as we do. */
  account?: Account;
  /**
   * Set when the account may not walk the path to the data directory, as under a root's home of mode 0700.
   * Root then opens the way by starting the program inside the directory, and the program knows it as
   * {@link OWN_FOLDER} only.
   */
  inside?: boolean;
}

/** The kernel takes this to the process's working directory without walking any path. Linux only. */
const OWN_FOLDER = "/proc/self/cwd";

/** Where `chroot` is, which the path of a cron job or a bare shell leaves out. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/** A program of Postgres that is to be run. */
export interface Program {
  executable: string;
  /** Given the name under which the program can reach the data directory. */
  args: (pgdata: string) => string[];
  pgdata: string;
  stdin?: "piped" | "null";
  stdout?: "piped" | "null";
  detached?: boolean;
}

/**
 * The account that Postgres runs as when we are root.
 *
 * @param existing The data directory, when there is one: its owner goes on owning it.
 * @returns Undefined when we are not root.
 * @throws {Error} If the system has no account `nobody`.
 */
export async function postgresAccount(existing?: Deno.FileInfo): Promise<Account | undefined> {
  if (Deno.uid() !== 0) return undefined;
  if (existing?.uid && existing.gid !== null) return { uid: existing.uid, gid: existing.gid };
  const passwd = await Deno.readTextFile("/etc/passwd").catch(() => "");
  const fields = passwd.split("\n").map((line) => line.split(":")).find(([name]) => name === "nobody");
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new Error(
      "Postgres refuses to run as root, and this system has no account 'nobody' to run it as. " +
        "Start the service as an ordinary user, or set DATABASE_URL.",
    );
  }
  // Some systems write the ids of nobody as negative numbers.
  return { uid: uid >>> 0, gid: gid >>> 0 };
}

/**
 * Finds out how an account can reach a folder, by trying it.
 *
 * @throws {Error} If it cannot at all, naming what to change.
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

/** The command that runs a program of Postgres; nothing of our environment, secrets above all, reaches it. */
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
  // Deno changes the user first and the folder second, which fails here; chroot to "/" leaves the folder as it is.
  const { uid, gid } = account;
  const as = [`--userspec=+${uid}:+${gid}`, "--groups=", "--skip-chdir", "/", program.executable];
  return new Deno.Command("chroot", { ...options, args: [...as, ...program.args(OWN_FOLDER)] });
}
