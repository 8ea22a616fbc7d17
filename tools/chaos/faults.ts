/** The faults. Each is injected into the service under load, and then removed. */

import { join } from "node:path";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { Load } from "./load.ts";
import {
  type ChaosEnvironment,
  type ProcessSettings,
  runAsSuperuser,
  withDatabaseName,
} from "./environment.ts";
import { sleep } from "../../src/time/sleep.ts";
import { CLOCKS } from "./clocks.ts";
import { EXHAUSTIONS } from "./exhaustion.ts";
import { FAILOVERS } from "./failovers.ts";
import { POOLERS } from "./poolers.ts";

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  /** A short description. */
  readonly description: string;
  /**
   * Its environment: an external Postgres, the service's own, a proxy in between, one that can fail over behind a proxy,
   * or a small disk.
   */
  readonly environment: "postgres" | "embedded" | "proxy" | "replicated" | "small_disk";
  /** The fault loses acknowledged commits by design: what it lost is delivered again, and balances may go back. */
  readonly loses_commits?: boolean;
  /** Returns how the service is started, given the folder of its environment. */
  readonly process?: (data_dir: string) => ProcessSettings;
  /** Returns why the fault cannot be injected on this machine, or undefined. */
  readonly unavailable?: () => Promise<string | undefined>;
  /**
   * Injects the fault and removes it. The service must then recover without help.
   *
   * @param round the number of the round, from 1
   */
  inject(environment: ChaosEnvironment, random: SeededRandom, load: Load, round: number): Promise<void>;
}

/** All faults. */
export const FAULTS: readonly Fault[] = [
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
    async inject(environment) {
      const { postgres } = environment.settings;
      const pid = postgres!.pid!;
      kill(pid, "SIGQUIT");
      // Its launcher restarts it.
      while (postgres!.pid === undefined || postgres!.pid === pid) await sleep(5);
    },
  },
  {
    name: "terminate",
    description: "pg_terminate_backend of every connection of the service, one after the other",
    environment: "postgres",
    async inject(environment, random) {
      const { postgres, database } = environment.settings;
      const client = await connect(withDatabaseName(postgres!.superuser_url, database!), {
        application_name: "chaos",
      });
      try {
        const { rows } = await client.query<{ pid: number }>(
          "select pid from pg_stat_activity where datname = $1 and application_name like 'poli-credits%'",
          [database],
        );
        for (const { pid } of random.pickSome(rows, rows.length)) {
          await client.query("select pg_terminate_backend($1)", [pid]);
          await sleep(random.between(0, 120));
        }
      } finally {
        await disconnect(client);
      }
    },
  },
  {
    name: "cut",
    description: "every connection to Postgres cut, and new ones refused for a while",
    environment: "proxy",
    async inject({ proxy }, random) {
      proxy!.cut();
      await sleep(random.between(0, 800));
      proxy!.restore();
    },
  },
  {
    name: "delay",
    description: "all traffic between the service and Postgres delayed at random",
    environment: "proxy",
    async inject({ proxy }, random) {
      const most_ms = random.between(20, 400);
      proxy!.delay(() => random.between(0, most_ms));
      await sleep(random.between(500, 1_500));
      proxy!.restore();
    },
  },
  {
    name: "swallow",
    description: "replies to committed writes lost, and their connections cut",
    environment: "proxy",
    async inject({ proxy }, random) {
      await proxy!.dropAnswers("poli-credits journal", random.between(1, 6));
    },
  },
  {
    name: "disk_full",
    description: "the disk of Postgres full, and free again",
    environment: "small_disk",
    async inject(environment, random, load) {
      const { postgres, disk } = environment.settings;
      const before = load.answers.unavailable + load.answers.none;
      await disk!.fill();
      // The log has spare segments: switching uses them up, until Postgres must create one.
      while (load.answers.unavailable + load.answers.none < before + 5) {
        await runAsSuperuser(postgres!, ["select pg_switch_wal()"]).catch(() => {});
        await disk!.fill();
        await sleep(20);
      }
      await sleep(random.between(0, 500));
      await disk!.free();
    },
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
  ...FAILOVERS,
  ...POOLERS,
  ...EXHAUSTIONS,
  ...CLOCKS,
];

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
