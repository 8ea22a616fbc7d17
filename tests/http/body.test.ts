import assert from "node:assert/strict";
import { Patience, readBody } from "../../src/http/body.ts";

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

Deno.test("a body that does not arrive in time is given up", async () => {
  assert.equal(await readBody(awaited().request, new Patience(5)), "body_too_slow");
});

Deno.test("bodies are given up each by itself, also when one before or after them arrives", async () => {
  const patience = new Patience(50);
  const [first, second, third] = [awaited(), awaited(), awaited()];
  const reading = [first, second, third].map(({ request }) => readBody(request, patience));
  first.arrive();
  third.arrive();
  const [one, two, three] = await Promise.all(reading);
  assert.deepEqual([one, two, three], [new Uint8Array([1]), "body_too_slow", new Uint8Array([1])]);
});

Deno.test("whoever begins while another is waited for has the whole time to itself", async () => {
  const begun_ms = performance.now();
  const patience = new Patience(20);
  const first = readBody(awaited().request, patience);
  await new Promise((pass) => setTimeout(pass, 10));
  const second_begun_ms = performance.now();
  const second = readBody(awaited().request, patience);
  assert.equal(await first, "body_too_slow");
  assert.ok(performance.now() - begun_ms >= 20);
  assert.equal(await second, "body_too_slow");
  assert.ok(performance.now() - second_begun_ms >= 20);
});

Deno.test("a body that arrives after it was given up disturbs none that is waited for", async () => {
  const patience = new Patience(5);
  const late = awaited();
  assert.equal(await readBody(late.request, patience), "body_too_slow");
  const next = readBody(awaited().request, patience);
  late.arrive();
  assert.equal(await next, "body_too_slow");
});
