import assert from "node:assert/strict";
import { RenderCache } from "../../../src/http/pages/render_cache.ts";

Deno.test("concurrent requests share one rendering, which expires after a second", async () => {
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

Deno.test("each key has its own rendering", async () => {
  const shelf = new RenderCache<string>(() => 0);
  assert.equal(await shelf.get("a", () => Promise.resolve("a")), "a");
  assert.equal(await shelf.get("b", () => Promise.resolve("b")), "b");
});

Deno.test("a failed rendering is tried again by the next request", async () => {
  const shelf = new RenderCache<string>(() => 0);
  await assert.rejects(shelf.get("a", () => Promise.reject(new Error("gone"))), /gone/);
  assert.equal(await shelf.get("a", () => Promise.resolve("back")), "back");
});

Deno.test("a full cache evicts the oldest rendering", async () => {
  const shelf = new RenderCache<number>(() => 0);
  for (let i = 0; i < 1_000; i++) await shelf.get(`${i}`, () => Promise.resolve(i));
  assert.equal(await shelf.get("0", () => Promise.resolve(-1)), -1);
  assert.equal(await shelf.get("999", () => Promise.resolve(-1)), 999);
});
