/** Faults of processes: killed, stopped as by a crash, or paused. */

import { join } from "node:path";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import type { ChaosEnvironment } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The service, its own Postgres, or an external one ended; and a service that is paused while another takes over. */
export const PROCESSES: readonly Fault[] = [
  {
    name: "kill",
    description: "kill -9 of the service, and a restart",
    environment: "postgres",
    async inject(environment) {
      await environment.service.end("SIGKILL");
      await environment.start();
    },
  },
  {
    name: "kill_all",
    description: "kill -9 of the service and every process of its own Postgres, and a restart",
    environment: "embedded",
    async inject(environment, random) {
      const postgres_pids = await postgresPids(environment);
      await environment.service.end("SIGKILL");
      // In half of the rounds the next start finds the orphan Postgres alive.
      if (random.chance(0.5)) { for (const pid of postgres_pids) kill(pid, "SIGKILL"); }
      await environment.start();
    },
  },
  {
    name: "postgres_kill",
    description: "kill -9 of the service's own Postgres, which the service restarts",
    environment: "embedded",
    async inject(environment) {
      const [leader] = await postgresPids(environment);
      kill(leader!, "SIGKILL");
      while ((await postgresPids(environment).catch(() => [leader]))[0] === leader) await sleep(5);
    },
  },
  {
    name: "postgres_immediate",
    description: "Postgres stopped in immediate mode, as by a crash, and restarted",
    environment: "postgres",
    inject: ({ settings }) => restartPostgres(settings.postgres!, "SIGQUIT"),
  },
  {
    name: "takeover",
    description: "the owner paused by SIGSTOP, its companies taken over by a second process, and SIGCONT",
    environment: "postgres",
    async inject(environment, random, load) {
      const first = environment.service;
      Deno.kill(first.pid, "SIGSTOP");
      try {
        environment.service_urls = [];
        load.sendTo(first.url, random.between(3, 12));
        const second = await environment.startSecondService();
        environment.service = second;
        environment.service_urls = [second.url];
        load.addSenders();
        await load.waitForDurable(random.between(10, 60), 20_000);
        // From now on both processes act as owner of the companies they get requests for.
        environment.service_urls = [first.url, second.url];
      } finally {
        Deno.kill(first.pid, "SIGCONT");
      }
      await sleep(random.between(100, 600));
      environment.service_urls = [environment.service.url];
      await first.end(random.pick(["SIGTERM", "SIGKILL"]));
    },
  },
];

/** Stops Postgres, in fast mode by SIGINT or as by a crash by SIGQUIT, and waits until its launcher has restarted it. */
export async function restartPostgres(
  postgres: EmbeddedPostgres,
  signal: "SIGINT" | "SIGQUIT",
): Promise<void> {
  const pid = postgres.pid!;
  kill(pid, signal);
  while (postgres.pid === undefined || postgres.pid === pid) await sleep(5);
}

/** Returns the pids of the service's own Postgres, the postmaster first. */
async function postgresPids({ settings: { data_dir } }: ChaosEnvironment): Promise<number[]> {
  const pgdata = join(data_dir, "postgres", "cluster", "pgdata");
  const leader = Number((await Deno.readTextFile(join(pgdata, "postmaster.pid"))).split("\n")[0]);
  const children = await Deno.readTextFile(`/proc/${leader}/task/${leader}/children`).catch(() => "");
  return [leader, ...children.trim().split(" ").filter((pid) => pid !== "").map(Number)];
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has already ended.
  }
}
