/** What is done to the service, and undone: each while it is under load. */

import { join } from "node:path";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { Load } from "./load.ts";
import { type ChaosEnvironment, runAsSuperuser, withDatabaseName } from "./environment.ts";
import { sleep } from "../../src/time/sleep.ts";

/** One way to hurt. */
export interface Fault {
  readonly name: string;
  /** In a sentence. */
  readonly description: string;
  /** What it takes: a Postgres beside the service, the service's own, a proxy between them, or a small disk. */
  readonly environment: "postgres" | "embedded" | "proxy" | "small_disk";
  /** Hurts, and mends what it has hurt. Then the service must come back without help. */
  inject(stage: ChaosEnvironment, dice: SeededRandom, load: Load): Promise<void>;
}

export const FAULTS: readonly Fault[] = [
  {
    name: "kill",
    description: "kill -9 of the service at any moment, and a new start",
    environment: "postgres",
    async inject(stage) {
      await stage.service.end("SIGKILL");
      await stage.start();
    },
  },
  {
    name: "kill_all",
    description: "kill -9 of the service and of every process of its own Postgres, and a new start",
    environment: "embedded",
    async inject(stage, dice) {
      const whole_family = await familyOf(stage);
      await stage.service.end("SIGKILL");
      // In half of the rounds the Postgres that was left behind is found alive by the next start.
      if (dice.chance(0.5)) { for (const pid of whole_family) kill(pid, "SIGKILL"); }
      await stage.start();
    },
  },
  {
    name: "postgres_kill",
    description: "kill -9 of the service's own Postgres, which the service starts again",
    environment: "embedded",
    async inject(stage) {
      const [leader] = await familyOf(stage);
      kill(leader!, "SIGKILL");
      while ((await familyOf(stage).catch(() => [leader]))[0] === leader) await sleep(5);
    },
  },
  {
    name: "postgres_immediate",
    description: "Postgres stopped in immediate mode, as by a crash, and started",
    environment: "postgres",
    async inject(stage) {
      const { postgres } = stage.settings;
      const pid = postgres!.pid!;
      kill(pid, "SIGQUIT");
      // It is started again by whoever watches over it.
      while (postgres!.pid === undefined || postgres!.pid === pid) await sleep(5);
    },
  },
  {
    name: "terminate",
    description: "pg_terminate_backend of every connection of the service, one after the other",
    environment: "postgres",
    async inject(stage, dice) {
      const { postgres, database } = stage.settings;
      const client = await connect(withDatabaseName(postgres!.superuser_url, database!), {
        application_name: "chaos",
      });
      try {
        const { rows } = await client.query<{ pid: number }>(
          "select pid from pg_stat_activity where datname = $1 and application_name like 'poli-credits%'",
          [database],
        );
        for (const { pid } of dice.pickSome(rows, rows.length)) {
          await client.query("select pg_terminate_backend($1)", [pid]);
          await sleep(dice.between(0, 120));
        }
      } finally {
        await disconnect(client);
      }
    },
  },
  {
    name: "cut",
    description: "every connection to Postgres cut, and none let in for a while",
    environment: "proxy",
    async inject({ proxy }, dice) {
      proxy!.cut();
      await sleep(dice.between(0, 800));
      proxy!.restore();
    },
  },
  {
    name: "delay",
    description: "everything between the service and Postgres held back, each piece for another while",
    environment: "proxy",
    async inject({ proxy }, dice) {
      const most_ms = dice.between(20, 400);
      proxy!.delay(() => dice.between(0, most_ms));
      await sleep(dice.between(500, 1_500));
      proxy!.restore();
    },
  },
  {
    name: "swallow",
    description: "the answers to committed writes swallowed, and their connections cut",
    environment: "proxy",
    async inject({ proxy }, dice) {
      await proxy!.dropAnswers("poli-credits journal", dice.between(1, 6));
    },
  },
  {
    name: "disk_full",
    description: "no room left where Postgres writes, and room again",
    environment: "small_disk",
    async inject(stage, dice, load) {
      const { postgres, disk } = stage.settings;
      const before = load.answers.unavailable + load.answers.none;
      await disk!.fill();
      // The log has segments in reserve: they are used up by going on to the next, until one must be made.
      while (load.answers.unavailable + load.answers.none < before + 5) {
        await runAsSuperuser(postgres!, ["select pg_switch_wal()"]).catch(() => {});
        await disk!.fill();
        await sleep(20);
      }
      await sleep(dice.between(0, 500));
      await disk!.free();
    },
  },
  {
    name: "takeover",
    description: "the owner stopped by SIGSTOP, its companies taken over by a second process, and SIGCONT",
    environment: "postgres",
    async inject(stage, dice, load) {
      const first = stage.service;
      Deno.kill(first.pid, "SIGSTOP");
      try {
        stage.service_urls = [];
        load.sendTo(first.url, dice.between(3, 12));
        const second = await stage.startSecondService();
        stage.service = second;
        stage.service_urls = [second.url];
        load.addSenders();
        await load.durable(dice.between(10, 60), 20_000);
        // From now on both think they own whoever asks them.
        stage.service_urls = [first.url, second.url];
      } finally {
        Deno.kill(first.pid, "SIGCONT");
      }
      await sleep(dice.between(100, 600));
      stage.service_urls = [stage.service.url];
      await first.end(dice.pick(["SIGTERM", "SIGKILL"]));
    },
  },
];

/** Every process of the service's own Postgres, its first one first. */
async function familyOf({ settings: { data_dir } }: ChaosEnvironment): Promise<number[]> {
  const pgdata = join(data_dir, "postgres", "cluster", "pgdata");
  const leader = Number((await Deno.readTextFile(join(pgdata, "postmaster.pid"))).split("\n")[0]);
  const children = await Deno.readTextFile(`/proc/${leader}/task/${leader}/children`).catch(() => "");
  return [leader, ...children.trim().split(" ").filter((pid) => pid !== "").map(Number)];
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
