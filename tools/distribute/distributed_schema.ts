import { connect, disconnect, withSettings } from "../../src/postgres/connection.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { distribute } from "./distribute.ts";

/** A distributed schema, for measurements and faults. Disposing of it drops it. */
export interface DistributedSchema extends AsyncDisposable {
  readonly name: string;
  /** Connects to it as its owner. */
  readonly url: string;
}

/**
 * Creates a schema with the tables of the service, distributed and empty.
 *
 * @param url the coordinator's database, as its owner
 * @param prefix of its name
 */
export async function createDistributedSchema(url: string, prefix: string): Promise<DistributedSchema> {
  const name = `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
  const run = async (statement: string) => {
    const owner = await connect(url, { application_name: prefix, statement_timeout_ms: 0 });
    try {
      await owner.query(statement);
    } finally {
      await disconnect(owner);
    }
  };
  await run(`create schema ${name}`);
  const schema_url = withSettings(url, `-c search_path=${name}`);
  await migrate({ url: schema_url });
  await distribute({ url: schema_url, print: () => {} });
  return { name, url: schema_url, [Symbol.asyncDispose]: () => run(`drop schema ${name} cascade`) };
}
