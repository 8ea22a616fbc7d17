/** Faults of a connection pooler. Debian's PgBouncer drops the settings of sessions, where it accepts them at all. */

import { join } from "node:path";
import { ownAccount, SYSTEM_PATH } from "../../src/embedded_postgres/own_account.ts";
import { loginOf } from "../../src/postgres/login_role.ts";
import { freePort } from "../free_port.ts";
import { addressOf, type ChaosEnvironment } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { sleep } from "../../src/time/sleep.ts";

const LISTENS_WITHIN_MS = 10_000;
const REFUSED_WITHIN_MS = 10_000;
/** Debian installs it in /usr/sbin. */
const ENV = { PATH: [Deno.env.get("PATH"), SYSTEM_PATH].filter(Boolean).join(":") };

/** PgBouncer between the service and Postgres for a while, in each of its modes that applications use. */
export const POOLERS: readonly Fault[] = (["session", "transaction"] as const).map((mode): Fault => ({
  name: `pgbouncer_${mode}`,
  description: `new connections led through a PgBouncer in ${mode} mode, which drops their settings`,
  environment: "proxy",
  unavailable: whyNoPgBouncer,
  async inject(environment, random) {
    const { proxy, postgres, service } = environment;
    await using pgbouncer = await PgBouncer.start(environment, mode);
    const output_before = service.output.length;
    proxy!.cut();
    proxy!.redirect(pgbouncer.address);
    proxy!.restore();
    const until_ms = performance.now() + REFUSED_WITHIN_MS;
    while (!service.output.slice(output_before).includes("A connection pooler drops the startup parameter")) {
      if (performance.now() > until_ms) {
        throw new Error("the service did not refuse the sessions of PgBouncer");
      }
      await sleep(20);
    }
    await sleep(random.between(0, 1_500));
    proxy!.cut();
    proxy!.redirect(addressOf(postgres!.url));
    proxy!.restore();
  },
}));

class PgBouncer implements AsyncDisposable {
  readonly address: Deno.ConnectOptions;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.address = { hostname: "127.0.0.1", port };
  }

  static async start({ postgres, settings }: ChaosEnvironment, mode: string): Promise<PgBouncer> {
    const url = new URL(postgres!.url);
    const login = loginOf(url.username, url.password);
    const folder = await Deno.makeTempDir({ prefix: "poli-credits-pgbouncer-" });
    const users = `"${url.username}" "${url.password}"\n"${login.name}" "${login.password}"\n`;
    await Deno.writeTextFile(join(folder, "users.txt"), users);
    const port = freePort();
    const config = `
[databases]
${settings.database} = host=127.0.0.1 port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, "users.txt")}
pool_mode = ${mode}
ignore_startup_parameters = options
`;
    await Deno.writeTextFile(join(folder, "pgbouncer.ini"), config);
    // It refuses to run as root.
    const account = Deno.uid() === 0 ? await ownAccount() : undefined;
    if (account !== undefined) {
      for (const path of [folder, join(folder, "users.txt"), join(folder, "pgbouncer.ini")]) {
        await Deno.chown(path, account.uid, account.gid);
      }
    }
    const child = new Deno.Command("pgbouncer", {
      args: ["-q", join(folder, "pgbouncer.ini")],
      ...account,
      env: ENV,
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pgbouncer = new PgBouncer(child, port, folder);
    const until_ms = performance.now() + LISTENS_WITHIN_MS;
    while (!await listens(pgbouncer.address)) {
      if (performance.now() > until_ms) throw new Error("PgBouncer did not start");
      await sleep(20);
    }
    return pgbouncer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function whyNoPgBouncer(): Promise<string | undefined> {
  try {
    await new Deno.Command("pgbouncer", { args: ["--version"], env: ENV, stdout: "null", stderr: "null" })
      .output();
    return undefined;
  } catch {
    return "there is no program pgbouncer; install it with apt-get install pgbouncer";
  }
}

async function listens(address: Deno.ConnectOptions): Promise<boolean> {
  try {
    (await Deno.connect(address)).close();
    return true;
  } catch {
    return false;
  }
}
