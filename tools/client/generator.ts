/** Runs the generator of types, which has packages of its own. */

import { fileURLToPath } from "node:url";
import { runWithOwnPackages } from "../own_packages.ts";

const folder = fileURLToPath(new URL("generator/", import.meta.url));

/** The lock file of the generator's packages. */
export const GENERATOR_LOCK = `${folder}packages.lock`;

/** Returns the TypeScript types of an OpenAPI document. @throws {Error} with the generator's output when it fails */
export async function generateTypes(document: unknown): Promise<string> {
  return await runWithOwnPackages(folder, ["run", "--allow-env", "--allow-read"], JSON.stringify(document));
}

/** Downloads the generator's packages, TypeScript among them, unless they are in Deno's cache. */
export async function cacheGenerator(): Promise<void> {
  await runWithOwnPackages(folder, ["cache"], "");
}
