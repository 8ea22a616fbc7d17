import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/names.ts";
import type { Caller } from "../../src/http/authentication.ts";
import { CLOSING_MS, Downloads, STALLED_MS } from "../../src/http/downloads.ts";
import { Problem } from "../../src/http/problems.ts";

const BROKEN_OFF = /was broken off/;

/** A page of one byte, for ever. */
const page = () => Promise.resolve(new Uint8Array(1));

function keyNumbered(number: number): Caller {
  return callerOf({ kind: "key", name: `key:${number}`, id: `${number}` });
}

function viewerOf(company: string, id: string): Caller {
  return callerOf({ kind: "viewer", name: "viewer", id, company: company as CompanyId });
}

function callerOf(more: Pick<Caller, "kind" | "name" | "id"> & Partial<Caller>): Caller {
  return { scope: "read", company: undefined, sees_contacts: false, ...more };
}

/** Downloads by a clock that stands until it is moved. */
function standing() {
  const clock = { now_ms: 0 };
  const downloads = new Downloads(() => clock.now_ms);
  const begin = (caller: Caller, next: () => Promise<Uint8Array<ArrayBuffer> | undefined> = page) => {
    const stream = downloads.begin(caller, next);
    return stream instanceof Problem ? stream : stream.getReader();
  };
  const begun = (caller: Caller, next?: () => Promise<Uint8Array<ArrayBuffer> | undefined>) => {
    const reader = begin(caller, next);
    assert.ok(!(reader instanceof Problem), "it was refused");
    return reader;
  };
  const refused = (caller: Caller) => {
    const problem = begin(caller);
    assert.ok(problem instanceof Problem, "it was not refused");
    return problem;
  };
  return { clock, downloads, begun, refused };
}

Deno.test("D1: one key downloads so many lists at once, and keeps nobody else from theirs", async () => {
  const { begun, refused } = standing();
  const readers = Array.from({ length: 8 }, () => begun(keyNumbered(1)));
  const { status, code, headers } = refused(keyNumbered(1));
  assert.deepEqual([status, code, headers["retry-after"]], [429, "too_many_downloads", "5"]);
  begun(keyNumbered(2));
  await readers[0]!.cancel();
  begun(keyNumbered(1));
});

Deno.test("D1: all viewers of a company have the places of one caller", () => {
  const { begun, refused } = standing();
  for (let number = 1; number <= 8; number++) begun(viewerOf("acme", `session-${number}`));
  assert.equal(refused(viewerOf("acme", "another")).status, 429);
  begun(viewerOf("bravo", "another"));
});

Deno.test("D1: past what can be served in all the next is told to come back, whoever it is", () => {
  const { begun, refused } = standing();
  for (let number = 0; number < 64; number++) begun(keyNumbered(Math.floor(number / 8)));
  const { status, code } = refused(keyNumbered(9));
  assert.deepEqual([status, code], [503, "too_many_downloads"]);
});

Deno.test("D3: what nobody takes from for 30 s is broken off, no more of it is read, and its place is free", async () => {
  const { clock, downloads, begun, refused } = standing();
  let pages = 0;
  const stalled = Array.from({ length: 8 }, () => begun(keyNumbered(1), () => (pages++, page())));
  for (const reader of stalled) await reader.read();
  clock.now_ms = STALLED_MS - 1;
  downloads.breakOffStalled();
  refused(keyNumbered(1));
  clock.now_ms = STALLED_MS;
  downloads.breakOffStalled();
  for (const reader of stalled) await assert.rejects(reader.read(), BROKEN_OFF);
  assert.equal(pages, 8);
  for (let number = 1; number <= 8; number++) begun(keyNumbered(1));
});

Deno.test("D3: what is taken in time goes on, however long all of it takes", async () => {
  const { clock, downloads, begun } = standing();
  const reader = begun(keyNumbered(1));
  for (let times = 0; times < 5; times++) {
    assert.equal((await reader.read()).done, false);
    clock.now_ms += STALLED_MS - 1;
    downloads.breakOffStalled();
  }
  assert.equal((await reader.read()).done, false);
});

Deno.test("D3: whoever waits for a page that is still read is not to blame", async () => {
  const { clock, downloads, begun } = standing();
  const [asked, reading] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array<ArrayBuffer>>()];
  const read = begun(keyNumbered(1), () => (asked.resolve(), reading.promise)).read();
  await asked.promise;
  clock.now_ms = STALLED_MS;
  downloads.breakOffStalled();
  reading.resolve(new Uint8Array(1));
  assert.equal((await read).done, false);
});

Deno.test("D4: when the service stops, what has stalled is broken off at once, and the rest a second later", async () => {
  const { clock, downloads, begun } = standing();
  const stalled = begun(keyNumbered(1));
  await stalled.read();
  clock.now_ms = CLOSING_MS;
  const moving = begun(keyNumbered(1));
  await moving.read();
  const [asked, last] = [Promise.withResolvers<void>(), Promise.withResolvers<Uint8Array<ArrayBuffer>>()];
  const waiting = begun(keyNumbered(1), () => (asked.resolve(), last.promise)).read();
  await asked.promise;
  downloads.close();
  await assert.rejects(stalled.read(), BROKEN_OFF);
  await moving.read();
  clock.now_ms += CLOSING_MS;
  downloads.breakOffStalled();
  await assert.rejects(moving.read(), BROKEN_OFF);
  await assert.rejects(waiting, BROKEN_OFF);
  // What was being read arrives, and nobody is there for it.
  last.resolve(new Uint8Array(1));
  await last.promise;
});
