/** Faults of the connections between the service and Postgres. */

import { connect, disconnect } from "../../src/postgres/connection.ts";
import { withDatabaseName } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { sleep } from "../../src/time/sleep.ts";

/** Connections terminated, cut or delayed, and replies lost. */
export const CONNECTIONS: readonly Fault[] = [
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
];
