import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/environment.ts";
import { connectionServer } from "../../src/http/connection_server.ts";

const noError = () => new Response(null, { status: 500 });

Deno.test("this version of Deno serves single connections", () => {
  connectionServer(noError);
});

Deno.test("a version of Deno that cannot serve single connections is refused, with the version to run", () => {
  assert.throws(
    () => connectionServer(noError, {}),
    (error) =>
      error instanceof ConfigError && /cannot serve single connections. Run Deno 2/.test(error.message),
  );
});

Deno.test("closing a connection that has ended has no effect", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const { finished, shutdown, close } = connectionServer(noError)(await listener.accept(), noError);
  client.close();
  await finished;
  close();
  await shutdown();
  close();
});
