import { join } from "node:path";
import { Replica } from "../../tests/support/replica.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";

/** A Postgres that fails over, again and again: each promoted replica is the next primary. */
export class ReplicatedPostgres implements AsyncDisposable {
  readonly #folder: string;
  #primary: EmbeddedPostgres;
  #data_dir: string;
  #replicas = 0;
  #former: { readonly postgres: EmbeddedPostgres; readonly data_dir: string } | undefined;

  private constructor(folder: string, primary: EmbeddedPostgres, data_dir: string) {
    this.#folder = folder;
    this.#primary = primary;
    this.#data_dir = data_dir;
  }

  /** Starts the first primary, in a folder of its own below `folder`. */
  static async start(
    folder: string,
    startPostgres: (data_dir: string, settings: Record<string, string>) => Promise<EmbeddedPostgres>,
  ): Promise<ReplicatedPostgres> {
    await Deno.mkdir(folder, { recursive: true, mode: 0o711 });
    const data_dir = join(folder, "primary");
    return new ReplicatedPostgres(folder, await startPostgres(data_dir, {}), data_dir);
  }

  /** The server that clients must reach now. */
  get primary(): EmbeddedPostgres {
    return this.#primary;
  }

  /** Starts a replica of the primary, which has received everything so far. */
  async startReplica(): Promise<Replica> {
    return await Replica.start({ postgres: this.#primary, data_dir: this.#data_dir }, this.#nextFolder(), {});
  }

  /** Promotes the last replica. The former primary runs on. */
  async promote(replica: Replica): Promise<void> {
    await replica.promote();
    this.#former = { postgres: this.#primary, data_dir: this.#data_dir };
    this.#primary = replica.postgres;
    this.#data_dir = this.#replicaFolder();
  }

  /** Kills the former primary and removes its data. */
  async removeFormer(): Promise<void> {
    const former = this.#former;
    this.#former = undefined;
    if (former === undefined) return;
    await former.postgres.stop(0);
    await Deno.remove(former.data_dir, { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.removeFormer();
    await this.#primary.stop();
  }

  #nextFolder(): string {
    this.#replicas++;
    return this.#replicaFolder();
  }

  #replicaFolder(): string {
    return join(this.#folder, `replica_${this.#replicas}`);
  }
}
