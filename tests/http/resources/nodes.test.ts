import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

Deno.test("one process alone lists itself with all shards", async () => {
  await using service = new TestService();
  const { data, unowned_shards } = await service.readJson("GET", "/v1/nodes");
  assert.deepEqual(data.map(({ shards: _, ...node }: { shards: unknown }) => node), [
    { id: "solo", name: "credits-1", state: "reachable", clock_is_certain: true, is_this: true },
  ]);
  assert.deepEqual(data[0].shards, Array.from({ length: 256 }, (_, shard) => shard));
  assert.equal(unowned_shards, 0);
});

Deno.test("shards that no node has are counted: calls for their companies are answered 503", async () => {
  const nodes = () => [
    { id: "a", name: "one", state: "draining", clock_is_certain: true, is_this: true, shards: [3] } as const,
    {
      id: "b",
      name: "two",
      state: "unreachable",
      clock_is_certain: false,
      is_this: false,
      shards: [4, 5],
    } as const,
  ];
  await using service = new TestService({ nodes: { nodes } });
  const { data, unowned_shards } = await service.readJson("GET", "/v1/nodes");
  assert.deepEqual(data, nodes());
  assert.equal(unowned_shards, 253);
});
