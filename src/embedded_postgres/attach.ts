/** Finds the embedded Postgres of a running service, for another program on the same machine such as the audit. */

import { join } from "node:path";
import { clusterOf, ROLE } from "./cluster.ts";

/**
 * Returns the URL by which the service connects to the embedded Postgres of a data folder. Starts nothing and locks
 * nothing.
 *
 * @param data_dir the `data_dir` that the service passed to `startEmbeddedPostgres`
 * @throws {Error} if there is none, it does not run, or its password cannot be read; the message names the remedy
 */
export async function attachToEmbeddedPostgres(data_dir: string): Promise<string> {
  const password = await passwordOf(data_dir);
  const port = Number.parseInt(await Deno.readTextFile(join(data_dir, "port")).catch(() => ""));
  if (!(await listens(port))) {
    throw new Error(
      `The embedded Postgres of ${data_dir} is not running. Start the service on it (deno task start, with the ` +
        "same DATA_DIR) and try again, or set DATABASE_URL.",
    );
  }
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${ROLE}`;
}

async function passwordOf(data_dir: string): Promise<string> {
  try {
    return (await Deno.readTextFile(clusterOf(data_dir).password_file)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(
        `There is no embedded Postgres in ${data_dir}. Set DATA_DIR to the folder of the service, start it once ` +
          "(deno task start), or set DATABASE_URL.",
        { cause: error },
      );
    }
    throw new Error(
      `The password of the embedded Postgres in ${data_dir} cannot be read: ${(error as Error).message}. ` +
        "Run this as the user that runs the service.",
      { cause: error },
    );
  }
}

async function listens(port: number): Promise<boolean> {
  if (!Number.isInteger(port)) return false;
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
