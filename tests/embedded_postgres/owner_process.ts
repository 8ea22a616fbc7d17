/**
 * A service that does nothing but own an embedded Postgres, for tests to kill. It says how to reach it, then waits
 * for its input to end, which also happens when the test run is killed.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";

// As a service does that drains first: the signal alone ends nothing.
Deno.addSignalListener("SIGINT", () => console.log("interrupted"));
await using postgres = await startEmbeddedPostgres({ data_dir: Deno.args[0]! });
console.log(JSON.stringify({ url: postgres.url, pid: postgres.pid }));
await Deno.stdin.readable.pipeTo(new WritableStream());
