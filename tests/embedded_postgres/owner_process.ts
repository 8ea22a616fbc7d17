/**
 * A minimal service with an embedded Postgres, for tests to kill. It prints its URL and pid, then waits for the end of its
 * input, which comes also when the test run is killed.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";

// Like the service, it does not exit on the signal itself.
Deno.addSignalListener("SIGINT", () => console.log("interrupted"));
await using postgres = await startEmbeddedPostgres({ data_dir: Deno.args[0]! });
console.log(JSON.stringify({ url: postgres.url, pid: postgres.pid }));
await Deno.stdin.readable.pipeTo(new WritableStream());
