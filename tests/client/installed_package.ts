/** The client as a project of Node gets it: packed, and installed by npm without a network. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheGenerator, GENERATOR_LOCK } from "../../tools/client/generator.ts";
import { packClient } from "../../tools/client/pack.ts";
import { readSource, ROOT } from "../support/source_files.ts";

/** The oldest Node that the client supports. */
const NODE_MAJOR_MIN = 20;

/** Why the package cannot be tried on this machine. Undefined if it can. */
export const NOT_INSTALLABLE: string | undefined = await missingProgram();

/** A project that has installed the package. */
export class InstalledPackage implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** Packs the client, and installs it beside the dependencies that Deno has in its cache. */
  static async create(): Promise<InstalledPackage> {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "package.json"), `{ "private": true, "type": "module" }`);
    await cacheGenerator();
    const packages = await Promise.all([
      packClient(folder),
      cachedPackage("openapi-fetch"),
      cachedPackage("openapi-typescript-helpers"),
      cachedPackage("typescript", GENERATOR_LOCK),
    ]);
    const flags = ["--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...flags, ...packages], folder);
    return new InstalledPackage(folder);
  }

  /** Writes a file of the project. */
  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.folder, name), text);
  }

  /** Reads an installed file of a package. */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(join(this.folder, "node_modules", path));
  }

  /** Runs a program in the project to its end. Returns its output. @throws {Error} when it fails */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    return await run(program, args, this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Returns the code fences of a language in the client's README. */
export async function readmeExamples(language: string): Promise<string[]> {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...(await readSource("client/README.md")).matchAll(fence)].map(([, code]) => code!);
}

/** Returns the folder of a package in Deno's cache, in the version of a lock file. */
async function cachedPackage(
  name: string,
  lock = fileURLToPath(new URL("deno.lock", ROOT)),
): Promise<string> {
  const { npm } = JSON.parse(await Deno.readTextFile(lock));
  const locked = Object.keys(npm).find((id) => id.startsWith(`${name}@`));
  assert.ok(locked !== undefined, name);
  // The cache has a folder for each package, with one for each version: openapi-fetch/0.17.0/dist/index.mjs.
  const path = `../../../${name}/${locked.slice(name.length + 1)}/`;
  return fileURLToPath(new URL(path, import.meta.resolve("openapi-fetch")));
}

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, `${program} ${args.join(" ")}: ${text(stdout)}${text(stderr)}`);
  return text(stdout);
}

async function missingProgram(): Promise<string | undefined> {
  const versionOf = (program: string) => run(program, ["--version"], ".").catch(() => undefined);
  const node = await versionOf("node");
  if (Number(node?.match(/^v(\d+)/)?.[1] ?? 0) < NODE_MAJOR_MIN) {
    return `skipped without Node.js ${NODE_MAJOR_MIN} or newer: install it from nodejs.org or your distribution`;
  }
  return await versionOf("npm") === undefined ? "skipped without npm: install it with Node.js" : undefined;
}
