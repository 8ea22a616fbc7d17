import assert from "node:assert/strict";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import { CLOSING_MS, Downloads, type NextPage, STALLED_MS } from "../../../src/http/kit/downloads.ts";
import { Problem } from "../../../src/http/kit/problems.ts";

const BROKEN_OFF = /was broken off/;

/** A page of one byte, for ever. */
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

/** Downloads by a clock that stands until it is moved. */
function standing() {
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

Deno.test("D1: one key downloads so many lists at once, and keeps nobody else from theirs", async () => {
  const { begun, eightBegun, refused } = standing();
  const readers = await eightBegun(keyNumbered(1));
  const { status, code, headers } = await refused(keyNumbered(1));
  assert.deepEqual([status, code, headers["retry-after"]], [429, "too_many_downloads", "5"]);
  await begun(keyNumbered(2));
  await readers[0]!.cancel();
  await begun(keyNumbered(1));
});

Deno.test("D1: all keys and viewers of a company have the places of one caller", async () => {
  const { begun, refused } = standing();
  for (let number = 1; number <= 4; number++) {
    await begun(keyNumbered(number, "acme"));
    await begun(viewerOf("acme", `session-${number}`));
  }
  assert.equal((await refused(keyNumbered(5, "acme"))).status, 429);
  assert.equal((await refused(viewerOf("acme", "another"))).status, 429);
  await begun(keyNumbered(6, "bravo"));
});

Deno.test("D1: past what can be served in all the next is told to come back, whoever it is", async () => {
  const { eightBegun, refused } = standing();
  for (let number = 0; number < 8; number++) await eightBegun(keyNumbered(number));
  const { status, code, headers } = await refused(keyNumbered(9));
  assert.deepEqual([status, code, headers["retry-after"]], [503, "unavailable", "5"]);
});

Deno.test("D1: a place is taken before the first page is read, and free again when there is nothing to send", async () => {
  const { downloads, begun, refused } = standing();
  const opened = [1, 2, 3, 4, 5, 6, 7, 8].map(() => Promise.withResolvers<NextPage | Problem>());
  const [first, second, ...others] = opened.map(({ promise }) =>
    downloads.start(keyNumbered(1), () => promise)
  );
  await refused(keyNumbered(1));
  opened[0]!.resolve(new Problem(404, "no_company", "there is no such company"));
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

Deno.test("D3: what nobody takes from for 30 s is broken off, no more of it is read, and its place is free", async () => {
  const { clock, downloads, eightBegun, refused } = standing();
  let pages = 0;
  const stalled = await eightBegun(keyNumbered(1), () => (pages++, page()));
  for (const reader of stalled) await reader.read();
  clock.now_ms = STALLED_MS - 1;
  downloads.abortStalled();
  await refused(keyNumbered(1));
  clock.now_ms = STALLED_MS;
  downloads.abortStalled();
  for (const reader of stalled) await assert.rejects(reader.read(), BROKEN_OFF);
  assert.equal(pages, 8);
  await eightBegun(keyNumbered(1));
});

Deno.test("D3: what is taken in time goes on, however long all of it takes", async () => {
  const { clock, downloads, begun } = standing();
  const reader = await begun(keyNumbered(1));
  for (let times = 0; times < 5; times++) {
    assert.equal((await reader.read()).done, false);
    clock.now_ms += STALLED_MS - 1;
    downloads.abortStalled();
  }
  assert.equal((await reader.read()).done, false);
});

Deno.test("D3: whoever waits for a page that is still read is not to blame", async () => {
  const { clock, downloads, begun } = standing();
  const [asked, reading] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array<ArrayBuffer>>()];
  const reader = await begun(keyNumbered(1), () => (asked.resolve(), reading.promise));
  const read = reader.read();
  await asked.promise;
  clock.now_ms = STALLED_MS;
  downloads.abortStalled();
  reading.resolve(new Uint8Array(1));
  assert.equal((await read).done, false);
});

Deno.test("D4: when the service stops, what has stalled is broken off at once, and the rest a second later", async () => {
  const { clock, downloads, begun } = standing();
  const stalled = await begun(keyNumbered(1));
  await stalled.read();
  clock.now_ms = CLOSING_MS;
  const moving = await begun(keyNumbered(1));
  await moving.read();
  const [asked, last] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array<ArrayBuffer>>()];
  const held_up = await begun(keyNumbered(1), () => (asked.resolve(), last.promise));
  const waiting = held_up.read();
  await asked.promise;
  downloads.close();
  await assert.rejects(stalled.read(), BROKEN_OFF);
  await moving.read();
  clock.now_ms += CLOSING_MS;
  downloads.abortStalled();
  await assert.rejects(moving.read(), BROKEN_OFF);
  await assert.rejects(waiting, BROKEN_OFF);
  // What was being read arrives, and nobody is there for it.
  last.resolve(new Uint8Array(1));
  await last.promise;
});

Deno.test("D4: when the service stops, what has not had its first page read a second later is told to come back", async () => {
  const { clock, downloads } = standing();
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
