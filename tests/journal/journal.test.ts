import assert from "node:assert/strict";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import { change, COMMITTED, FENCED, ScriptedWriter, turn } from "./scripted_writer.ts";

Deno.test("J3: a change is committed when the writer has said so, fenced when its company did not hold", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const [a, b] = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  const settled: string[] = [];
  a.then(() => settled.push("a"));
  await turn();
  assert.deepEqual(settled, []);
  writer.hold(["b"]);
  assert.deepEqual([await a, await b], [FENCED, COMMITTED]);
});

Deno.test("J3: when the writer fails, every change of the statement is unknown, and the lane goes on", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const [a, b] = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  await turn();
  const error = new Error("the connection died");
  writer.fail(error);
  assert.deepEqual([await a, await b], [{ type: "unknown", error }, { type: "unknown", error }]);
  const next = journal.commit(change("c", 1));
  await turn();
  writer.hold();
  assert.deepEqual(await next, COMMITTED);
});

Deno.test("J3: a writer that throws before it returns a promise leaves no one waiting", async () => {
  const error = new Error("a bug");
  const journal = new GroupCommitJournal([{
    write: () => {
      throw error;
    },
  }]);
  assert.deepEqual(await journal.commit(change("a", 1)), { type: "unknown", error });
});

Deno.test("J4: a change that does not follow the one before it is fenced at once, and not written", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const first = journal.commit(change("a", 1));
  assert.deepEqual(await journal.commit(change("a", 3)), FENCED, "behind one that waits");
  await turn();
  assert.deepEqual(await journal.commit(change("a", 1)), FENCED, "behind the one in flight");
  writer.hold();
  assert.deepEqual(await first, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
});

Deno.test("J5: a change of a newer epoch fences what waits of the older, and takes its place", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const in_flight = journal.commit(change("a", 1, { epoch: 1 }));
  await turn();
  const old = journal.commit(change("a", 2, { epoch: 1 }));
  const fresh = journal.commit(change("a", 2, { epoch: 2 }));
  assert.deepEqual(await old, FENCED);
  assert.deepEqual(await journal.commit(change("a", 3, { epoch: 1 })), FENCED, "older than what waits");
  writer.hold();
  assert.deepEqual(await in_flight, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["a 1-2"]]);
  assert.equal(writer.last()[0]!.epoch, 2);
  assert.deepEqual(
    await journal.commit(change("a", 3, { epoch: 1 })),
    FENCED,
    "older than what is in flight",
  );
  writer.hold();
  assert.deepEqual(await fresh, COMMITTED);
});

Deno.test("J5: an owner that is shut out while a statement gathers is fenced, and not written", async () => {
  const writer = new ScriptedWriter();
  const gathering = Promise.withResolvers<void>();
  const journal = new GroupCommitJournal([writer], { batchReady: () => gathering.promise });
  const old = journal.commit(change("a", 1));
  const newer = journal.commit(change("a", 1, { epoch: 2 }));
  assert.deepEqual(await old, FENCED);
  const closed = journal.close();
  gathering.resolve();
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
  assert.equal(writer.last()[0]!.epoch, 2);
  writer.hold();
  assert.deepEqual(await newer, COMMITTED);
  await closed;
});

Deno.test("J6: what waits behind a change that was fenced or unknown shares its outcome, unwritten", async () => {
  const error = new Error("the connection died");
  const outcomes = [{ hold: [], outcome: FENCED }, { error, outcome: { type: "unknown", error } }] as const;
  for (const { outcome, ...answer } of outcomes) {
    const writer = new ScriptedWriter();
    const journal = new GroupCommitJournal([writer]);
    const first = journal.commit(change("a", 1));
    await turn();
    const behind = [journal.commit(change("a", 2)), journal.commit(change("a", 3))];
    const other = journal.commit(change("b", 1));
    if ("error" in answer) writer.fail(answer.error);
    else writer.hold([]);
    assert.deepEqual([await first, ...await Promise.all(behind)], [outcome, outcome, outcome]);
    await turn();
    assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1"]]);
    writer.hold();
    assert.deepEqual(await other, COMMITTED);
  }
});

Deno.test("J6: a newer epoch does not share the outcome of the older one it waits behind", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const old = journal.commit(change("a", 1, { epoch: 1 }));
  await turn();
  const fresh = journal.commit(change("a", 1, { epoch: 2 }));
  writer.hold([]);
  assert.deepEqual(await old, FENCED);
  await turn();
  writer.hold();
  assert.deepEqual(await fresh, COMMITTED);
});

Deno.test("J8: once closed nothing is accepted, and what was accepted is still written", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const first = journal.commit(change("a", 1));
  await turn();
  const behind = journal.commit(change("b", 1));
  const closed = journal.close();
  const refused = await journal.commit(change("c", 1));
  assert.equal(refused.type, "unknown");
  writer.hold();
  await turn();
  writer.hold();
  await closed;
  assert.deepEqual([await first, await behind], [COMMITTED, COMMITTED]);
});

Deno.test("flushing waits for what was accepted before, and not for what comes after", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  await journal.flushed();
  journal.commit(change("a", 1));
  await turn();
  journal.commit(change("b", 1));
  const flushed = journal.flushed();
  writer.hold();
  await turn();
  const later = journal.commit(change("c", 1));
  writer.hold();
  await flushed;
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1"], ["c 0-1"]]);
  writer.hold();
  await later;
});

Deno.test("the counters tell what was written and what was not", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const commits = [
    journal.commit(change("a", 1, { events: 3 })),
    journal.commit(change("a", 2)),
    journal.commit(change("b", 1)),
  ];
  await turn();
  writer.hold(["a"]);
  await Promise.all(commits);
  assert.deepEqual(journal.counters, {
    statements: 1,
    changes: 3,
    events: 5,
    fenced: 1,
    unknown: 0,
    largest_companies: 2,
    largest_events: 5,
  });
});
