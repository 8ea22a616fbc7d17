import { join } from "node:path";

/** A small file system that can be filled. Mounting it needs root and a container that allows mounts. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #ballast: string;

  private constructor(path: string) {
    this.path = path;
    this.#ballast = join(path, "ballast");
  }

  /** Mounts a small disk. @returns undefined where mounting is not allowed */
  static async mount(path: string, megabytes: number): Promise<SmallDisk | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    // Unmounts the disk of a killed run.
    await run("umount", "--lazy", path);
    await Deno.mkdir(path, { recursive: true });
    const mounted = await run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711`, "tmpfs", path);
    return mounted ? new SmallDisk(path) : undefined;
  }

  /** Fills the disk. */
  async fill(): Promise<void> {
    using file = await Deno.open(this.#ballast, { create: true, append: true });
    for (let size = 1 << 20; size >= 4096;) {
      try {
        await file.write(new Uint8Array(size));
      } catch {
        size >>= 1;
      }
    }
  }

  /** Frees the space again. */
  async free(): Promise<void> {
    await Deno.remove(this.#ballast).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", "--lazy", this.path);
  }
}

async function run(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args }).output()).success;
  } catch {
    return false;
  }
}
