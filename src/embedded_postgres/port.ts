/** The port Postgres listens at on the loopback address: the same at every start, while it is free. */

import { join } from "node:path";

// Below the ports that systems hand out by themselves (from 32768, or 49152), or some other program's outgoing
// connection could hold ours just when Postgres is started again.
const PORT_MIN = 20_000;
const PORT_MAX = 32_767;
const ATTEMPTS_MAX = 100;

/**
 * A free port: the one noted in the data folder if it is still free, else another, which is noted.
 *
 * @param avoid A port that turned out not to be free.
 * @throws {Error} If none was found in a hundred attempts.
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
    `No free port was found from ${PORT_MIN} to ${PORT_MAX} on 127.0.0.1. Free some, or write one into ${file}.`,
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
