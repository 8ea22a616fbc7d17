import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The folders that a copy leaves out. */
const EXCLUDED = new Set([".git", "data", "coverage", "node_modules"]);

/** A temporary copy of the project to put mutants into. Disposing it deletes it. */
export class WorkingCopy implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Copies a project. */
  static async create(root: string): Promise<WorkingCopy> {
    const copy = new WorkingCopy(await Deno.makeTempDir({ prefix: "poli-credits-mutation-" }));
    await copyFolder(root, copy.path);
    return copy;
  }

  /** Reads a file of the copy. */
  read(file: string): Promise<string> {
    return Deno.readTextFile(join(this.path, file));
  }

  /** Writes a file of the copy. */
  write(file: string, text: string): Promise<void> {
    return Deno.writeTextFile(join(this.path, file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (EXCLUDED.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    await Deno.mkdir(dirname(target), { recursive: true });
    if (isDirectory) await copyFolder(source, target);
    else if (isFile) await Deno.copyFile(source, target);
  }
}
