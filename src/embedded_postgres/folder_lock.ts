/** The lock of a data folder: at most one service uses it. */

/** A held lock. Disposing of it releases the folder. */
export interface FolderLock extends Disposable {
  readonly folder: string;
}

/**
 * Locks a folder until the lock is disposed of or this process ends. The kernel holds the lock, so a file left by a
 * killed process never blocks a start.
 *
 * @throws {Error} If another living process holds it (the message has its pid), or if the folder is not writable.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = await openLock(`${folder}/lock`);
  try {
    if (!(await file.tryLock(true))) throw await inUse(folder);
    // The pid serves the error message alone. The lock, not the text, tells whether the folder is in use.
    await file.truncate();
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`)).catch((error: Error) => {
      throw new Error(
        `${folder}/lock cannot be written: ${error.message}. Free space on that disk, or set DATA_DIR to a folder on another.`,
        { cause: error },
      );
    });
    return { folder, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o644 });
  } catch (error) {
    throw new Error(
      `${path} cannot be opened: ${
        (error as Error).message
      }. Start the service as the user who owns the folder, ` +
        "give it to this user with chown -R, or set DATA_DIR to another folder.",
      { cause: error },
    );
  }
}

async function inUse(folder: string): Promise<Error> {
  const pid = (await Deno.readTextFile(`${folder}/lock`)).trim();
  const owner = pid === "" ? "another process" : `process ${pid}`;
  return new Error(
    `The data folder ${folder} is in use by ${owner}. Stop that process first, or set DATA_DIR to another folder.`,
  );
}
