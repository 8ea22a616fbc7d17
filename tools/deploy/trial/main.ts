/**
 * `deno task image:try`: builds and runs the image without a container engine. Needs root, debootstrap and Linux.
 */

import assert from "node:assert/strict";
import { connect, disconnect } from "../../../src/postgres/connection.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../../src/embedded_postgres/embedded_postgres.ts";
import { sleep } from "../../../src/time/sleep.ts";
import { runTool } from "../../command_line.ts";
import { freePort } from "../../free_port.ts";
import { readDeploymentFiles } from "../deployment_files.ts";
import { buildImage, debianRoot, type Image } from "./build.ts";
import { Container, SECRETS } from "./container.ts";

const USAGE = `deno task image:try [--root FOLDER]

Runs the steps of the Dockerfile in a Debian root, starts its command as its user on read-only files, and checks that it
becomes healthy, takes a company, cannot write, and drains at SIGTERM. It needs no container engine, but root,
debootstrap and the network.

  --root FOLDER  the Debian root; created by debootstrap if it does not exist. Default /tmp/poli-credits-image
  --help         print this text

Exit codes: 0 everything holds; 1 something does not; 2 the command line does not fit.`;

const OPTIONS = { root: { type: "string", default: "/tmp/poli-credits-image" } } as const;
/** The Debian that the Dockerfile names. */
const SUITE = "bookworm";
const HEALTHY_ATTEMPTS_MAX = 300;
const PASSWORD = "a-password-of-the-trial";
const ADMIN_KEY = "an-admin-key-of-the-trial";

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

/** @returns the exit code */
async function run({ root }: { readonly root: string }): Promise<number> {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o755);
  let postgres: EmbeddedPostgres | undefined;
  try {
    await debianRoot(root, SUITE);
    const image = await buildImage(
      root,
      (await readDeploymentFiles()).instructions,
      (step) => say(`STEP ${step}`),
    );
    postgres = await startEmbeddedPostgres({ data_dir: `${folder}/postgres` });
    await createRole(postgres.superuser_url);
    const secrets_folder = await writeSecrets(`${folder}/secrets`, postgres.url);
    await tryImage(image, secrets_folder);
    say("Everything holds.");
    return 0;
  } catch (error) {
    say(`It does not hold: ${(error as Error).message}`);
    return 1;
  } finally {
    await postgres?.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function tryImage(image: Image, secrets_folder: string): Promise<void> {
  const port = freePort();
  const container = Container.start(image, {
    env: {
      PORT: String(port),
      DATABASE_URL_FILE: `${SECRETS}/database_url`,
      META_APP_SECRET_FILE: `${SECRETS}/meta_app_secret`,
      META_VERIFY_TOKEN_FILE: `${SECRETS}/meta_verify_token`,
      ADMIN_KEY_FILE: `${SECRETS}/admin_key`,
    },
    secrets_folder,
  });
  try {
    await Promise.race([
      untilHealthy(container),
      container.status.then(({ code }) => fail(`exit code ${code}`)),
    ]);
    say("The health check succeeds.");
    await createCompany(port);
    say("It takes a company.");
    const { pid, status } = await container.firstProcess();
    const [uid, gid] = image.user.split(":");
    assert.match(status, new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, "m"));
    assert.match(status, new RegExp(`^Gid:\\t${gid}\\t${gid}\\t${gid}\\t${gid}$`, "m"));
    assert.match(status, /^NSpid:\t\d+\t1$/m);
    assert.match(status, /^Name:\tdeno$/m);
    assert.match(status, /^CapEff:\t0+$/m);
    say("Its first process is Deno itself, unprivileged and without capabilities.");
    const begun_ms = performance.now();
    Deno.kill(pid, "SIGTERM");
    const { code } = await container.status;
    assert.equal(code, 0, `it ended with ${code}`);
    say(
      `It stopped ${((performance.now() - begun_ms) / 1000).toFixed(1)} s after SIGTERM, with exit code 0.`,
    );
  } finally {
    await container.kill();
  }
}

async function untilHealthy(container: Container): Promise<void> {
  for (let attempt = 0; attempt < HEALTHY_ATTEMPTS_MAX; attempt++) {
    if (await container.isHealthy()) return;
    await sleep(200);
  }
  throw new Error("the health check never succeeds");
}

async function createCompany(port: number): Promise<void> {
  const { status, body } = await fetch(`http://127.0.0.1:${port}/v1/companies/padaria`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Padaria", time_zone: "America/Sao_Paulo", phone_number_ids: [] }),
  });
  await body?.cancel();
  assert.equal(status, 200);
}

/** Creates the role and the database by the statements of compose's script, instead of those of the embedded Postgres. */
async function createRole(superuser_url: string): Promise<void> {
  const script = await Deno.readTextFile(new URL("../../../deploy/compose/create_role.sh", import.meta.url));
  const statements = script.match(/<<'SQL'\n(.+?);\n(.+?);\nSQL\n/s)!.slice(1);
  const client = await connect(superuser_url, { application_name: "image trial" });
  try {
    await client.query("drop database credits");
    await client.query("drop role credits_service, poli_credits_service, credits");
    for (const statement of statements) {
      await client.query(statement.replace(":'password'", client.escapeLiteral(PASSWORD)));
    }
  } finally {
    await disconnect(client);
  }
}

async function writeSecrets(folder: string, url: string): Promise<string> {
  await Deno.mkdir(folder);
  const database = new URL(url);
  database.password = PASSWORD;
  const secrets = {
    database_url: database.href,
    meta_app_secret: "0123456789abcdef0123456789abcdef",
    meta_verify_token: "a-token-of-the-trial",
    admin_key: ADMIN_KEY,
  };
  for (const [name, value] of Object.entries(secrets)) {
    await Deno.writeTextFile(`${folder}/${name}`, `${value}\n`);
  }
  return folder;
}

function fail(reason: string): never {
  throw new Error(reason);
}

function say(text: string): void {
  console.log(text);
}
