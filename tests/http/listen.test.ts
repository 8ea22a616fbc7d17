import assert from "node:assert/strict";
import { listen } from "../../src/http/listen.ts";

Deno.test("a Host header cannot replace the requested path", async () => {
  await withServer(async (port) => {
    for (const host of ["x/metrics?", "x?", "x#", "user@x", "x\\metrics", "x y", "x:port", "[::1"]) {
      assert.match(
        await answerTo(port, host),
        /^HTTP\/1\.1 400 .*x-content-type-options: nosniff.*"code":"invalid_host"/s,
        host,
      );
    }
  });
});

Deno.test("names and addresses are valid hosts, with or without a port", async () => {
  await withServer(async (port) => {
    for (const host of ["localhost", "credits.example:8000", "127.0.0.1:8000", "[::1]:8000", "my_host"]) {
      assert.match(await answerTo(port, host), /^HTTP\/1\.1 200 .*\/v1\/companies$/s, host);
    }
  });
});

/** A server that answers with the path it was asked for. */
async function withServer(test: (port: number) => Promise<void>): Promise<void> {
  const server = listen(
    { port: 0, host: "127.0.0.1", connections_max: 10 },
    ({ url }) => new Response(new URL(url).pathname),
  );
  try {
    await test(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

async function answerTo(port: number, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET /v1/companies HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}
