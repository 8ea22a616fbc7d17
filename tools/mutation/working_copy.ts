import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's own folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a copy leaves out: what is made, and what is git's. */
const LEFT_OUT = new Set([".git", "data", "coverage", "node_modules"]);

/** A copy of the project to do harm to, gone when it is disposed of. */
export class WorkingCopy implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(root: string): Promise<WorkingCopy> {
    const copy = new WorkingCopy(await Deno.makeTempDir({ prefix: "poli-credits-teeth-" }));
    await copyFolder(root, copy.path);
    return copy;
  }

  read(file: string): Promise<string> {
    return Deno.readTextFile(join(this.path, file));
  }

  write(file: string, text: string): Promise<void> {
    return Deno.writeTextFile(join(this.path, file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (LEFT_OUT.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    await Deno.mkdir(dirname(target), { recursive: true });
    if (isDirectory) await copyFolder(source, target);
    else if (isFile) await Deno.copyFile(source, target);
  }
}
