/** Static files, read once: all answers share one buffer. */

type Bytes = Uint8Array<ArrayBuffer>;

/** Reads files once. A file that cannot be read is tried again at its next request. */
export class StaticFiles {
  readonly #readFile: (path: string) => Promise<Bytes>;
  readonly #files = new Map<string, Promise<Bytes>>();

  constructor(readFile: (path: string) => Promise<Bytes> = (path) => Deno.readFile(path)) {
    this.#readFile = readFile;
  }

  /** Returns the content of a file. Rejects when it cannot be read. */
  read(path: string): Promise<Bytes> {
    let file = this.#files.get(path);
    if (file === undefined) {
      this.#files.set(path, file = this.#readFile(path));
      file.catch(() => this.#files.delete(path));
    }
    return file;
  }
}
