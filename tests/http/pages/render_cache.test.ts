import assert from "node:assert/strict";
import { RenderCache } from "../../../src/http/pages/render_cache.ts";

Deno.test("concurrent requests share one rendering, which expires after a second", async () => {
  let now_ms = 0;
  let rendered = 0;
  const cache = new RenderCache<number>(() => now_ms);
  const get = () => cache.get("page", () => Promise.resolve(++rendered));
  assert.deepEqual(await Promise.all([get(), get(), get()]), [1, 1, 1]);
  now_ms = 999;
  assert.equal(await get(), 1);
  now_ms = 1_000;
  assert.equal(await get(), 2);
});

Deno.test("each key has its own rendering", async () => {
  const cache = new RenderCache<string>(() => 0);
  assert.equal(await cache.get("a", () => Promise.resolve("a")), "a");
  assert.equal(await cache.get("b", () => Promise.resolve("b")), "b");
});

Deno.test("a failed rendering is tried again by the next request", async () => {
  const cache = new RenderCache<string>(() => 0);
  await assert.rejects(cache.get("a", () => Promise.reject(new Error("gone"))), /gone/);
  assert.equal(await cache.get("a", () => Promise.resolve("back")), "back");
});

Deno.test("a full cache evicts the oldest rendering", async () => {
  const cache = new RenderCache<number>(() => 0);
  for (let i = 0; i < 1_000; i++) await cache.get(`${i}`, () => Promise.resolve(i));
  assert.equal(await cache.get("0", () => Promise.resolve(-1)), -1);
  assert.equal(await cache.get("999", () => Promise.resolve(-1)), 999);
});
