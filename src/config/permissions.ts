/**
 * What the service may do on its machine: the flags that `deno task start` runs it with, for this environment. Run
 * by itself it prints the whole command, and the task runs what is printed: without flags there is nothing to run.
 * It alone may do everything, to make the folder and the programs that they name.
 *
 * With `DATABASE_URL` the service may use the network, and read its own files and variables, and the certificates that
 * the URL names. The embedded Postgres adds its data folder, and the programs that run it.
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT } from "./environment.ts";
import { preparePrograms } from "../embedded_postgres/embedded_postgres.ts";

/** Where the programs of the embedded Postgres are kept, and those of the system that it is watched over with. */
const READ_FOR_PROGRAMS = ["HOME", "XDG_CACHE_HOME", "PATH"];
/** Read by what we use: what the driver and Node's own modules look for. */
const OTHERS_READ = [
  "NODE_ENV",
  "NODE_DEBUG",
  "NODE_PG_FORCE_NATIVE",
  "NO_COLOR",
  "FORCE_COLOR",
  "USER",
  "USERNAME",
  "PG*",
];
/** What `src/embedded_postgres/` asks of the system: who is running on a data folder, and how a root starts a program in it. */
const SYSTEM_PROGRAMS = Deno.build.os === "linux" ? ["ls", "stat", "cat"] : ["ps"];

/**
 * The flags for an environment; on the embedded default, its data folder and its programs are there afterwards.
 *
 * @throws {Error} that names the remedy, when there is no embedded Postgres for this machine
 */
export async function permissionsFor(
  env: { readonly DATABASE_URL?: string | undefined; readonly DATA_DIR?: string | undefined },
): Promise<string[]> {
  const read = [fileURLToPath(new URL("../../migrations", import.meta.url)), await npmCache()];
  const always = ["--no-prompt", "--allow-net"];
  const variables = [...ENVIRONMENT, ...OTHERS_READ];
  if (env.DATABASE_URL) {
    return [...always, list("env", variables), list("read", [...read, ...certificatesOf(env.DATABASE_URL)])];
  }
  const data_dir = env.DATA_DIR || "./data";
  const { initdb, postgres, pg_ctl, folder } = await preparePrograms(`${data_dir}/postgres`);
  // As it is given, and where it leads: both are asked for.
  const own = [...new Set([resolve(data_dir), await Deno.realPath(data_dir)])];
  // Deno opens these to who may do everything, whatever else is allowed: a data folder in memory is for tests.
  if (own.some((path) => /^\/(dev|proc|sys)\//.test(path))) return ["-A"];
  const run = [initdb, postgres, pg_ctl, ...SYSTEM_PROGRAMS, ...Deno.uid() === 0 ? ["chroot"] : []];
  return [
    ...always,
    list("env", [...variables, ...READ_FOR_PROGRAMS]),
    list("sys", ["uid"]),
    list("read", [...read, folder, "/etc/passwd", ...own]),
    list("write", own),
    list("run", run),
  ];
}

/** The files of TLS that the driver reads when the URL names them. */
function certificatesOf(database_url: string): string[] {
  const named = URL.parse(database_url)?.searchParams;
  return ["sslrootcert", "sslcert", "sslkey"].flatMap((name) => named?.get(name) || []);
}

/** The task takes the flags apart at spaces: what cannot be named so is allowed whole. */
function list(kind: string, names: readonly string[]): string {
  return names.some((name) => /[\s,"'\\$*?]/.test(name.replace(/\*$/, "")))
    ? `--allow-${kind}`
    : `--allow-${kind}=${names.join(",")}`;
}

/** Where Deno keeps the packages that we read files of. */
async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

if (import.meta.main) {
  const { DATABASE_URL, DATA_DIR } = Deno.env.toObject();
  // Whoever names a folder keeps everything there, whatever database is set up, unless DATA_DIR says otherwise.
  const [program, folder] = Deno.args;
  const env = folder === undefined ? { DATABASE_URL, DATA_DIR } : { DATA_DIR: DATA_DIR || folder };
  try {
    console.log(["deno run", ...await permissionsFor(env), program].join(" "));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
