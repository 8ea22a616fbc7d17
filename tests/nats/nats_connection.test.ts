import assert from "node:assert/strict";
import { until } from "../../tools/chaos/until.ts";
import { FakeNatsServer, greet, serveWell } from "../support/cluster/fake_nats_server.ts";
import { newBus, openBus } from "../support/cluster/open_bus.ts";

const WITHIN_MS = 60_000;
const NOTHING = new Uint8Array();

Deno.test("a server that refuses the user and resets the connection is reported, and ends no process", async () => {
  await using server = await FakeNatsServer.start((socket) => {
    greet(socket);
    socket.once(
      "data",
      () => socket.write("-ERR 'Authorization Violation'\r\n", () => socket.resetAndDestroy()),
    );
  });
  for (let times = 0; times < 10; times++) {
    const errors: unknown[] = [];
    await using _ = await openBus(server.url, "test", (error) => errors.push(error));
    assert.equal(errors.length, 1);
  }
});

Deno.test("a bus that is closed while it connects ends at once, and so does the connection that opens later", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: may_answer, resolve: answer } = Promise.withResolvers<void>();
  await using server = await FakeNatsServer.start((socket) => {
    ask();
    void may_answer.then(() => serveWell(socket));
  });
  const bus = newBus(server.url);
  const started = bus.start();
  await asked;
  await bus.close();
  await started;
  assert.equal(bus.is_connected, false);
  answer();
  await until("the late connection is closed", WITHIN_MS, () => server.open.size === 0);
});

Deno.test("a bus that is closed before it starts does not start", async () => {
  await using server = await FakeNatsServer.start(serveWell);
  const bus = newBus(server.url);
  await bus.close();
  await bus.start();
  assert.equal(bus.is_connected, false);
  assert.equal(server.open.size, 0);
});

Deno.test("an attempt that took too long leaves no connection open", async () => {
  await using server = await FakeNatsServer.start((socket) => void socket.resume());
  const errors: unknown[] = [];
  await using _ = await openBus(server.url, "test", (error) => errors.push(error));
  assert.equal(errors.length, 1);
  await until("the first attempt is closed", WITHIN_MS, () => server.open.size === 0);
});

Deno.test("a server that reads nothing more is given up, and another connection opened", async () => {
  let connections = 0;
  await using server = await FakeNatsServer.start((socket) => {
    serveWell(socket);
    if (++connections === 1) socket.once("data", () => setTimeout(() => socket.pause(), 100));
  });
  await using bus = await openBus(server.url);
  // More than the buffers of both sides take.
  for (let published = 0; published < 40_000; published++) bus.publish("numbers", new Uint8Array(900));
  await until("another connection is open", WITHIN_MS, () => connections === 2 && bus.is_connected);
});

Deno.test("a reply with a broken header is reported, and the next one is received", async () => {
  let replies = 0;
  await using server = await FakeNatsServer.start((socket) =>
    serveWell(socket, (line) => {
      const reply = /^PUB test\.ask (\S+) 0$/.exec(line)?.[1];
      if (reply === undefined) return;
      const is_broken = replies++ === 0;
      socket.write(
        is_broken ? `HMSG ${reply} 1 20 20\r\nNATS/1.0\r\na b: c\r\n\r\n\r\n` : `MSG ${reply} 1 0\r\n\r\n`,
      );
    })
  );
  const errors: unknown[] = [];
  await using bus = await openBus(server.url, "test", (error) => errors.push(error));
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  using _ = bus.request("ask", NOTHING, resolve);
  await until("the broken reply is reported", WITHIN_MS, () => errors.length === 1);
  using __ = bus.request("ask", NOTHING, resolve);
  assert.equal((await promise)?.length, 0);
  assert.equal(errors.length, 1);
});
