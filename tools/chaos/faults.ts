/** What is done to the service, and undone: each while it is under load. */

import { join } from "node:path";
import type { Dice } from "../../tests/support/seeded_random.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { Load } from "./load.ts";
import { named, onServer, type Stage } from "./environment.ts";
import { sleep } from "../../src/time/sleep.ts";

/** One way to hurt. */
export interface Fault {
  readonly name: string;
  /** In a sentence. */
  readonly says: string;
  /** What it takes: a Postgres beside the service, the service's own, a proxy between them, or a small disk. */
  readonly stage: "postgres" | "embedded" | "proxy" | "small_disk";
  /** Hurts, and mends what it has hurt. Then the service must come back without help. */
  inflict(stage: Stage, dice: Dice, load: Load): Promise<void>;
}

export const FAULTS: readonly Fault[] = [
  {
    name: "kill",
    says: "kill -9 of the service at any moment, and a new start",
    stage: "postgres",
    async inflict(stage) {
      await stage.service.end("SIGKILL");
      await stage.start();
    },
  },
  {
    name: "kill_all",
    says: "kill -9 of the service and of every process of its own Postgres, and a new start",
    stage: "embedded",
    async inflict(stage, dice) {
      const whole_family = await familyOf(stage);
      await stage.service.end("SIGKILL");
      // In half of the rounds the Postgres that was left behind is found alive by the next start.
      if (dice.falls(0.5)) { for (const pid of whole_family) kill(pid, "SIGKILL"); }
      await stage.start();
    },
  },
  {
    name: "postgres_kill",
    says: "kill -9 of the service's own Postgres, which the service starts again",
    stage: "embedded",
    async inflict(stage) {
      const [leader] = await familyOf(stage);
      kill(leader!, "SIGKILL");
      while ((await familyOf(stage).catch(() => [leader]))[0] === leader) await sleep(5);
    },
  },
  {
    name: "postgres_immediate",
    says: "Postgres stopped in immediate mode, as by a crash, and started",
    stage: "postgres",
    async inflict(stage) {
      const { postgres } = stage.settings;
      const pid = postgres!.pid!;
      kill(pid, "SIGQUIT");
      // It is started again by whoever watches over it.
      while (postgres!.pid === undefined || postgres!.pid === pid) await sleep(5);
    },
  },
  {
    name: "terminate",
    says: "pg_terminate_backend of every connection of the service, one after the other",
    stage: "postgres",
    async inflict(stage, dice) {
      const { postgres, database } = stage.settings;
      const client = await connect(named(postgres!.superuser_url, database!), { application_name: "chaos" });
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
    says: "every connection to Postgres cut, and none let in for a while",
    stage: "proxy",
    async inflict({ proxy }, dice) {
      proxy!.cut();
      await sleep(dice.between(0, 800));
      proxy!.mend();
    },
  },
  {
    name: "delay",
    says: "everything between the service and Postgres held back, each piece for another while",
    stage: "proxy",
    async inflict({ proxy }, dice) {
      const most_ms = dice.between(20, 400);
      proxy!.delay(() => dice.between(0, most_ms));
      await sleep(dice.between(500, 1_500));
      proxy!.mend();
    },
  },
  {
    name: "swallow",
    says: "the answers to committed writes swallowed, and their connections cut",
    stage: "proxy",
    async inflict({ proxy }, dice) {
      await proxy!.swallow("poli-credits journal", dice.between(1, 6));
    },
  },
  {
    name: "disk_full",
    says: "no room left where Postgres writes, and room again",
    stage: "small_disk",
    async inflict(stage, dice, load) {
      const { postgres, disk } = stage.settings;
      const before = load.answers.unavailable + load.answers.none;
      await disk!.fill();
      // The log has segments in reserve: they are used up by going on to the next, until one must be made.
      while (load.answers.unavailable + load.answers.none < before + 5) {
        await onServer(postgres!, ["select pg_switch_wal()"]).catch(() => {});
        await disk!.fill();
        await sleep(20);
      }
      await sleep(dice.between(0, 500));
      await disk!.free();
    },
  },
  {
    name: "takeover",
    says: "the owner stopped by SIGSTOP, its companies taken over by a second process, and SIGCONT",
    stage: "postgres",
    async inflict(stage, dice, load) {
      const first = stage.service;
      Deno.kill(first.pid, "SIGSTOP");
      try {
        stage.doors = [];
        load.sendTo(first.url, dice.between(3, 12));
        const second = await stage.startSecond();
        stage.service = second;
        stage.doors = [second.url];
        load.reinforce();
        await load.durable(dice.between(10, 60), 20_000);
        // From now on both think they own whoever asks them.
        stage.doors = [first.url, second.url];
      } finally {
        Deno.kill(first.pid, "SIGCONT");
      }
      await sleep(dice.between(100, 600));
      stage.doors = [stage.service.url];
      await first.end(dice.pick(["SIGTERM", "SIGKILL"]));
    },
  },
];

/** Every process of the service's own Postgres, its first one first. */
async function familyOf({ settings: { data_dir } }: Stage): Promise<number[]> {
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
