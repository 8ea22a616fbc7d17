import assert from "node:assert/strict";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import { CLOSING_MS, Downloads, type NextPage, STALLED_MS } from "../../../src/http/kit/downloads.ts";
import { Problem } from "../../../src/http/kit/problems.ts";

const ABORTED = /Download aborted/;

/** An endless sequence of pages of one byte. */
const page = () => Promise.resolve(new Uint8Array(1));

function keyNumbered(number: number, company?: string): Caller {
  return callerOf({ kind: "key", name: `key:${number}`, id: `${number}`, company: company as CompanyId });
}

function viewerOf(company: string, id: string): Caller {
  return callerOf({ kind: "viewer", name: "viewer", id, company: company as CompanyId });
}

function callerOf(more: Pick<Caller, "kind" | "name" | "id" | "company">): Caller {
  return { scope: "read", sees_contacts: false, ...more };
}

/** Downloads with a manual clock. */
function downloadsAtManualTime() {
  const clock = { now_ms: 0 };
  const downloads = new Downloads(() => clock.now_ms);
  const begun = async (caller: Caller, next: NextPage = page) => {
    const stream = await downloads.start(caller, () => Promise.resolve(next));
    assert.ok(!(stream instanceof Problem), "it was refused");
    return stream.getReader();
  };
  const eightBegun = async (caller: Caller, next?: NextPage) => {
    const readers: Awaited<ReturnType<typeof begun>>[] = [];
    while (readers.length < 8) readers.push(await begun(caller, next));
    return readers;
  };
  const refused = async (caller: Caller) => {
    const problem = await downloads.start(caller, () => assert.fail("its first page was read"));
    assert.ok(problem instanceof Problem, "it was not refused");
    return problem;
  };
  return { clock, downloads, begun, eightBegun, refused };
}

Deno.test("DOWNLOAD-1: the concurrent downloads of a key are limited, and do not limit other keys", async () => {
  const { begun, eightBegun, refused } = downloadsAtManualTime();
  const readers = await eightBegun(keyNumbered(1));
  const { status, code, headers } = await refused(keyNumbered(1));
  assert.deepEqual([status, code, headers["retry-after"]], [429, "too_many_downloads", "5"]);
  await begun(keyNumbered(2));
  await readers[0]!.cancel();
  await begun(keyNumbered(1));
});

Deno.test("DOWNLOAD-1: all keys and viewers of a company share the slots of one caller", async () => {
  const { begun, refused } = downloadsAtManualTime();
  for (let number = 1; number <= 4; number++) {
    await begun(keyNumbered(number, "acme"));
    await begun(viewerOf("acme", `session-${number}`));
  }
  assert.equal((await refused(keyNumbered(5, "acme"))).status, 429);
  assert.equal((await refused(viewerOf("acme", "another"))).status, 429);
  await begun(keyNumbered(6, "bravo"));
});

Deno.test("DOWNLOAD-1: past the total limit any caller gets 503", async () => {
  const { eightBegun, refused } = downloadsAtManualTime();
  for (let number = 0; number < 8; number++) await eightBegun(keyNumbered(number));
  const { status, code, headers } = await refused(keyNumbered(9));
  assert.deepEqual([status, code, headers["retry-after"]], [503, "unavailable", "5"]);
});

Deno.test("DOWNLOAD-1: a slot is taken before the first page is read, and freed when there is nothing to send", async () => {
  const { downloads, begun, refused } = downloadsAtManualTime();
  const opened = [1, 2, 3, 4, 5, 6, 7, 8].map(() => Promise.withResolvers<NextPage | Problem>());
  const [first, second, ...others] = opened.map(({ promise }) =>
    downloads.start(keyNumbered(1), () => promise)
  );
  await refused(keyNumbered(1));
  opened[0]!.resolve(new Problem(404, "company_not_found", "there is no such company"));
  assert.ok(await first instanceof Problem);
  await begun(keyNumbered(1));
  opened[1]!.reject(new Error("Postgres is away"));
  await assert.rejects(second!, /Postgres is away/);
  await begun(keyNumbered(1));
  await refused(keyNumbered(1));
  for (const { resolve } of opened) resolve(page);
  for (const stream of await Promise.all(others)) await (stream as ReadableStream).cancel();
  await begun(keyNumbered(1));
});

Deno.test("DOWNLOAD-3: a download stalled for 30 s is aborted, reads no more, and frees its slot", async () => {
  const { clock, downloads, eightBegun, refused } = downloadsAtManualTime();
  let pages = 0;
  const stalled = await eightBegun(keyNumbered(1), () => (pages++, page()));
  for (const reader of stalled) await reader.read();
  clock.now_ms = STALLED_MS - 1;
  downloads.abortStalled();
  await refused(keyNumbered(1));
  clock.now_ms = STALLED_MS;
  downloads.abortStalled();
  for (const reader of stalled) await assert.rejects(reader.read(), ABORTED);
  assert.equal(pages, 8);
  await eightBegun(keyNumbered(1));
});

Deno.test("DOWNLOAD-3: a download whose client keeps reading may take any time", async () => {
  const { clock, downloads, begun } = downloadsAtManualTime();
  const reader = await begun(keyNumbered(1));
  for (let times = 0; times < 5; times++) {
    assert.equal((await reader.read()).done, false);
    clock.now_ms += STALLED_MS - 1;
    downloads.abortStalled();
  }
  assert.equal((await reader.read()).done, false);
});

Deno.test("DOWNLOAD-3: a client that waits for a slow page is not stalled", async () => {
  const { clock, downloads, begun } = downloadsAtManualTime();
  const [requested, reading] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<Uint8Array<ArrayBuffer>>(),
  ];
  const reader = await begun(keyNumbered(1), () => (requested.resolve(), reading.promise));
  const read = reader.read();
  await requested.promise;
  clock.now_ms = STALLED_MS;
  downloads.abortStalled();
  reading.resolve(new Uint8Array(1));
  assert.equal((await read).done, false);
});

Deno.test("DOWNLOAD-4: when the service stops, stalled downloads are aborted at once, and the others a second later", async () => {
  const { clock, downloads, begun } = downloadsAtManualTime();
  const stalled = await begun(keyNumbered(1));
  await stalled.read();
  clock.now_ms = CLOSING_MS;
  const moving = await begun(keyNumbered(1));
  await moving.read();
  const [requested, last] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array<ArrayBuffer>>()];
  const held_up = await begun(keyNumbered(1), () => (requested.resolve(), last.promise));
  const waiting = held_up.read();
  await requested.promise;
  downloads.close();
  await assert.rejects(stalled.read(), ABORTED);
  await moving.read();
  clock.now_ms += CLOSING_MS;
  downloads.abortStalled();
  await assert.rejects(moving.read(), ABORTED);
  await assert.rejects(waiting, ABORTED);
  // The pending page arrives after its download ended.
  last.resolve(new Uint8Array(1));
  await last.promise;
});

Deno.test("DOWNLOAD-4: when the service stops, a download without its first page gets 503 a second later", async () => {
  const { clock, downloads } = downloadsAtManualTime();
  const opened = Promise.withResolvers<NextPage>();
  const begun = downloads.start(keyNumbered(1), () => opened.promise);
  downloads.close();
  clock.now_ms = CLOSING_MS;
  downloads.abortStalled();
  opened.resolve(page);
  const problem = await begun;
  assert.ok(problem instanceof Problem);
  assert.deepEqual([problem.status, problem.code], [503, "unavailable"]);
});
