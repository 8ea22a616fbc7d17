/** Connections as nobody should keep them: half requests, idle ones by the thousand, viewers that never read. */

import assert from "node:assert/strict";
import { COMPANY, messageOf, seconds, SECRETS, type ServiceProcess } from "../support/service.ts";
import { withService } from "./attacked_service.ts";

const STREAM = `/v1/companies/${COMPANY}/balance/stream`;
const encoder = new TextEncoder();

/** A connection that says what it is told to, and is given back. */
async function connect(service: ServiceProcess, said: string | Uint8Array): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(service.url);
  const connection = await Deno.connect({
    hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
    port: Number(port),
  });
  const bytes = typeof said === "string" ? encoder.encode(said) : said;
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  return connection;
}

/** Everything a connection answers until it is closed, or until there is as much as is asked for. */
async function heard(connection: Deno.TcpConn, enough = 12): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (text.length < enough) {
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text;
}

Deno.test("malformed and ambiguous HTTP requests are refused, and later ones are served", async () => {
  await withService(async (service, at_s) => {
    const host = "Host: localhost\r\n";
    const broken: (string | Uint8Array)[] = [
      "\r\n\r\n\r\n",
      "GARBAGE\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `G\0T / HTTP/1.1\r\n${host}\r\n`,
      `GET /\0 HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/1.1\r\n${host}Name\0: x\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}X: ${"y".repeat(1_000_000)}\r\n\r\n`,
      `GET /${"a".repeat(1_000_000)} HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/1.1\r\n${host}${"A: b\r\n".repeat(5_000)}\r\n`,
      `POST /webhooks/whatsapp HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
      `POST /webhooks/whatsapp HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`,
      `POST /webhooks/whatsapp HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
      `POST /webhooks/whatsapp HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      new Uint8Array(10_000).fill(0xff),
    ];
    for (const said of broken) {
      using connection = await connect(service, said).catch(() => undefined);
      await connection?.closeWrite().catch(() => {});
      const answer = connection === undefined ? "" : await heard(connection);
      assert.doesNotMatch(answer, /^HTTP\/1.1 [25]/, String(said).slice(0, 60));
    }
    assert.equal(await service.client.deliver(messageOf(1, at_s)), 200);
  });
});

Deno.test("a thousand idle connections and three hundred partial requests do not affect other requests", async () => {
  await withService(async (service, at_s) => {
    const half = "POST /webhooks/whatsapp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    const said = [
      ...Array.from({ length: 1_000 }, () => ""),
      ...Array.from({ length: 150 }, () => half),
      ...Array.from({ length: 150 }, () => "GET /v1/companies HTTP/1.1\r\nHost: loc"),
    ];
    const connections: Deno.TcpConn[] = [];
    try {
      for (const text of said) connections.push(await connect(service, text));
      for (let number = 0; number < 200; number++) {
        assert.equal(await service.client.deliver(messageOf(number, at_s)), 200);
      }
      assert.equal((await service.client.balance()).consumed, 200);
    } finally {
      for (const connection of connections) connection.close();
    }
  });
});

Deno.test("viewers that never read block nobody, and their streams end when they disconnect", async () => {
  await withService(async (service, at_s) => {
    const asks =
      `GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${SECRETS.ADMIN_KEY}\r\n\r\n`;
    const deaf: Deno.TcpConn[] = [];
    try {
      for (let i = 0; i < 200; i++) deaf.push(await connect(service, asks));
      for (const connection of deaf) assert.match(await heard(connection), /^HTTP\/1.1 200/);
      for (let number = 0; number < 300; number++) {
        assert.equal(await service.client.deliver(messageOf(number, at_s)), 200);
      }
      const looking = new AbortController();
      for await (const { consumed } of service.client.balances(looking.signal)) {
        assert.equal(consumed, 300);
        break;
      }
      looking.abort();
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      assert.match(metrics, /poli_open_balance_streams 20\d/);
    } finally {
      for (const connection of deaf) connection.close();
    }
    await gone(service);
  });
});

/** Waits until nobody is counted as a viewer any more: a test that never ends would be one that found a leak. */
async function gone(service: ServiceProcess): Promise<void> {
  while (true) {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    if (/poli_open_balance_streams 0\b/.test(metrics)) return;
    // A balance on its way is what tells the server that a connection is no more.
    await service.client.deliver(messageOf(1, seconds(await service.client.now())));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
