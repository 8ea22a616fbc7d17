import assert from "node:assert/strict";
import { PostgresExclusive } from "../../src/postgres/exclusive.ts";
import { createDatabase } from "../support/database.ts";

Deno.test("tasks that share a key run one at a time on all nodes, in any order of their keys", async () => {
  await using database = await createDatabase();
  const nodes = [1, 2, 3].map(() => new PostgresExclusive(database.service_url));
  let [running, most, done] = [0, 0, 0];
  const task = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running--;
    done++;
  };
  const keys = [["a", "b"], ["b", "a"], ["b"]];
  await Promise.all(
    Array.from({ length: 18 }, (_, n) => nodes[n % 3]!.run(new Set(keys[n % keys.length]), task)),
  );
  assert.deepEqual([most, done], [1, 18]);
  await Promise.all(nodes.map((node) => node.close()));
});

Deno.test("a task that fails frees its keys, and tasks without a shared key run at once", async () => {
  await using database = await createDatabase();
  const [one, other] = [1, 2].map(() => new PostgresExclusive(database.service_url));
  await assert.rejects(
    one!.run(new Set(["a"]), () => Promise.reject(new Error("the task failed"))),
    /failed/,
  );
  const result = await one!.run(
    new Set(["a"]),
    () => other!.run(new Set(["c"]), () => Promise.resolve("both ran")),
  );
  assert.equal(result, "both ran");
  await Promise.all([one!.close(), other!.close()]);
});
