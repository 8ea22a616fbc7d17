/** Runs the generator of types, which has packages of its own. */

import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("generator/", import.meta.url));

/** The lock file of the generator's packages. */
export const GENERATOR_LOCK = `${folder}packages.lock`;

/** Returns the TypeScript types of an OpenAPI document. @throws {Error} with the generator's output when it fails */
export async function generateTypes(document: unknown): Promise<string> {
  return await runDeno(["run", "--allow-env", "--allow-read"], JSON.stringify(document));
}

/** Downloads the generator's packages, TypeScript among them, unless they are in Deno's cache. */
export async function cacheGenerator(): Promise<void> {
  await runDeno(["cache"], "");
}

async function runDeno(command: readonly string[], input: string): Promise<string> {
  const args = [...command, "--quiet", "--config", `${folder}config.json`, `${folder}main.ts`];
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, ...pipes }).spawn();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
