import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The lock file of the service, its client and its tests, as a path from the root of the project. */
export const PROJECT_LOCK = "deno.lock";

/** Lists the project's lock files, as paths from its root: its own, and those of tools with packages of their own. */
export async function lockFiles(): Promise<string[]> {
  return [PROJECT_LOCK, ...(await Array.fromAsync(locksBelow("tools"))).sort()];
}

async function* locksBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(ROOT + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* locksBelow(path);
    else if (name === "packages.lock") yield path;
  }
}
