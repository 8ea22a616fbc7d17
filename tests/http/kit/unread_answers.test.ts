import assert from "node:assert/strict";
import { bytesOf, UnreadAnswers } from "../../../src/http/kit/unread_answers.ts";

const CHUNK_BYTES = 16 * 1024;
const FILE = new Uint8Array(100_000).map((_, i) => i % 251);

Deno.test("UNREAD-1: clients of one buffer get all of it, with its length", async () => {
  const answers = new UnreadAnswers();
  const responses = [answers.respond(FILE), answers.respond(FILE)];
  for (const response of responses) {
    assert.equal(response.headers.get("content-length"), "100000");
    assert.deepEqual(await response.bytes(), FILE);
  }
  assert.equal(answers.bytes, 0);
});

Deno.test("UNREAD-1: a chunk is a view of the buffer, and the buffer is kept until the last chunk is taken", async () => {
  const answers = new UnreadAnswers();
  const reader = answers.respond(FILE).body!.getReader();
  for (let left = FILE.length; left > 0; left -= CHUNK_BYTES) {
    assert.equal(answers.bytes, FILE.length);
    const { value } = await reader.read();
    assert.equal(value!.buffer, FILE.buffer);
    assert.equal(value!.length, Math.min(left, CHUNK_BYTES));
  }
  assert.equal(answers.bytes, FILE.length);
  assert.equal((await reader.read()).done, true);
  assert.equal(answers.bytes, 0);
});

Deno.test("a text is sent in UTF-8, small or large, with its status and headers", async () => {
  const answers = new UnreadAnswers();
  for (const text of ["", "créditos", "créditos ".repeat(10_000)]) {
    const response = answers.respond(text, { status: 201, headers: { "x-name": "value" } });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-name"), "value");
    assert.equal(await response.text(), text);
  }
});

Deno.test("the bytes of an answer are counted, and those of other answers are not known", () => {
  const answers = new UnreadAnswers();
  assert.equal(bytesOf(answers.respond("12345")), 5);
  assert.equal(bytesOf(answers.respond(FILE)), FILE.length);
  assert.equal(bytesOf(new Response("other")), undefined);
});

Deno.test("UNREAD-2: past the limit the answers that wait longest are aborted, and a shared buffer counts once", async () => {
  const answers = new UnreadAnswers(2 * FILE.length);
  const [oldest, active, sharing] = [FILE.slice(), FILE, FILE].map((file) =>
    answers.respond(file).body!.getReader()
  );
  assert.equal(answers.bytes, 2 * FILE.length);
  await oldest!.read();
  for (const reader of [active!, sharing!]) await reader.read();
  const newest = answers.respond(FILE.slice());
  await assert.rejects(oldest!.closed, /did not take/);
  assert.equal(answers.bytes, 2 * FILE.length);
  for (const reader of [active!, sharing!]) {
    assert.equal((await reader.read()).done, false);
    await reader.cancel();
  }
  assert.equal(answers.bytes, FILE.length);
  assert.equal((await newest.bytes()).length, FILE.length);
});

Deno.test("UNREAD-2: one answer may be larger than the limit", async () => {
  const answers = new UnreadAnswers(1);
  assert.equal((await answers.respond(FILE).bytes()).length, FILE.length);
});

Deno.test("UNREAD-3: an answer whose client takes nothing for 30 s is aborted", async () => {
  let now_ms = 0;
  const answers = new UnreadAnswers(undefined, () => now_ms);
  const stalled = answers.respond(FILE).body!.getReader();
  const slow = answers.respond(FILE.slice()).body!.getReader();
  await stalled.read();
  now_ms = 20_000;
  await slow.read();
  now_ms = 29_999;
  answers.abortStalled();
  assert.equal(answers.bytes, 2 * FILE.length);
  now_ms = 30_000;
  answers.abortStalled();
  await assert.rejects(stalled.closed, /did not take/);
  assert.equal(answers.bytes, FILE.length);
  assert.equal((await slow.read()).done, false);
  await slow.cancel();
  assert.equal(answers.bytes, 0);
});

Deno.test("UNREAD-4: a stream is aborted when its client takes nothing for 30 s, and not while it waits for an event", async () => {
  let now_ms = 0;
  const answers = new UnreadAnswers(undefined, () => now_ms);
  let ended = 0;
  let publish = (_: Uint8Array) => {};
  const stream = answers.stream({
    first: [FILE],
    next: () => new Promise((resolve) => publish = resolve),
    end: () => void ended++,
  }, {});
  const reader = stream.body!.getReader();
  await reader.read();
  const event = reader.read();
  now_ms = 24 * 60 * 60_000;
  answers.abortStalled();
  publish(FILE);
  assert.equal((await event).done, false);
  now_ms += 29_999;
  answers.abortStalled();
  assert.equal(ended, 0);
  now_ms += 1;
  answers.abortStalled();
  await assert.rejects(reader.read(), /did not take/);
  assert.equal(ended, 1);
});

Deno.test("UNREAD-4: a stream that its source ends is closed, and one that is cancelled while it waits ends once", async () => {
  const answers = new UnreadAnswers();
  let ended = 0;
  const end = () => void ended++;
  const closed = answers.stream({ first: [], next: () => Promise.resolve(undefined), end }, {});
  assert.equal(await closed.text(), "");
  assert.equal(ended, 1);
  const waiting = Promise.withResolvers<Uint8Array>();
  const reader = answers.stream({ first: [], next: () => waiting.promise, end }, {}).body!.getReader();
  const read = reader.read();
  await reader.cancel();
  waiting.resolve(FILE);
  assert.equal((await read).done, true);
  assert.equal(ended, 2);
});
