/** Hostile connections: partial requests, a thousand idle connections, viewers that never read. */

import assert from "node:assert/strict";
import { COMPANY, messageOf, seconds, SECRETS, type ServiceProcess } from "../support/service.ts";
import { UnreadHttp2 } from "../support/http2_client.ts";
import { withService } from "./attacked_service.ts";

const STREAM = `/v1/companies/${COMPANY}/balance/stream`;
const REPORT = `/reports/credits/${COMPANY}`;
const KEY = { authorization: `Bearer ${SECRETS.ADMIN_KEY}` };
/** What the service keeps for unread answers, with room for what its heap gains meanwhile. */
const UNREAD_BYTES_MAX = 150 * 1024 * 1024;
const encoder = new TextEncoder();

/** Opens a connection and sends the bytes. */
async function connect(service: ServiceProcess, sent: string | Uint8Array): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(service.url);
  const connection = await Deno.connect({
    hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
    port: Number(port),
  });
  const bytes = typeof sent === "string" ? encoder.encode(sent) : sent;
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  return connection;
}

/** Reads a connection until it closes, or until at least `length_min` characters have arrived. */
async function readText(connection: Deno.TcpConn, length_min = 12): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (text.length < length_min) {
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
    for (const request of broken) {
      using connection = await connect(service, request).catch(() => undefined);
      await connection?.closeWrite().catch(() => {});
      const answer = connection === undefined ? "" : await readText(connection);
      assert.doesNotMatch(answer, /^HTTP\/1.1 [25]/, String(request).slice(0, 60));
    }
    assert.equal(await service.client.deliver(messageOf(1, at_s)), 200);
  });
});

Deno.test("a thousand idle connections and three hundred partial requests do not affect other requests", async () => {
  await withService(async (service, at_s) => {
    const partial = "POST /webhooks/whatsapp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    const requests = [
      ...Array.from({ length: 1_000 }, () => ""),
      ...Array.from({ length: 150 }, () => partial),
      ...Array.from({ length: 150 }, () => "GET /v1/companies HTTP/1.1\r\nHost: loc"),
    ];
    const connections: Deno.TcpConn[] = [];
    try {
      for (const text of requests) connections.push(await connect(service, text));
      for (let number = 0; number < 200; number++) {
        assert.equal(await service.client.deliver(messageOf(number, at_s)), 200);
      }
      assert.equal((await service.client.balance()).consumed, 200);
    } finally {
      for (const connection of connections) connection.close();
    }
  });
});

Deno.test("idle connections beyond the limit of open files neither end the service nor block requests", async () => {
  await withService(
    async (service, at_s) => {
      const connections: (Deno.TcpConn | undefined)[] = [];
      try {
        for (let number = 0; number < 1_200; number++) {
          connections.push(
            await connect(service, number % 2 === 0 ? "" : "GET / HTTP/1.1\r\nHost: loc").catch(() =>
              undefined
            ),
          );
          if (number % 12 === 0) assert.equal(await service.client.deliver(messageOf(number, at_s)), 200);
        }
        assert.equal((await service.client.balance()).consumed, 100);
        assert.match(service.output, /All 384 connections are open/);
      } finally {
        for (const connection of connections) connection?.close();
      }
    },
    {},
    { open_files: 640 },
  );
});

Deno.test("viewers that never read block no request, and their streams end when they disconnect", async () => {
  await withService(async (service, at_s) => {
    const request =
      `GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${SECRETS.ADMIN_KEY}\r\n\r\n`;
    const unread: Deno.TcpConn[] = [];
    try {
      for (let i = 0; i < 200; i++) unread.push(await connect(service, request));
      for (const connection of unread) assert.match(await readText(connection), /^HTTP\/1.1 200/);
      for (let number = 0; number < 300; number++) {
        assert.equal(await service.client.deliver(messageOf(number, at_s)), 200);
      }
      const aborter = new AbortController();
      for await (const { consumed } of service.client.balances(aborter.signal)) {
        assert.equal(consumed, 300);
        break;
      }
      aborter.abort();
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      assert.match(metrics, /poli_open_balance_streams 20\d/);
    } finally {
      for (const connection of unread) connection.close();
    }
    await untilNoStreamIsOpen(service);
  });
});

Deno.test("unread HTTP/2 answers cost a bounded amount of memory, on every large answer", async () => {
  await withService(async (service, at_s) => {
    const page = await (await fetch(`${service.url}${REPORT}`, { headers: KEY })).text();
    const assets = [...page.matchAll(/"(\/reports\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    assert.ok(assets.length >= 2, "the page has a style and a script");
    const paths = [REPORT, "/openapi.json", "/docs/scalar.js", ...assets];
    for (const path of paths) await (await fetch(`${service.url}${path}`, { headers: KEY })).bytes();
    const before_bytes = await residentBytes(service.pid);
    const port = Number(new URL(service.url).port);
    const clients: UnreadHttp2[] = [];
    try {
      for (const path of paths) {
        for (let number = 0; number < 10; number++) {
          const client = await UnreadHttp2.connect(port, number % 2);
          clients.push(client);
          await client.get(path, KEY, 190).catch(() => {});
          assert.equal(await service.client.deliver(messageOf(clients.length, at_s)), 200);
        }
      }
      // Without limits, 667 MB.
      const grown_bytes = await residentBytes(service.pid) - before_bytes;
      assert.ok(grown_bytes < UNREAD_BYTES_MAX, `${grown_bytes} bytes more`);
      assert.equal((await service.client.balance()).consumed, clients.length);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  });
});

/** Reads the resident memory of a process. */
async function residentBytes(pid: number): Promise<number> {
  const kilobytes = (await Deno.readTextFile(`/proc/${pid}/status`)).match(/^VmRSS:\s+(\d+) kB/m)![1];
  return Number(kilobytes) * 1024;
}

/** Waits until no stream is open. It has no deadline: a leak makes the test hang. */
async function untilNoStreamIsOpen(service: ServiceProcess): Promise<void> {
  while (true) {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    if (/poli_open_balance_streams 0\b/.test(metrics)) return;
    // The server notices a closed connection when it writes a balance to it.
    await service.client.deliver(messageOf(1, seconds(await service.client.now())));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
