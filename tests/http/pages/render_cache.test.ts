import assert from "node:assert/strict";
import { RenderCache } from "../../../src/http/pages/render_cache.ts";

Deno.test("what many ask for at once is made once, and made anew when a second has passed", async () => {
  let now_ms = 0;
  let made = 0;
  const shelf = new RenderCache<number>(() => now_ms);
  const take = () => shelf.get("page", () => Promise.resolve(++made));
  assert.deepEqual(await Promise.all([take(), take(), take()]), [1, 1, 1]);
  now_ms = 999;
  assert.equal(await take(), 1);
  now_ms = 1_000;
  assert.equal(await take(), 2);
});

Deno.test("what is asked for under another name is another thing", async () => {
  const shelf = new RenderCache<string>(() => 0);
  assert.equal(await shelf.get("a", () => Promise.resolve("a")), "a");
  assert.equal(await shelf.get("b", () => Promise.resolve("b")), "b");
});

Deno.test("what could not be made is tried again by whoever comes next", async () => {
  const shelf = new RenderCache<string>(() => 0);
  await assert.rejects(shelf.get("a", () => Promise.reject(new Error("gone"))), /gone/);
  assert.equal(await shelf.get("a", () => Promise.resolve("back")), "back");
});

Deno.test("no more is kept than has a bound, the oldest goes", async () => {
  const shelf = new RenderCache<number>(() => 0);
  for (let i = 0; i < 1_000; i++) await shelf.get(`${i}`, () => Promise.resolve(i));
  assert.equal(await shelf.get("0", () => Promise.resolve(-1)), -1);
  assert.equal(await shelf.get("999", () => Promise.resolve(-1)), 999);
});
