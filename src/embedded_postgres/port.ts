/** The port of Postgres on the loopback address. It stays the same across starts while it is free. */

import { join } from "node:path";

// Below the ephemeral ports (from 32768 or 49152): another program's outgoing connection could hold one of those
// when Postgres restarts.
const PORT_MIN = 20_000;
const PORT_MAX = 32_767;
const ATTEMPTS_MAX = 100;

/**
 * Chooses a free port: the one stored in the data folder if it is free, otherwise a new one, which is stored.
 *
 * @param avoid A port that turned out to be taken.
 * @throws {Error} If a hundred attempts find none.
 */
export async function choosePort(data_dir: string, avoid?: number): Promise<number> {
  const file = join(data_dir, "port");
  const noted = Number.parseInt(await Deno.readTextFile(file).catch(() => ""));
  if (noted >= 1_024 && noted <= 65_535 && noted !== avoid && isFree(noted)) return noted;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN + 1));
    if (!isFree(port)) continue;
    await Deno.writeTextFile(file, `${port}\n`);
    return port;
  }
  throw new Error(
    `No free port from ${PORT_MIN} to ${PORT_MAX} on 127.0.0.1. Free one, or write one into ${file}.`,
  );
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
