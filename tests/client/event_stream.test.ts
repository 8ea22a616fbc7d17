import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { EventStreamParser } from "../../client/event_stream.ts";

Deno.test("server-sent events are read as another parser reads them, in any pieces", () => {
  const line = fc.oneof(
    fc.constantFrom("", "", "data", "data: 1", "data:2", "data:  3", ": comment", "event: balance", "event"),
    fc.constantFrom("id: 7", "id", "id: a\0b", "retry: 100", "retry: soon", "other: x", "data: a: b"),
  );
  const stream = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 12 });
  fc.assert(fc.property(stream, fc.array(fc.nat({ max: 60 }), { maxLength: 6 }), (lines, cuts) => {
    // Every line end is complete at the end of the stream.
    const text = lines.flat().join("") + "\n\n\n";
    assert.deepEqual(readPieces(text, cuts), readByOther(text));
  }));
});

Deno.test("an event is complete with its empty line, and a stream may ask for its reconnection time", () => {
  const parser = new EventStreamParser();
  assert.deepEqual(parser.push("retry: 2000\nevent: balance\nid: 7\nda"), []);
  assert.deepEqual(parser.push("ta: {}\n\n: still here\n\n"), [{ event: "balance", data: "{}" }]);
  assert.equal(parser.retry_ms, 2_000);
});

/** Parses a stream in pieces that end at these places. */
function readPieces(text: string, cuts: readonly number[]) {
  const parser = new EventStreamParser();
  const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return places.slice(1).flatMap((end, index) => parser.push(text.slice(places[index], end)));
}

function readByOther(text: string) {
  const events: { event: string; data: string }[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event: event || "message", data }),
  });
  parser.feed(text);
  return events;
}
