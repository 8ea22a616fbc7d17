import assert from "node:assert/strict";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import { change, COMMITTED, FENCED, ScriptedWriter, turn } from "./scripted_writer.ts";

Deno.test("JOURNAL-3: a change is committed once the writer wrote it, and fenced when its company was not written", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const [a, b] = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  const settled: string[] = [];
  a.then(() => settled.push("a"));
  await turn();
  assert.deepEqual(settled, []);
  writer.answer(["b"]);
  assert.deepEqual([await a, await b], [FENCED, COMMITTED]);
});

Deno.test("JOURNAL-3: when the writer fails, every change of the statement is unknown and the lane continues", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const [a, b] = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  await turn();
  const error = new Error("the connection died");
  writer.fail(error);
  assert.deepEqual([await a, await b], [{ type: "unknown", error }, { type: "unknown", error }]);
  const next = journal.commit(change("c", 1));
  await turn();
  writer.answer();
  assert.deepEqual(await next, COMMITTED);
});

Deno.test("JOURNAL-3: a writer that throws synchronously settles the commit as unknown", async () => {
  const error = new Error("a bug");
  const journal = new GroupCommitJournal([{
    write: () => {
      throw error;
    },
  }]);
  assert.deepEqual(await journal.commit(change("a", 1)), { type: "unknown", error });
});

Deno.test("JOURNAL-4: a change that does not follow the previous one is fenced at once and not written", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const first = journal.commit(change("a", 1));
  assert.deepEqual(await journal.commit(change("a", 3)), FENCED, "behind a queued change");
  await turn();
  assert.deepEqual(await journal.commit(change("a", 1)), FENCED, "behind the change in flight");
  writer.answer();
  assert.deepEqual(await first, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
});

Deno.test("JOURNAL-5: a change of a newer epoch fences queued changes of the older epoch and replaces them", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const in_flight = journal.commit(change("a", 1, { epoch: 1 }));
  await turn();
  const old = journal.commit(change("a", 2, { epoch: 1 }));
  const fresh = journal.commit(change("a", 2, { epoch: 2 }));
  assert.deepEqual(await old, FENCED);
  assert.deepEqual(
    await journal.commit(change("a", 3, { epoch: 1 })),
    FENCED,
    "older than the queued change",
  );
  writer.answer();
  assert.deepEqual(await in_flight, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["a 1-2"]]);
  assert.equal(writer.last()[0]!.epoch, 2);
  assert.deepEqual(
    await journal.commit(change("a", 3, { epoch: 1 })),
    FENCED,
    "older than the change in flight",
  );
  writer.answer();
  assert.deepEqual(await fresh, COMMITTED);
});

Deno.test("JOURNAL-5: an owner that is replaced before its statement starts is fenced and not written", async () => {
  const writer = new ScriptedWriter();
  const batch = Promise.withResolvers<void>();
  const journal = new GroupCommitJournal([writer], { batchReady: () => batch.promise });
  const old = journal.commit(change("a", 1));
  const newer = journal.commit(change("a", 1, { epoch: 2 }));
  assert.deepEqual(await old, FENCED);
  const closed = journal.close();
  batch.resolve();
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
  assert.equal(writer.last()[0]!.epoch, 2);
  writer.answer();
  assert.deepEqual(await newer, COMMITTED);
  await closed;
});

Deno.test("JOURNAL-6: changes queued behind a fenced or unknown change get its outcome and are not written", async () => {
  const error = new Error("the connection died");
  const outcomes = [{ answer: [], outcome: FENCED }, { error, outcome: { type: "unknown", error } }] as const;
  for (const { outcome, ...answer } of outcomes) {
    const writer = new ScriptedWriter();
    const journal = new GroupCommitJournal([writer]);
    const first = journal.commit(change("a", 1));
    await turn();
    const behind = [journal.commit(change("a", 2)), journal.commit(change("a", 3))];
    const other = journal.commit(change("b", 1));
    if ("error" in answer) writer.fail(answer.error);
    else writer.answer([]);
    assert.deepEqual([await first, ...await Promise.all(behind)], [outcome, outcome, outcome]);
    await turn();
    assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1"]]);
    writer.answer();
    assert.deepEqual(await other, COMMITTED);
  }
});

Deno.test("JOURNAL-6: a change of a newer epoch does not get the outcome of the older one before it", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const old = journal.commit(change("a", 1, { epoch: 1 }));
  await turn();
  const fresh = journal.commit(change("a", 1, { epoch: 2 }));
  writer.answer([]);
  assert.deepEqual(await old, FENCED);
  await turn();
  writer.answer();
  assert.deepEqual(await fresh, COMMITTED);
});

Deno.test("JOURNAL-8: a closed journal accepts nothing and still writes accepted changes", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const first = journal.commit(change("a", 1));
  await turn();
  const behind = journal.commit(change("b", 1));
  const closed = journal.close();
  const refused = await journal.commit(change("c", 1));
  assert.equal(refused.type, "unknown");
  writer.answer();
  await turn();
  writer.answer();
  await closed;
  assert.deepEqual([await first, await behind], [COMMITTED, COMMITTED]);
});

Deno.test("flushed waits for changes accepted before it, not for later ones", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  await journal.flushed();
  journal.commit(change("a", 1));
  await turn();
  journal.commit(change("b", 1));
  const flushed = journal.flushed();
  writer.answer();
  await turn();
  const later = journal.commit(change("c", 1));
  writer.answer();
  await flushed;
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1"], ["c 0-1"]]);
  writer.answer();
  await later;
});

Deno.test("the counters record written and fenced changes", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const commits = [
    journal.commit(change("a", 1, { events: 3 })),
    journal.commit(change("a", 2)),
    journal.commit(change("b", 1)),
  ];
  await turn();
  writer.answer(["a"]);
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
