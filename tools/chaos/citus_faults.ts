/**
 * Faults on a distributed database. `CITUS_URL` names the database of a coordinator, as its owner. `CITUS_WORKER_RESTART` is
 * a command that restarts one worker, such as `pg_ctl -D /data -m immediate restart`.
 */

import type { Fault } from "./faults.ts";
import { PROCESSES } from "./processes.ts";

/** The coordinator's database. Undefined where there is no Citus. */
export const CITUS_URL = Deno.env.get("CITUS_URL");
const CITUS_WORKER_RESTART = Deno.env.get("CITUS_WORKER_RESTART");

const { kill, takeover } = Object.fromEntries(PROCESSES.map((fault) => [fault.name, fault]));

/** The service killed, its companies taken over while it is paused, and a worker that restarts. */
export const CITUS_FAULTS: readonly Fault[] = [
  ...[kill!, takeover!].map((fault): Fault => ({
    ...fault,
    name: `citus_${fault.name}`,
    description: `on Citus: ${fault.description}`,
    environment: "citus",
    unavailable: whyNoCitus,
  })),
  {
    name: "citus_worker_restart",
    description: "on Citus: a worker restarted",
    environment: "citus",
    unavailable: async () =>
      await whyNoCitus() ??
        (CITUS_WORKER_RESTART === undefined ? "CITUS_WORKER_RESTART is not set" : undefined),
    async inject() {
      const { success } = await new Deno.Command("sh", {
        args: ["-c", CITUS_WORKER_RESTART!],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).output();
      if (!success) throw new Error(`the worker was not restarted by: ${CITUS_WORKER_RESTART}`);
    },
  },
];

function whyNoCitus(): Promise<string | undefined> {
  return Promise.resolve(CITUS_URL === undefined ? "CITUS_URL is not set" : undefined);
}
