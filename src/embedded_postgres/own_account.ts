/**
 * The system account of the embedded Postgres under root. It is used by nothing else: processes of the same account could
 * rewrite `pg_hba.conf` and become superuser, as those of `nobody` could.
 */

import { sleep } from "../time/sleep.ts";

/** An account of the operating system. */
export interface Account {
  uid: number;
  gid: number;
}

/** The folders of system programs such as `chroot`; the PATH of a cron job or a bare shell lacks some. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/** The account's name. macOS comes with an account for Postgres. */
const NAME = Deno.build.os === "darwin" ? "_postgres" : "poli-credits-db";

/** Commands that create the account: of shadow-utils, and of busybox. */
const CREATE = [
  [
    "useradd",
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/bin/false",
    NAME,
  ],
  ["addgroup", "-S", NAME],
  ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false", "-G", NAME, NAME],
] as const;

/** User and group ids of system accounts. Those from here up are the least used. */
const SYSTEM_IDS = { min: 700, max: 999 } as const;
/** Another start may be creating the account. */
const ATTEMPTS_MAX = 20;
const RETRY_MS = 100;

/**
 * Returns the system account that Postgres runs as, and creates it if there is none.
 *
 * @throws {Error} If it cannot be created. The message names the remedy.
 */
export async function ownAccount(): Promise<Account> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const account = await accountNamed(NAME) ?? await createAccount();
    if (account !== undefined) return account;
    await sleep(RETRY_MS);
  }
  throw new Error(
    `Postgres refuses to run as root, and the system account ${NAME} that it runs as cannot be created. Create it ` +
      `(useradd --system ${NAME}), start the service as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Reads an account from `/etc/passwd`. Undefined when it is not there. */
export async function accountNamed(name: string): Promise<Account | undefined> {
  const fields = (await linesOf("/etc/passwd")).map((line) => line.split(":")).find(([first]) =>
    first === name
  );
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) return undefined;
  // Some systems write the ids of `nobody` as negative numbers.
  return { uid: uid >>> 0, gid: gid >>> 0 };
}

async function createAccount(): Promise<Account | undefined> {
  let has_program = false;
  for (const [program, ...args] of CREATE) {
    has_program = await runs(program, args) || has_program;
    const account = await accountNamed(NAME);
    if (account !== undefined) return account;
  }
  // An image without these programs has no other process that edits the file.
  if (!has_program) await appendAccount().catch(() => {});
  return await accountNamed(NAME);
}

/** Runs a program to its end; its exit code does not matter. @returns false when it does not exist or may not be run */
async function runs(program: string, args: readonly string[]): Promise<boolean> {
  const env = { PATH: [Deno.env.get("PATH"), SYSTEM_PATH].filter(Boolean).join(":") };
  try {
    await new Deno.Command(program, { args: [...args], clearEnv: true, env, stdout: "null", stderr: "null" })
      .output();
    return true;
  } catch {
    return false;
  }
}

/** Adds the account with a free id of the system range. */
async function appendAccount(): Promise<void> {
  const taken = new Set(
    [...await linesOf("/etc/passwd"), ...await linesOf("/etc/group")].map((line) =>
      Number(line.split(":")[2])
    ),
  );
  let id: number = SYSTEM_IDS.max;
  while (taken.has(id)) id--;
  if (id < SYSTEM_IDS.min) return;
  await Deno.writeTextFile("/etc/group", `${NAME}:x:${id}:\n`, { append: true });
  await Deno.writeTextFile("/etc/passwd", `${NAME}:x:${id}:${id}::/nonexistent:/bin/false\n`, {
    append: true,
  });
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path).catch(() => "")).split("\n");
}
