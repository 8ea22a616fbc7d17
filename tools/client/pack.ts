/** Packs the client as an npm package (`deno task client:pack`). Version and dependencies are those of `deno.json`. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool, type Values } from "../command_line.ts";

const USAGE = `deno task client:pack [--folder FOLDER]

Packs client/ as an npm package and prints the path of its file.

  --folder   where the file is written; by default the current folder
  --help     print this text

Exit codes: 0 packed; 1 the package cannot be built; 2 the command line does not fit.`;

const OPTIONS = { folder: { type: "string", default: "." } } as const;

/** The name of the package. */
export const PACKAGE = "@poli-credits/client";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

async function run({ folder }: Values<typeof OPTIONS>): Promise<number> {
  console.log(await packClient(folder));
  return 0;
}

/**
 * Packs the client into a file of the folder. Returns its path.
 *
 * @throws {Error} with the output of `deno pack` when it fails
 */
export async function packClient(folder: string): Promise<string> {
  const { version, license, imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const file = join(await Deno.realPath(folder), `poli-credits-client-${version}.tgz`);
  const source = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(join(ROOT, "client"))) {
      await Deno.copyFile(join(ROOT, "client", name), join(source, name));
    }
    await Deno.copyFile(join(ROOT, "LICENSE"), join(source, "LICENSE"));
    const dependency = imports["openapi-fetch"].replace("@", "@^");
    const config = {
      name: PACKAGE,
      version,
      license,
      exports: "./mod.ts",
      imports: { "openapi-fetch": dependency },
    };
    await Deno.writeTextFile(join(source, "deno.json"), JSON.stringify(config));
    const args = ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", file];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: source }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return file;
  } finally {
    await Deno.remove(source, { recursive: true });
  }
}
