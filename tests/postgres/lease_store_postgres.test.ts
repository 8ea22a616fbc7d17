import { connect, disconnect } from "../../src/postgres/connection.ts";
import { PostgresLeases } from "../../src/postgres/leases.ts";
import { createDatabase } from "../support/database.ts";
import { testLeaseStore } from "./lease_store_contract.ts";

testLeaseStore("Postgres", async () => {
  const database = await createDatabase();
  const client = await connect(database.url, { application_name: "tests" });
  return {
    open() {
      const store = new PostgresLeases(database.service_url);
      return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
    },
    async expire(node) {
      await client.query("update nodes set expires_at = clock_timestamp() where node = $1", [node]);
    },
    async [Symbol.asyncDispose]() {
      await disconnect(client);
      await database[Symbol.asyncDispose]();
    },
  };
});
