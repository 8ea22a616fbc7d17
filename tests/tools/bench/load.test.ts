import assert from "node:assert/strict";
import { sleep } from "../../../src/time/sleep.ts";
import { applyLoad, percentile, type Target, UnexpectedStatus } from "../../../tools/bench/load.ts";

const LONG_MS = 60_000;
const encoder = new TextEncoder();

Deno.test("every request is sent once, and its answer counts once", async () => {
  const seen: string[] = [];
  await using server = serve(async (request) => {
    seen.push(await request.text());
    return new Response();
  });
  const bodies = Array.from({ length: 500 }, (_, i) => `message ${i}`);
  const span = await applyLoad(server.target, requestsOf(bodies), { connections: 8, duration_ms: LONG_MS });
  assert.equal(span.answered, 500);
  assert.equal(span.latencies_ms.length, 500);
  assert.deepEqual(seen.sort(), bodies.sort());
});

Deno.test("an answer with a body is read completely, in any number of chunks", async () => {
  await using server = await serveRaw([
    "HTTP/1.1 200 OK\r\nContent-Le",
    "ngth: 5\r\n\r",
    "\nhe",
    "llo",
  ]);
  const span = await applyLoad(server.target, requestsOf(["a", "b", "c"]), {
    connections: 1,
    duration_ms: LONG_MS,
  });
  assert.equal(span.answered, 3);
});

Deno.test("an answer other than 200 fails the span, with its text", async () => {
  let count = 0;
  await using server = serve(() => new Response("overloaded", { status: ++count === 50 ? 503 : 200 }));
  const bodies = Array.from({ length: 100 }, String);
  await assert.rejects(
    applyLoad(server.target, requestsOf(bodies), { connections: 4, duration_ms: LONG_MS }),
    (error: Error) => error instanceof UnexpectedStatus && error.message.includes("503"),
  );
});

Deno.test("a connection closed before the answer fails the span", async () => {
  await using server = await serveRaw(["HTTP/1.1 200 OK\r\n"], { close: true });
  await assert.rejects(
    applyLoad(server.target, requestsOf(["a"]), { connections: 1, duration_ms: LONG_MS }),
    /closed a connection/,
  );
});

Deno.test("a connection that the server closes after an answer is opened again", async () => {
  await using server = serveRaw(["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"], {
    close: true,
  });
  const options = { connections: 1, duration_ms: LONG_MS };
  assert.equal((await applyLoad(server.target, requestsOf(["a", "b", "c"]), options)).answered, 3);
});

Deno.test("no request is sent after the time is up", async () => {
  let count = 0;
  await using server = serve(() => {
    count++;
    return new Response();
  });
  const span = await applyLoad(server.target, () => requestOf("x"), { connections: 2, duration_ms: 0 });
  assert.equal(span.answered, 0);
  assert.equal(count, 0);
});

Deno.test("a percentile is the latency that a share of the requests did not exceed", () => {
  const span = { answered: 4, elapsed_ms: 10, latencies_ms: Float64Array.of(1, 2, 3, 40) };
  assert.equal(percentile(span, 0.5), 3);
  assert.equal(percentile(span, 0.99), 40);
  assert.equal(percentile(span, 1), 40);
});

function requestOf(body: string): Uint8Array {
  return encoder.encode(
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function requestsOf(bodies: readonly string[]): () => Uint8Array | undefined {
  const left = [...bodies];
  return () => {
    const body = left.shift();
    return body === undefined ? undefined : requestOf(body);
  };
}

interface TestServer extends AsyncDisposable {
  readonly target: Target;
}

function serve(answer: (request: Request) => Response | Promise<Response>): TestServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  return {
    target: { hostname: "127.0.0.1", port: server.addr.port },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Answers each request with these pieces of bytes, one after the other. */
function serveRaw(pieces: readonly string[], { close = false } = {}): TestServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      using _ = connection;
      const request = new Uint8Array(1_024);
      while (await connection.read(request) !== null) {
        for (const piece of pieces) {
          await connection.write(encoder.encode(piece));
          // Lets each piece arrive separately.
          await sleep(1);
        }
        if (close) break;
      }
    }
  })();
  return {
    target: { hostname: "127.0.0.1", port: listener.addr.port },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}
