/** Runs several nodes on this machine for trying (`deno task cluster`): Postgres, NATS, nodes and a balancer. */

import { processEnvironment, readConfig } from "../../src/config/environment.ts";
import { loadSecrets } from "../../src/config/secrets.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { NODE_CONNECTIONS_MAX } from "../../src/postgres/connection_limit.ts";
import { untilSignalled } from "../../src/time/signals.ts";
import { numberAtLeast, runTool, type Values } from "../command_line.ts";
import { freePort } from "../free_port.ts";
import { Balancer } from "./balancer.ts";
import { ChildProcess, startNode } from "./processes.ts";

const USAGE = `deno task cluster [--nodes NUMBER]

Starts Postgres under ./data/cluster, a NATS server, nodes that share the companies, and a balancer on PORT that spreads
requests over them, until Ctrl-C. It prints the address and the process of each. It needs nats-server (apt-get install
nats-server). For trying: the balancer has no limits and no TLS, and nothing starts a node again that you stop. PORT,
DATA_DIR and LOG_LEVEL apply as they do for the service.

  --nodes NUMBER  how many nodes; default 3
  --help          print this text

Exit codes: 0 stopped by Ctrl-C; 1 something could not start; 2 the command line does not fit.`;

const OPTIONS = { nodes: { type: "string", default: "3" } } as const;
/** Connections beside those of nodes: what Postgres reserves for superusers, migrations, and `psql`. */
const OTHER_CONNECTIONS = 16;
/** Debian puts the program in a folder that is not in every user's PATH. */
const NATS_PROGRAMS = ["nats-server", "/usr/sbin/nats-server"];

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

/** @returns the exit code */
async function run({ nodes }: Values<typeof OPTIONS>): Promise<number> {
  const count = numberAtLeast("nodes", nodes, 1);
  const stopped = untilSignalled();
  try {
    await runCluster(Math.floor(count), stopped);
    return 0;
  } catch (error) {
    console.error(`The cluster cannot start: ${(error as Error).message}`);
    return 1;
  }
}

async function runCluster(count: number, stopped: Promise<void>): Promise<void> {
  const config = readConfig({ DATA_DIR: "./data/cluster", ...given(processEnvironment()) });
  const { secrets } = await loadSecrets(config);
  await using running = new AsyncDisposableStack();
  const postgres = await startEmbeddedPostgres({
    data_dir: `${config.data_dir}/postgres`,
    settings: postgresSettings(count),
  });
  running.defer(() => postgres.stop());
  const nats_port = freePort();
  const nats = running.use(startNats(nats_port));
  const env = {
    DATABASE_URL: postgres.url,
    NATS_URL: `nats://127.0.0.1:${nats_port}`,
    META_APP_SECRET: secrets.meta_app_secrets.join(","),
    META_VERIFY_TOKEN: secrets.meta_verify_token,
    ADMIN_KEY: secrets.admin_key,
    LOG_LEVEL: config.log_level,
  };
  const urls: string[] = [];
  const parts: string[] = [];
  for (let number = 1; number <= count; number++) {
    const { process, url } = await startNode(`node-${number}`, env, console.log);
    running.use(process);
    urls.push(url);
    parts.push(`node-${number} at ${url}, process ${process.pid}`);
  }
  parts.push(`NATS at ${env.NATS_URL}, process ${nats.pid}`);
  const balancer = running.use(new Balancer(urls, config.port));
  console.log(`${count} nodes at ${balancer.url}; the admin key is in ${config.data_dir}/secrets.json`);
  for (const part of parts) console.log(part);
  await stopped;
}

/** Returns the settings of the Postgres of a number of nodes: it has connections for all of them, and some for people. */
export function postgresSettings(nodes: number): { readonly max_connections: string } {
  return { max_connections: String(nodes * NODE_CONNECTIONS_MAX + OTHER_CONNECTIONS) };
}

/** Returns the variables that apply: an unset or empty one does not. */
function given(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const names = ["PORT", "DATA_DIR", "LOG_LEVEL"];
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => names.includes(name) && value));
}

function startNats(port: number): ChildProcess {
  for (const program of NATS_PROGRAMS) {
    try {
      return new ChildProcess(program, ["-a", "127.0.0.1", "-p", String(port)], {}, () => {});
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error("there is no program nats-server; install it with apt-get install nats-server");
}
