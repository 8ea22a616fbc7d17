/** Reads the project's own files, for tests that check all of them. */

/** The root folder of the project, as a URL that ends with a slash. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Reads a file of the project. */
export function readSource(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Lists the files below a folder whose names match, as paths from the root; nothing when there is no such folder. */
export async function* filesBelow(folder: string, name: RegExp): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(new URL(`${folder}/`, ROOT)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path, name);
    else if (name.test(entry.name)) yield path;
  }
}
