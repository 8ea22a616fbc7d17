/**
 * The Deno permissions of the service: the flags that `deno task start` passes for this environment. As a script it
 * prints the whole command, with V8's flags, which the task then runs; on failure it prints none. The script itself needs all
 * permissions, to create the folder and the programs that the flags name.
 *
 * With `DATABASE_URL` the service may use the network and read its own files, its variables and the certificates in the
 * URL. The embedded Postgres adds its data folder and its programs.
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT } from "./environment.ts";
import { openFilesArguments } from "./open_files.ts";
import { secretFiles, withSecretFiles } from "./secret_files.ts";
import { V8_FLAGS } from "./v8_flags.ts";
import { type Log, preparePrograms } from "../embedded_postgres/embedded_postgres.ts";

/** Variables that locate the programs of the embedded Postgres and the system programs that supervise it. */
const PROGRAM_VARIABLES = ["HOME", "XDG_CACHE_HOME", "PATH"];
/** Variables that the driver and Node's modules read. */
const LIBRARY_VARIABLES = [
  "NODE_ENV",
  "NODE_DEBUG",
  "NODE_PG_FORCE_NATIVE",
  "NO_COLOR",
  "FORCE_COLOR",
  "USER",
  "USERNAME",
  "PG*",
];
/** System programs of `src/embedded_postgres/`: they find the process on a data folder, and start one as root. */
const SYSTEM_PROGRAMS = Deno.build.os === "linux" ? ["ls", "stat", "cat"] : ["ps"];

/**
 * Returns the flags for an environment. For the embedded Postgres it also creates the data folder and the programs.
 *
 * @param folder selects the embedded Postgres there, and ignores DATABASE_URL; DATA_DIR overrides the folder
 * @param log takes what the installation of the programs says
 * @throws {Error} with the remedy, when there is no embedded Postgres for this machine, or a secret file cannot be read
 */
export async function permissionsFor(
  env: Readonly<Record<string, string | undefined>>,
  folder?: string,
  log?: Log,
): Promise<string[]> {
  const { DATABASE_URL, DATA_DIR, NATS_URL, NODE_NAME } = withSecretFiles(env);
  const read = [
    fileURLToPath(new URL("../../migrations", import.meta.url)),
    await npmCache(),
    ...secretFiles(env),
  ];
  const always = ["--no-prompt", "--allow-net"];
  const variables = [...ENVIRONMENT, ...LIBRARY_VARIABLES];
  if (DATABASE_URL && folder === undefined) {
    return [
      ...always,
      // A node has its host's name unless it has another.
      ...NATS_URL && !NODE_NAME ? [allow("sys", ["hostname"])] : [],
      allow("env", variables),
      allow("read", [...read, ...certificatesOf(DATABASE_URL)]),
    ];
  }
  const data_dir = DATA_DIR || folder || "./data";
  const { initdb, postgres, pg_ctl, folder: programs } = await preparePrograms(
    `${data_dir}/postgres`,
    log,
  );
  // Deno checks both the given path and the one it resolves to.
  const own = [...new Set([resolve(data_dir), await Deno.realPath(data_dir)])];
  // Deno needs all permissions for these paths: a data folder in memory is for tests.
  if (own.some((path) => /^\/(dev|proc|sys)\//.test(path))) return ["-A"];
  const run = [initdb, postgres, pg_ctl, ...SYSTEM_PROGRAMS, ...Deno.uid() === 0 ? ["chroot", "chown"] : []];
  return [
    ...always,
    allow("env", [...variables, ...PROGRAM_VARIABLES]),
    allow("sys", ["uid"]),
    allow("read", [...read, programs, "/etc/passwd", ...own]),
    allow("write", own),
    allow("run", run),
  ];
}

/** Returns the TLS files that the URL names, which the driver reads. */
function certificatesOf(database_url: string): string[] {
  const parameters = URL.parse(database_url)?.searchParams;
  return ["sslrootcert", "sslcert", "sslkey"].flatMap((name) => parameters?.get(name) || []);
}

/** Returns a permission flag. A name that the shell would split or expand is not listed: the flag then allows all. */
function allow(kind: string, names: readonly string[]): string {
  return names.some((name) => /[\s,"'\\$*?]/.test(name.replace(/\*$/, "")))
    ? `--allow-${kind}`
    : `--allow-${kind}=${names.join(",")}`;
}

/** Returns Deno's package cache, whose files the service reads. */
async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

/** Prints on standard error: standard output is the command. */
const say: Log = (level, message) => {
  if (level === "info") console.error(message);
};

if (import.meta.main) {
  const [program, folder] = Deno.args;
  try {
    const flags = [
      `--v8-flags=${V8_FLAGS.join(",")}`,
      ...await permissionsFor(Deno.env.toObject(), folder, say),
    ];
    console.log(["deno run", ...flags, program, ...openFilesArguments()].join(" "));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
