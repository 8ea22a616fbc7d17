import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { NatsBus } from "../../src/nats/nats_bus.ts";
import { sleep } from "../../src/time/sleep.ts";
import { freePort } from "../../tools/free_port.ts";
import { NatsServer, natsTest } from "../support/cluster/nats_server.ts";
import { openBus } from "../support/cluster/open_bus.ts";

const NOTHING = new Uint8Array();

/** Sends a request. @returns the first reply, or undefined if nobody listens */
function ask(bus: NatsBus, subject: string, message: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const request = bus.request(subject, message, (reply) => {
      request[Symbol.dispose]();
      resolve(reply);
    });
  });
}

/** Bytes that do not compress. */
function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let from = 0; from < length; from += 65_536) {
    crypto.getRandomValues(bytes.subarray(from, from + 65_536));
  }
  return bytes;
}

natsTest(
  "messages and replies cross a NATS server, large ones compressed, and each prefix is apart from others",
  async () => {
    await using server = await NatsServer.start();
    await using one = await openBus(server.url);
    await using two = await openBus(server.url);
    await using other = await openBus(server.url, "other");
    using _ = two.subscribe("echo", (message, reply) => {
      reply(message.slice(0, 1));
      reply(message);
    });
    // The server may take a message of one connection before a subscription of another.
    while (await ask(one, "echo", NOTHING) === undefined) await sleep(10);
    const replies: number[] = [];
    const large = new Uint8Array(3 * 1024 * 1024).fill(7);
    const { promise, resolve } = Promise.withResolvers<void>();
    using __ = one.request("echo", large, (reply) => {
      replies.push(reply!.length);
      if (replies.length === 2) resolve();
    });
    await promise;
    assert.deepEqual(replies, [1, large.length]);
    assert.equal(await ask(other, "echo", NOTHING), undefined);
    assert.equal(await ask(one, "nobody", NOTHING), undefined);
    assert.throws(() => one.request("echo", randomBytes(2 * 1024 * 1024), () => {}));
  },
);

natsTest("subscribing again doubles no message and no reply, and needs no connection", async () => {
  await using server = await NatsServer.start();
  await using one = await openBus(server.url);
  const received: number[] = [];
  using _ = one.subscribe("numbers", ([number], reply) => {
    received.push(number!);
    reply(NOTHING);
  });
  for (let times = 0; times < 3; times++) one.resubscribe("numbers");
  assert.equal((await ask(one, "numbers", new Uint8Array([1])))?.length, 0);
  assert.equal((await ask(one, "numbers", new Uint8Array([2])))?.length, 0);
  assert.deepEqual(received, [1, 2]);
  await server.stop();
  while (one.is_connected) await sleep(10);
  one.resubscribe("numbers");
  await server.start();
  while (!one.is_connected) await sleep(10);
  assert.equal((await ask(one, "numbers", new Uint8Array([3])))?.length, 0);
  assert.deepEqual(received, [1, 2, 3]);
});

natsTest(
  "after a restart of the server its subscriptions are there again, and meanwhile nothing is kept or thrown",
  async () => {
    await using server = await NatsServer.start();
    await using one = await openBus(server.url);
    await using two = await openBus(server.url);
    const received: number[] = [];
    using _ = two.subscribe("numbers", ([number], reply) => {
      received.push(number!);
      reply(NOTHING);
    });
    await server.stop();
    while (one.is_connected || two.is_connected) await sleep(10);
    one.publish("numbers", new Uint8Array([1]));
    assert.equal(await ask(one, "numbers", new Uint8Array([2])), undefined);
    await server.start();
    while (!one.is_connected || !two.is_connected) await sleep(10);
    while (await ask(one, "numbers", new Uint8Array([3])) === undefined) await sleep(10);
    assert.deepEqual([...new Set(received)], [3]);
  },
);

natsTest("a message that cannot be read is reported, and the next one is received", async () => {
  await using server = await NatsServer.start();
  const errors: unknown[] = [];
  await using bus = await openBus(server.url, "test", (error) => errors.push(error));
  using _ = bus.subscribe("texts", (message, reply) => {
    JSON.parse(new TextDecoder().decode(message));
    reply(NOTHING);
  });
  // The last one is a few kilobytes of 65 MiB.
  const bomb = gzipSync(new TextEncoder().encode("{}".padEnd(65 * 1024 * 1024)));
  const broken = [new Uint8Array([0x1f, 0x8b, 1, 2, 3]), new TextEncoder().encode("{"), bomb];
  for (const message of broken) bus.publish("texts", message);
  assert.equal((await ask(bus, "texts", new TextEncoder().encode("{}")))?.length, 0);
  assert.equal(errors.length, 3);
});

natsTest(
  "what is larger than the server takes is an error of a request and of a reply, and only reported of a publication",
  async () => {
    await using server = await NatsServer.start({ max_payload: 4_000 });
    const errors: unknown[] = [];
    await using bus = await openBus(server.url, "test", (error) => errors.push(error));
    using _ = bus.subscribe("large", ([times], reply) => {
      assert.throws(() => reply(randomBytes(5_000)), RangeError);
      reply(new Uint8Array(times! * 1_000));
    });
    assert.equal((await ask(bus, "large", new Uint8Array([3])))?.length, 3_000);
    // Compressed, since the server takes no more.
    assert.equal((await ask(bus, "large", new Uint8Array(6_000).fill(200)))?.length, 200_000);
    assert.throws(() => bus.request("large", randomBytes(5_000), () => {}), RangeError);
    bus.publish("large", randomBytes(5_000));
    assert.deepEqual(errors.map((error) => error instanceof RangeError), [true]);
  },
);

natsTest("a bus starts and closes without a server", async () => {
  const port = freePort();
  await using bus = await openBus(`nats://127.0.0.1:${port}`, "test", () => {});
  assert.equal(bus.is_connected, false);
  assert.equal(await ask(bus, "anything", NOTHING), undefined);
  bus.publish("anything", NOTHING);
});

natsTest(
  "a user that the server refuses is reported once, without the password",
  async () => {
    await using server = await NatsServer.start({ authorization: "{ user: credits, password: right }" });
    const errors: unknown[] = [];
    const url = (password: string) => server.url.replace("//", `//credits:${password}@`);
    await using bus = await openBus(url("secret"), "test", (error) => errors.push(error));
    await sleep(600);
    assert.equal(bus.is_connected, false);
    assert.equal(errors.length, 1);
    assert.match(`${errors[0]}`, /authorization/i);
    assert.doesNotMatch(Deno.inspect(errors[0]), /secret/);
    await using right = await openBus(url("right"));
    assert.equal(right.is_connected, true);
  },
);
