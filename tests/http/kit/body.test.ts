import assert from "node:assert/strict";
import { BODY_MS_MAX, BodyReader, parseJson } from "../../../src/http/kit/body.ts";
import { quiesce } from "../../support/quiesce.ts";

/** A body of one byte that arrives on demand. */
function pendingBody() {
  const { request, send } = streamed();
  return { request, arrive: () => send(1, "last") };
}

/** A body that arrives in chunks. */
function streamed(headers: Record<string, string> = {}) {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (its) => void (controller = its),
    cancel: () => void (isCancelled = true),
  });
  return {
    request: new Request("http://localhost", { method: "POST", body, headers }),
    send(bytes: number, last?: "last") {
      if (isCancelled) return;
      controller.enqueue(new Uint8Array(bytes).fill(1));
      if (last !== undefined) controller.close();
    },
    isCancelled: () => isCancelled,
  };
}

/** Returns the length of a body, or its error. An assertion message with a whole body would take minutes. */
async function outcome(reading: Promise<Uint8Array | string> | undefined): Promise<number | string> {
  const read = (await reading)!;
  return typeof read === "string" ? read : read.length;
}

Deno.test("a late body is aborted, and no other", async () => {
  let now_ms = 0;
  const bodies = new BodyReader(() => now_ms);
  const [first, second, third] = [pendingBody(), pendingBody(), pendingBody()];
  const reading = [first, second].map(({ request }) => bodies.read(request));
  now_ms = 1;
  const last = bodies.read(third.request);
  first.arrive();
  assert.deepEqual(await reading[0], new Uint8Array([1]));
  now_ms = BODY_MS_MAX;
  bodies.abortLate();
  assert.equal(await reading[1], "body_too_slow");
  third.arrive();
  assert.deepEqual(await last, new Uint8Array([1]));
});

Deno.test("no body is aborted before its time limit", async () => {
  let now_ms = 0;
  const bodies = new BodyReader(() => now_ms);
  const { request, arrive } = pendingBody();
  const reading = bodies.read(request);
  now_ms = BODY_MS_MAX - 1;
  bodies.abortLate();
  arrive();
  assert.deepEqual(await reading, new Uint8Array([1]));
});

Deno.test("a body that arrives after its abort does not disturb others", async () => {
  let now_ms = 0;
  const bodies = new BodyReader(() => now_ms);
  const late = pendingBody();
  const reading = bodies.read(late.request);
  now_ms = BODY_MS_MAX;
  bodies.abortLate();
  const next = pendingBody();
  const next_reading = bodies.read(next.request);
  late.arrive();
  assert.equal(await reading, "body_too_slow");
  next.arrive();
  assert.deepEqual(await next_reading, new Uint8Array([1]));
});

Deno.test("past the memory limit the oldest body is aborted and cancelled", async () => {
  const bodies = new BodyReader(() => 0, 10);
  const [stalled, slow, quick] = [streamed(), streamed(), streamed()];
  const reading = [stalled, slow, quick].map(({ request }) => bodies.read(request));
  stalled.send(6);
  slow.send(4);
  await quiesce();
  quick.send(2, "last");
  assert.equal(await outcome(reading[0]), "bodies_too_many");
  assert.equal(stalled.isCancelled(), true);
  assert.equal(await outcome(reading[2]), 2);
  slow.send(4, "last");
  assert.equal(await outcome(reading[1]), 8);
});

Deno.test("read, aborted and oversized bodies free their memory", async () => {
  let now_ms = 0;
  const bodies = new BodyReader(() => now_ms, 6 * 1024 * 1024);
  const late = streamed();
  const late_reading = bodies.read(late.request);
  late.send(3 * 1024 * 1024);
  await quiesce();
  now_ms = BODY_MS_MAX;
  bodies.abortLate();
  assert.equal(await outcome(late_reading), "body_too_slow");
  const large = streamed();
  const large_reading = bodies.read(large.request);
  large.send(5 * 1024 * 1024);
  assert.equal(await outcome(large_reading), "body_too_large");
  for (let i = 0; i < 3; i++) {
    const whole = streamed();
    const reading = bodies.read(whole.request);
    whole.send(4 * 1024 * 1024, "last");
    assert.equal(await outcome(reading), 4 * 1024 * 1024);
  }
});

Deno.test("a small body counts with its Content-Length, a large body as it arrives", async () => {
  const bodies = new BodyReader(() => 0, 200_000);
  const large = streamed({ "content-length": "150000" });
  const small = [1, 2].map(() => streamed({ "content-length": "40000" }));
  const large_reading = bodies.read(large.request);
  const small_reading = small.map(({ request }) => bodies.read(request));
  large.send(130_000);
  assert.equal(await outcome(large_reading), "bodies_too_many");
  for (const { send } of small) send(40_000, "last");
  for (const reading of small_reading) assert.equal(await outcome(reading), 40_000);
});

Deno.test("an aborted small body counts until the server frees it", async () => {
  let now_ms = 0;
  const bodies = new BodyReader(() => now_ms, 100_000);
  const small = streamed({ "content-length": "40000" });
  const small_reading = bodies.read(small.request);
  now_ms = BODY_MS_MAX;
  bodies.abortLate();
  assert.equal(await outcome(small_reading), "body_too_slow");
  const readLarge = () => {
    const large = streamed();
    const reading = bodies.read(large.request);
    large.send(70_000, "last");
    return reading;
  };
  assert.equal(await outcome(readLarge()), "bodies_too_many");
  small.send(40_000, "last");
  await quiesce();
  assert.equal(await outcome(readLarge()), 70_000);
});

Deno.test("stalled small bodies leave memory for others, which are aborted when they are the oldest", async () => {
  const bodies = new BodyReader(() => 0, 100_000);
  const [stalled, slow, quick] = [1, 2, 3].map(() => streamed({ "content-length": "40000" }));
  const reading = [stalled, slow, quick].map((small) => bodies.read(small!.request));
  slow!.send(30_000);
  await quiesce();
  quick!.send(40_000, "last");
  assert.equal(await outcome(reading[1]), "bodies_too_many");
  assert.equal(slow!.isCancelled(), true);
  assert.equal(await outcome(reading[2]), 40_000);
  stalled!.send(40_000, "last");
  assert.equal(await outcome(reading[0]), 40_000);
});

Deno.test("JSON may contain the replacement character, but not broken UTF-8", () => {
  const said = new TextEncoder().encode('"caf\u00e9 \ufffd"');
  assert.equal(parseJson(said), "café \ufffd");
  const broken = said.with(4, 0xff);
  assert.equal(parseJson(broken), undefined);
});
