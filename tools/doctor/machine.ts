/** Checks of the machine or container: memory, open files, disk. They read and change nothing else. */

import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Config, ConfigError } from "../../src/config/environment.ts";
import type { Heap } from "../../src/config/memory_limits.ts";
import { connectionsMaxOf } from "../../src/config/open_files.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const MB = 1024 * 1024;
/** A service with fewer connections serves few viewers. */
const CONNECTIONS_LOW = 1_000;
/** Free space below which the embedded Postgres may stop within days: its write-ahead log alone takes 1 GB. */
const DISK_FREE_MIN_BYTES = 2 * 1024 * MB;

/** Where a control group's limit of memory stands: version 2, then version 1. */
const LIMIT_FILES = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

/** Returns the memory that the service may use, in bytes: the limit of its container or unit, or the machine's. */
export function memoryLimitBytes(): number {
  const total = Deno.systemMemoryInfo().total;
  for (const path of LIMIT_FILES) {
    try {
      const limit = Number(Deno.readTextFileSync(path));
      if (limit > 0) return Math.min(limit, total);
    } catch {
      // This machine has no such control group.
    }
  }
  return total;
}

/** Compares V8's heap with the memory that there is: the heap should be half of it. */
export function checkMemory(heap: Heap, memory_bytes: number): Finding {
  const name = "memory";
  const half = Math.floor(memory_bytes / 2 / MB);
  const detail = `a heap of ${Math.round(heap.limit_bytes / MB)} MB in ${
    Math.round(memory_bytes / MB)
  } MB of memory`;
  // A heap of just over a half is one that was rounded.
  if (heap.limit_bytes <= memory_bytes * 0.55) return ok(name, detail);
  return problem(
    name,
    `${detail}: the service can be killed for its memory before it bounds itself`,
    `Set DENO_V8_FLAGS=--max-old-space-size=${half}, or raise the limit of memory.`,
  );
}

/** Derives the most connections from the limit of open files. */
export function checkOpenFiles(config: Config, open_files: number): Finding {
  const name = "open files";
  try {
    const connections = connectionsMaxOf(config, open_files);
    const detail = `a limit of ${open_files} has room for ${connections} connections of clients`;
    if (connections >= CONNECTIONS_LOW || config.connections_max !== undefined) return ok(name, detail);
    return warning(name, detail, "Raise the limit (LimitNOFILE, ulimit -n): each viewer holds a connection.");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(name, error.message, "Raise the limit or lower MAX_CONNECTIONS.");
  }
}

/** Checks the data folder of the embedded Postgres: it can be written, and its disk has space. */
export async function checkDisk({ database_url, data_dir }: Config): Promise<Finding> {
  const name = "disk";
  if (database_url !== undefined) {
    return ok(name, "the service stores nothing here: DATABASE_URL names its Postgres");
  }
  const folder = await existingFolder(resolve(data_dir));
  const writable = await canWrite(folder);
  if (!writable) {
    return problem(
      name,
      `${folder} cannot be written`,
      "Set DATA_DIR to a folder of the service's user, or give it this one.",
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  const free_bytes = bavail * bsize;
  const detail = `${(free_bytes / 1024 / MB).toFixed(1)} GB are free for ${data_dir}`;
  if (free_bytes >= DISK_FREE_MIN_BYTES) return ok(name, detail);
  return problem(
    name,
    detail,
    "Free space, or set DATA_DIR to a folder on another disk: Postgres stops when it is full.",
  );
}

/** Returns the folder, or the nearest one above it that exists. */
async function existingFolder(folder: string): Promise<string> {
  const info = await Deno.stat(folder).catch(() => undefined);
  return info !== undefined || dirname(folder) === folder ? folder : await existingFolder(dirname(folder));
}

async function canWrite(folder: string): Promise<boolean> {
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".doctor" }));
    return true;
  } catch {
    return false;
  }
}
