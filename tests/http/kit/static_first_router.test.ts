import assert from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { StaticFirstRouter } from "../../../src/http/kit/static_first_router.ts";
import { TestService } from "../test_service.ts";

const METHODS = ["GET", "POST", "PUT", "DELETE"];

Deno.test("ROUTER-1: a path is found beside a parameter", () => {
  const router = new StaticFirstRouter<string>();
  router.add("POST", "/events/:id/replay", "one");
  router.add("POST", "/events/replay", "all");
  router.add("GET", "/events/:id", "read");
  router.add("GET", "/events/newest", "newest");
  const found = (method: string, path: string) => router.match(method, path)[0].map(([handler]) => handler);
  assert.deepEqual(found("POST", "/events/replay"), ["all"]);
  assert.deepEqual(found("POST", "/events/7/replay"), ["one"]);
  assert.deepEqual(found("GET", "/events/newest"), ["newest"]);
  assert.deepEqual(found("GET", "/events/replay"), ["read"]);
  for (
    const [method, path] of [["PUT", "/events/replay"], ["GET", "/events"], ["GET", "/events/7/"]] as const
  ) {
    assert.deepEqual(found(method, path), [], `${method} ${path}`);
  }
});

Deno.test("the first handler of every path of the service is the one that Hono's trie finds", async () => {
  await using service = new TestService();
  const { routes } = service.app.hono;
  const router = new StaticFirstRouter<string>();
  const trie = new TrieRouter<string>();
  for (const { method, path } of routes) {
    for (const each of [router, trie]) each.add(method, path, `${method} ${path}`);
  }
  const paths = routes.flatMap(({ path }) => {
    const example = path.replaceAll(/:\w+/g, "acme");
    return [example, `${example}/`, `${example}/acme`, example.slice(0, example.lastIndexOf("/"))];
  });
  for (const method of METHODS) {
    for (const path of paths) {
      const firstOf = (from: typeof router | typeof trie) => from.match(method, path)[0][0]?.[0];
      assert.equal(firstOf(router), firstOf(trie), `${method} ${path}`);
    }
  }
});
