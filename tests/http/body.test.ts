import assert from "node:assert/strict";
import { Bodies, BODY_MS_MAX } from "../../src/http/body.ts";

/** A body of one chunk, which arrives when it is told to. */
function awaited() {
  const { promise, resolve: arrive } = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await promise;
      controller.enqueue(new Uint8Array([1]));
      controller.close();
    },
  });
  return { request: new Request("http://localhost", { method: "POST", body }), arrive };
}

Deno.test("a body that does not arrive in time is given up, and no other", async () => {
  let now_ms = 0;
  const bodies = new Bodies(() => now_ms);
  const [first, second, third] = [awaited(), awaited(), awaited()];
  const reading = [first, second].map(({ request }) => bodies.read(request));
  now_ms = 1;
  const last = bodies.read(third.request);
  first.arrive();
  assert.deepEqual(await reading[0], new Uint8Array([1]));
  now_ms = BODY_MS_MAX;
  bodies.giveUpLate();
  assert.equal(await reading[1], "body_too_slow");
  third.arrive();
  assert.deepEqual(await last, new Uint8Array([1]));
});

Deno.test("before its time is over no body is given up", async () => {
  let now_ms = 0;
  const bodies = new Bodies(() => now_ms);
  const { request, arrive } = awaited();
  const reading = bodies.read(request);
  now_ms = BODY_MS_MAX - 1;
  bodies.giveUpLate();
  arrive();
  assert.deepEqual(await reading, new Uint8Array([1]));
});

Deno.test("a body that arrives after it was given up disturbs none that is waited for", async () => {
  let now_ms = 0;
  const bodies = new Bodies(() => now_ms);
  const late = awaited();
  const reading = bodies.read(late.request);
  now_ms = BODY_MS_MAX;
  bodies.giveUpLate();
  const next = awaited();
  const next_reading = bodies.read(next.request);
  late.arrive();
  assert.equal(await reading, "body_too_slow");
  next.arrive();
  assert.deepEqual(await next_reading, new Uint8Array([1]));
});
