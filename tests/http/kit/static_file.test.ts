import assert from "node:assert/strict";
import { StaticFiles, streamOf } from "../../../src/http/kit/static_file.ts";

const FILE = new Uint8Array(100_000).map((_, i) => i % 251);

Deno.test("STATIC-1: a file is read once, and each client gets all of it", async () => {
  let reads = 0;
  const files = new StaticFiles(() => Promise.resolve((reads++, FILE)));
  const streams = await Promise.all([files.stream("a.js"), files.stream("a.js"), files.stream("a.js")]);
  for (const stream of streams) assert.deepEqual(await new Response(stream).bytes(), FILE);
  assert.equal(reads, 1);
});

Deno.test("STATIC-1: a chunk is a view of the file, and none is made before the client asks", async () => {
  const reader = streamOf(FILE).getReader();
  const { value } = await reader.read();
  assert.equal(value!.buffer, FILE.buffer);
  assert.ok(value!.length < FILE.length / 4);
  await reader.cancel();
});

Deno.test("STATIC-2: a client that takes nothing loses its stream", async () => {
  const reader = streamOf(FILE, 1).getReader();
  await reader.read();
  await assert.rejects(reader.closed, /takes nothing/);
});

Deno.test("a file that cannot be read is tried again", async () => {
  let reads = 0;
  const files = new StaticFiles(() =>
    reads++ === 0 ? Promise.reject(new Error("busy")) : Promise.resolve(FILE)
  );
  await assert.rejects(files.stream("a.js"), /busy/);
  assert.deepEqual(await new Response(await files.stream("a.js")).bytes(), FILE);
});

Deno.test("an empty file is an empty stream", async () => {
  assert.equal((await new Response(streamOf(new Uint8Array())).bytes()).length, 0);
});
