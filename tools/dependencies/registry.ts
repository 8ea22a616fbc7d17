/** Asks the npm registry, through npm, and measures the installed packages. */

import type { PackageFacts } from "./facts.ts";
import type { LockedPackage } from "./lock.ts";

interface NpmView {
  readonly license?: string | { readonly type: string };
  readonly time: Readonly<Record<string, string>>;
  readonly "dist-tags": { readonly latest: string };
}

/**
 * Returns the facts of a package.
 *
 * @param cache the folder of Deno's npm packages
 * @param is_direct whether the newest version is asked for too
 * @throws {Error} with npm's message
 */
export async function factsOf(
  { name, version }: LockedPackage,
  cache: string,
  is_direct: boolean,
): Promise<PackageFacts> {
  const { license, time, "dist-tags": { latest } } = await view(`${name}@${version}`);
  const dateOf = (of: string) => (time[of] ?? "").slice(0, 10);
  return {
    licence: typeof license === "object" ? license.type : license ?? "unknown",
    released: dateOf(version),
    bytes: await sizeOf(`${cache}/registry.npmjs.org/${name}/${version}`),
    ...is_direct ? { newest: { version: latest, released: dateOf(latest) } } : {},
  };
}

/** Returns the folder of Deno's npm packages. */
export async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

async function view(specifier: string): Promise<NpmView> {
  const args = ["view", "--json", specifier, "license", "time", "dist-tags"];
  // Outside the project: npm would look for a package.json there.
  const command = new Deno.Command("npm", { args, cwd: "/", stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`npm view ${specifier}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Returns the bytes of all files below a folder, or null where there is no such folder. */
async function sizeOf(folder: string): Promise<number | null> {
  let bytes = 0;
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) bytes += await sizeOf(path) ?? 0;
      if (isFile) bytes += (await Deno.stat(path)).size;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return bytes;
}
