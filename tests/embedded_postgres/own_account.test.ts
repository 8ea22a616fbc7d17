import assert from "node:assert/strict";
import { join } from "node:path";
import { command } from "../../src/embedded_postgres/account.ts";
import { installBinaries } from "../../src/embedded_postgres/binaries.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { accountNamed } from "../../src/embedded_postgres/own_account.ts";
import { freePort } from "../../tools/free_port.ts";
import { seedCluster, temporaryFolder } from "../support/database.ts";
import { query, waitUntil } from "./support.ts";

const LINUX_ROOT = { ignore: Deno.uid() !== 0 || Deno.build.os !== "linux" };

Deno.test("started by root, Postgres runs as an account of its own", LINUX_ROOT, async () => {
  await using folder = await temporaryFolder();
  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  const own = (await accountNamed("poli-credits-db"))!;
  const nobody = (await accountNamed("nobody"))!;
  assert.ok(own.uid !== 0 && own.uid !== nobody.uid && own.gid !== nobody.gid);
  assert.deepEqual(ownersOf(`/proc/${postgres.pid}`), [own.uid]);
  const pgdata = join(folder.path, "cluster", "pgdata");
  assert.deepEqual(ownersOf(pgdata), [own.uid]);
  const { success } = await new Deno.Command("cat", {
    cwd: "/",
    args: [join(pgdata, "pg_hba.conf")],
    ...nobody,
  })
    .output();
  assert.equal(success, false, "a process of nobody read pg_hba.conf");
});

Deno.test("a data directory of nobody is given to that account at the next start", LINUX_ROOT, async () => {
  await using folder = await temporaryFolder();
  await seedCluster(folder.path);
  const pgdata = join(folder.path, "cluster", "pgdata");
  const first = await startEmbeddedPostgres({ data_dir: folder.path });
  await query(first.url, "CREATE TABLE stored AS SELECT 7 AS n");
  await first.stop();
  const nobody = (await accountNamed("nobody"))!;
  const other = join(folder.path, "other");
  await Deno.writeTextFile(other, "");
  await Deno.symlink(other, join(pgdata, "link"));
  const args_of_chown = ["-R", "-P", "-h", `${nobody.uid}:${nobody.gid}`, pgdata];
  await new Deno.Command("chown", { args: args_of_chown }).output();
  const { postgres } = await installBinaries({
    fallback_folder: folder.path,
    account: nobody,
    log: () => {},
  });
  const address = ["-h", "127.0.0.1", "-p", String(freePort())];
  const args = (path: string) => ["-D", path, ...address, "-c", "unix_socket_directories="];
  const orphan = command({ account: nobody }, { executable: postgres, args, pgdata }).spawn();
  await waitUntil(async () =>
    (await Deno.readTextFile(join(pgdata, "postmaster.pid")).catch(() => "")).includes("ready")
  );

  await using started = await startEmbeddedPostgres({ data_dir: folder.path });
  await Promise.all([orphan.status, orphan.stderr.cancel()]);
  const own = (await accountNamed("poli-credits-db"))!;
  assert.deepEqual(await query(started.url, "SELECT n FROM stored"), [{ n: 7 }]);
  assert.deepEqual(ownersOf(`/proc/${started.pid}`), [own.uid]);
  assert.deepEqual(ownersOf(pgdata), [own.uid]);
  assert.equal((await Deno.stat(other)).uid, 0, "a link was followed");
});

/** Lists the owners of a file or folder and of everything in it, each once. Of a process: of its folder in /proc. */
function ownersOf(path: string): number[] {
  const args = [path, ...path.startsWith("/proc/") ? ["-maxdepth", "0"] : [], "-printf", "%U\n"];
  const { stdout } = new Deno.Command("find", { args }).outputSync();
  return [...new Set(new TextDecoder().decode(stdout).trim().split("\n").map(Number))];
}
