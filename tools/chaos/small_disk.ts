import { join } from "node:path";

/** A file system of its own, small enough to be filled. Only root may make one, and not in every container. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #ballast: string;

  private constructor(path: string) {
    this.path = path;
    this.#ballast = join(path, "ballast");
  }

  /** @returns undefined where mounting is not allowed */
  static async mount(path: string, megabytes: number): Promise<SmallDisk | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    // One that a killed run has left.
    await run("umount", "--lazy", path);
    await Deno.mkdir(path, { recursive: true });
    const mounted = await run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0711`, "tmpfs", path);
    return mounted ? new SmallDisk(path) : undefined;
  }

  /** Takes all room that there is. */
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

  /** Gives the room back. */
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
