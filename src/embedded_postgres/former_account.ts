import { findRunAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import type { Log } from "./log.ts";
import { signalSender, stopOrphanProcess } from "./orphan_process.ts";
import { type Account, SYSTEM_PATH } from "./own_account.ts";

/**
 * Gives a data directory of `nobody` to the account of Postgres: earlier versions ran Postgres as `nobody`, whose other
 * processes may change its files. Stops an orphan process first. Does nothing when the account owns the directory.
 *
 * @throws {Error} If the files cannot be given away. The message names the remedy.
 */
export async function takeFromNobody(
  data_dir: string,
  pgdata: string,
  account: Account | undefined,
  { postgres, pg_ctl }: Pick<Binaries, "postgres" | "pg_ctl">,
  log: Log,
): Promise<void> {
  const { uid, gid } = await Deno.stat(pgdata);
  if (account === undefined || uid === null || uid === account.uid) return;
  const former = await findRunAs(data_dir, postgres, { uid, gid: gid! });
  await stopOrphanProcess(pgdata, log, signalSender(pg_ctl, former));
  log("info", `Giving ${pgdata} from uid ${uid} to uid ${account.uid}, which Postgres runs as from now on.`);
  await giveAway(pgdata, uid, account);
}

/** Changes the owner of the former owner's files, and never follows a link: its processes may have made links. */
async function giveAway(pgdata: string, from_uid: number, { uid, gid }: Account): Promise<void> {
  const args = ["-R", "-P", "--no-dereference", `--from=${from_uid}`, `${uid}:${gid}`, pgdata];
  const { success, stderr } = await new Deno.Command("chown", {
    args,
    clearEnv: true,
    env: { PATH: [Deno.env.get("PATH"), SYSTEM_PATH].filter(Boolean).join(":") },
    stderr: "piped",
  }).output();
  if (success && (await Deno.stat(pgdata)).uid === uid) return;
  throw new Error(
    `${pgdata} belongs to uid ${from_uid} and cannot be given to uid ${uid}: ` +
      `${new TextDecoder().decode(stderr).trim()}. Run chown -R ${uid}:${gid} on it.`,
  );
}
