/** The direct dependencies of the project and of single tools, and all packages of their lock files. */

import manifest from "../../deno.json" with { type: "json" };
import { fileURLToPath } from "node:url";
import { factKey } from "./facts.ts";
import { type Lock, type LockedPackage, parseLock } from "./lock.ts";
import { lockFiles, PROJECT_LOCK } from "./lock_files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the tables of the page are made of. */
export interface Tables {
  /** The direct dependencies in `deno.json`, by name. */
  readonly imports: readonly string[];
  readonly lock: Lock;
  /** The lock files of single tools, by the folder of the tool. */
  readonly tools: ReadonlyMap<string, Lock>;
  /** Every package of every lock file, once. */
  readonly packages: readonly LockedPackage[];
  /** The keys of the facts of direct dependencies. */
  readonly direct: ReadonlySet<string>;
}

/** Reads the manifest and the lock files. */
export async function readTables(): Promise<Tables> {
  const locks = new Map<string, Lock>();
  for (const path of await lockFiles()) locks.set(path, parseLock(await Deno.readTextFile(ROOT + path)));
  const packages = new Map<string, LockedPackage>();
  const direct = new Set<string>();
  for (const lock of locks.values()) {
    for (const one of lock.packages.values()) packages.set(factKey(one), one);
    for (const key of lock.direct.values()) direct.add(factKey(lock.packages.get(key)!));
  }
  const lock = locks.get(PROJECT_LOCK)!;
  locks.delete(PROJECT_LOCK);
  const tools = new Map([...locks].map(([path, one]) => [path.split("/").slice(0, 2).join("/"), one]));
  return { imports: Object.keys(manifest.imports), lock, tools, packages: [...packages.values()], direct };
}
