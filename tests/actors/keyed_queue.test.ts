import assert from "node:assert/strict";
import { KeyedQueue } from "../../actors/keyed_queue.ts";

/** Returns a queue whose tasks log their start, and run until they are ended by name. */
function loggedQueue(waiting_max = 100) {
  const queue = new KeyedQueue(waiting_max);
  const started: string[] = [];
  const tasks = new Map<string, PromiseWithResolvers<string>>();
  const add = (name: string, ...keys: readonly string[]) => {
    const task = Promise.withResolvers<string>();
    tasks.set(name, task);
    return queue.run(new Set(keys), () => {
      started.push(name);
      return task.promise;
    });
  };
  const end = (name: string) => tasks.get(name)!.resolve(name);
  const fail = (name: string) => tasks.get(name)!.reject(new Error(name));
  return { queue, started, add, end, fail };
}

Deno.test("tasks of one key run one after another, in order; others run at once", async () => {
  const { queue, started, add, end } = loggedQueue();
  const all = [add("first", "a"), add("second", "a"), add("third", "a"), add("other", "b"), add("free")];
  assert.deepEqual(started, ["first", "other", "free"]);
  for (const name of ["third", "second", "first", "other", "free"]) end(name);
  assert.deepEqual(await Promise.all(all), ["first", "second", "third", "other", "free"]);
  assert.deepEqual(started, ["first", "other", "free", "second", "third"]);
  assert.equal(queue.size, 0);
});

Deno.test("tasks that share keys in any order never wait for each other", async () => {
  const { queue, started, add, end } = loggedQueue();
  const all = [add("ab", "a", "b"), add("ba", "b", "a"), add("bc", "b", "c"), add("ca", "c", "a")];
  for (const name of ["ab", "ba", "bc", "ca"]) end(name);
  await Promise.all(all);
  assert.deepEqual(started, ["ab", "ba", "bc", "ca"]);
  assert.equal(queue.size, 0);
});

Deno.test("a task that fails delays none after it", async () => {
  const { queue, add, end, fail } = loggedQueue();
  const failed = add("failed", "a");
  const next = add("next", "a");
  fail("failed");
  end("next");
  await assert.rejects(failed, /failed/);
  assert.equal(await next, "next");
  assert.equal(queue.size, 0);
});

Deno.test("a task that would wait behind too many others does not run", async () => {
  const { started, add, end } = loggedQueue(1);
  const [first, second] = [add("first", "a"), add("second", "a")];
  assert.equal(await add("third", "a"), undefined);
  const other = add("other", "b");
  for (const name of ["first", "second", "other"]) end(name);
  assert.deepEqual(await Promise.all([first, second, other]), ["first", "second", "other"]);
  const later = add("later", "a");
  end("later");
  assert.equal(await later, "later");
  assert.deepEqual(started, ["first", "other", "second", "later"]);
});

Deno.test("on several nodes a task runs only while it has its keys on all of them, and fails when it cannot have them", async () => {
  const held: string[][] = [];
  let refuses = false;
  const queue = new KeyedQueue(10, {
    run: async (keys, task) => {
      if (refuses) throw new Error("the store cannot be reached");
      held.push([...keys]);
      return await task();
    },
  });
  assert.equal(await queue.run(new Set(["a", "b"]), () => Promise.resolve("ran")), "ran");
  assert.deepEqual(held, [["a", "b"]]);
  refuses = true;
  let has_run = false;
  const run = queue.run(new Set(["a"]), () => Promise.resolve(has_run = true));
  await assert.rejects(run, /cannot be reached/);
  assert.deepEqual([has_run, queue.size], [false, 0]);
});
