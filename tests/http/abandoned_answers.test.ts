/** Answers from which clients take nothing, on real connections. */

import assert from "node:assert/strict";
import { csvResponse } from "../../src/http/kit/csv.ts";
import { Downloads } from "../../src/http/kit/downloads.ts";
import { Problem } from "../../src/http/kit/problems.ts";
import { UnreadAnswers } from "../../src/http/kit/unread_answers.ts";
import type { Caller } from "../../src/http/middleware/authentication.ts";
import { sleep } from "../../src/time/sleep.ts";
import { UnreadHttp2 } from "../support/http2_client.ts";
import { GET, TestServer } from "./test_server.ts";

const EVENT = new Uint8Array(1_000);
const CALLER: Caller = {
  kind: "key",
  name: "key:1",
  id: "1",
  company: undefined,
  scope: "read",
  sees_contacts: false,
};

/** A server of one endless stream of events, `/`, and one whose events the test publishes, `/quiet`. */
class StreamServer extends TestServer {
  readonly answers: UnreadAnswers;
  /** The events that were taken, by the clients or in advance. */
  taken = 0;
  ended = 0;
  /** How often the quiet stream waited for an event. */
  #waits = 0;
  #event = Promise.withResolvers<Uint8Array | undefined>();

  constructor() {
    super(({ url }) => this.#stream(url.endsWith("/quiet")));
    this.answers = new UnreadAnswers(undefined, () => this.now_ms);
  }

  #stream(is_quiet: boolean): Response {
    return this.answers.stream({
      first: [EVENT],
      next: () => {
        if (is_quiet) return this.#nextQuiet();
        this.taken++;
        return Promise.resolve(EVENT);
      },
      end: () => void this.ended++,
    }, {});
  }

  #nextQuiet(): Promise<Uint8Array | undefined> {
    this.#waits++;
    this.#event = Promise.withResolvers();
    return this.#event.promise;
  }

  /** Publishes an event of the quiet stream. */
  publish(): void {
    this.#event.resolve(EVENT);
  }

  /** Ends the quiet stream. */
  endQuiet(): void {
    this.#event.resolve(undefined);
  }

  /** Waits until the quiet stream waits for an event, for the n-th time. */
  async untilWaiting(times: number): Promise<void> {
    while (this.#waits < times) await sleep(1);
  }

  /** Waits until Deno takes no more of the stream in advance. */
  async untilFull(): Promise<void> {
    for (let before = -1; this.taken !== before || this.taken === 0;) {
      before = this.taken;
      await sleep(50);
    }
  }

  /** Does at a time what the service does each second. */
  passTo(now_ms: number): void {
    this.now_ms = now_ms;
    this.answers.abortStalled();
  }
}

for (const protocol of ["HTTP/1.1", "HTTP/2"]) {
  Deno.test(`a stream from which an ${protocol} client takes nothing for 30 s is aborted, and its connection closed`, async () => {
    await using server = new StreamServer();
    using client = protocol === "HTTP/2" ? await UnreadHttp2.connect(server.port) : undefined;
    if (client === undefined) await server.connect(GET);
    else await client.get("/");
    await server.untilFull();
    server.passTo(29_999);
    assert.deepEqual([server.ended, server.connections.size], [0, 1]);
    server.passTo(30_000);
    assert.deepEqual([server.ended, server.connections.size], [1, 0]);
    assert.equal(server.counts.closed.get("unread"), 1);
    await client?.readToEnd();
  });
}

Deno.test("a stream whose client reads it for days stays open", async () => {
  await using server = new StreamServer();
  const client = await server.connect(GET.replace("/ ", "/quiet "));
  for (let hours = 1; hours <= 5 * 24; hours++) {
    await server.untilWaiting(hours);
    server.passTo(hours * 60 * 60_000);
    assert.deepEqual([server.ended, server.connections.size], [0, 1]);
    server.publish();
    await client.read();
  }
});

Deno.test("an HTTP/2 connection stays while its client reads one of its streams, and closes when that one ends", async () => {
  await using server = new StreamServer();
  // The quiet stream fits into its window.
  using client = await UnreadHttp2.connect(server.port, 10_000);
  await client.get("/quiet");
  await server.untilWaiting(1);
  await client.get("/");
  await server.untilFull();
  server.passTo(30_000);
  assert.deepEqual([server.ended, server.connections.size], [1, 1]);
  server.passTo(90_000);
  assert.deepEqual([server.ended, server.connections.size], [1, 1]);
  server.endQuiet();
  await client.readToEnd();
  assert.deepEqual([server.ended, server.connections.size], [2, 0]);
  assert.equal(server.counts.closed.get("unread"), 1);
});

Deno.test("a download and a large answer from which a client takes nothing for 30 s end with their connections", async () => {
  let now_ms = 0;
  const clock = () => now_ms;
  const [downloads, answers] = [new Downloads(clock), new UnreadAnswers(undefined, clock)];
  await using server = new TestServer(async ({ url }) => {
    if (!url.endsWith("/file")) return answers.respond(new Uint8Array(300_000));
    const pages = await downloads.start(CALLER, () => Promise.resolve(() => Promise.resolve(EVENT)));
    assert.ok(!(pages instanceof Problem));
    return csvResponse("ledger.csv", pages);
  });
  using file = await UnreadHttp2.connect(server.port);
  await file.get("/file");
  using page = await UnreadHttp2.connect(server.port);
  await page.get("/page");
  while (answers.bytes === 0) await sleep(1);
  // Lets Deno take what it takes in advance.
  await sleep(100);
  now_ms = 30_000;
  downloads.abortStalled();
  answers.abortStalled();
  assert.deepEqual([server.connections.size, server.counts.closed.get("unread")], [0, 2]);
  for (const client of [file, page]) await client.readToEnd();
});
