import assert from "node:assert/strict";
import { CountingProxy } from "../../../tools/first_start/counting_proxy.ts";
import { assertCommandLine } from "../command_line.ts";

Deno.test("the command line of the measurement explains itself", async () => {
  await assertCommandLine("tools/first_start/main.ts", "first-start");
});

Deno.test("the proxy connects a client to the host that it names, and counts what the client receives", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("x".repeat(100_000)),
  );
  await using proxy = new CountingProxy();
  const { port } = new URL(proxy.url);
  const bodies = await Promise.all([1, 2].map(async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const write = (text: string) => connection.write(new TextEncoder().encode(text));
    await write(`CONNECT 127.0.0.1:${server.addr.port} HTTP/1.1\r\n\r\n`);
    const buffer = new Uint8Array(200_000);
    const length = await connection.read(buffer);
    assert.match(new TextDecoder().decode(buffer.subarray(0, length!)), /^HTTP\/1\.1 200 /);
    await write("GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n");
    let received = 0;
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      received += read;
    }
    return received;
  }));
  assert.ok(bodies[0]! > 100_000);
  assert.deepEqual([...proxy.received], [["127.0.0.1", bodies[0]! + bodies[1]!]]);
});

Deno.test("a request that is no CONNECT is closed, and the next one is served", async () => {
  await using proxy = new CountingProxy();
  for (const request of ["GET / HTTP/1.1\r\n\r\n", "\r\n\r\n"]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(proxy.url).port) });
    await connection.write(new TextEncoder().encode(request));
    assert.equal(await connection.read(new Uint8Array(10)), null);
  }
  assert.equal(proxy.received.size, 0);
});
