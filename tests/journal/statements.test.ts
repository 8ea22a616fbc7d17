/** What a statement of the journal contains and when it starts. Outcomes are in `journal.test.ts`. */

import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { GroupCommitJournal, laneOf } from "../../src/journal/journal.ts";
import { change, COMMITTED, eventsOf, ScriptedWriter, turn } from "./scripted_writer.ts";

Deno.test("JOURNAL-1: changes of all companies that arrive while a statement is in flight form the next one", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const first = journal.commit(change("a", 1));
  await turn();
  const queued = [journal.commit(change("b", 1)), journal.commit(change("c", 1))];
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
  writer.answer();
  assert.deepEqual(await first, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1", "c 0-1"]]);
  writer.answer();
  assert.deepEqual(await Promise.all(queued), [COMMITTED, COMMITTED]);
});

Deno.test("JOURNAL-1: changes committed in the same microtask are one statement", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const both = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1", "b 0-1"]]);
  writer.answer();
  await Promise.all(both);
});

Deno.test("JOURNAL-1: each statement contains the changes committed until batchReady resolves", async () => {
  const writer = new ScriptedWriter();
  let batch = Promise.withResolvers<void>();
  const journal = new GroupCommitJournal([writer], { batchReady: () => batch.promise });
  const commits = [journal.commit(change("a", 1))];
  await turn();
  commits.push(journal.commit(change("b", 1)), journal.commit(change("a", 2)));
  await turn();
  assert.deepEqual(writer.written(), []);
  batch.resolve();
  await turn();
  assert.deepEqual(writer.written(), [["a 0-2", "b 0-1"]]);
  batch = Promise.withResolvers();
  commits.push(journal.commit(change("c", 1)));
  writer.answer();
  await turn();
  commits.push(journal.commit(change("d", 1)));
  await turn();
  assert.equal(writer.written().length, 1);
  batch.resolve();
  await turn();
  assert.deepEqual(writer.written()[1], ["c 0-1", "d 0-1"]);
  writer.answer();
  assert.deepEqual(await Promise.all(commits), Array(5).fill(COMMITTED));
});

Deno.test("JOURNAL-1: lanes do not wait for each other, and a company always has the same lane", async () => {
  const writers = [new ScriptedWriter(), new ScriptedWriter()];
  const journal = new GroupCommitJournal(writers);
  const companies = ["a", "b", "c", "d", "e", "f", "g", "h"] as CompanyId[];
  const commits = companies.map((company) => journal.commit(change(company, 1)));
  await turn();
  writers.forEach((writer, lane) => {
    const own = companies.filter((company) => laneOf(company, 2) === lane);
    assert.ok(own.length > 0);
    assert.deepEqual(writer.written(), [own.map((company) => `${company} 0-1`)]);
  });
  writers[1]!.answer();
  const on_second = companies.findIndex((company) => laneOf(company, 2) === 1);
  assert.deepEqual(await commits[on_second], COMMITTED);
  writers[0]!.answer();
  await Promise.all(commits);
});

Deno.test("JOURNAL-1: the store may choose the lane of each company", async () => {
  const writers = [new ScriptedWriter(), new ScriptedWriter()];
  const journal = new GroupCommitJournal(writers, { laneOf: (company) => company < "c" ? 1 : 0 });
  const commits = ["a", "b", "c"].map((company) => journal.commit(change(company, 1)));
  await turn();
  assert.deepEqual(writers.map((writer) => writer.written()), [[["c 0-1"]], [["a 0-1", "b 0-1"]]]);
  for (const writer of writers) writer.answer();
  await Promise.all(commits);
});

Deno.test("JOURNAL-2: consecutive changes of a company are merged into one, with events in order", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer]);
  const blocker = journal.commit(change("b", 1));
  await turn();
  const three = [1, 2, 3].map((version) => journal.commit(change("a", version)));
  writer.answer();
  await blocker;
  await turn();
  assert.deepEqual(writer.written().at(-1), ["a 0-3"]);
  assert.deepEqual(eventsOf(writer.last()[0]!), ["a1", "a2", "a3"]);
  writer.answer();
  assert.deepEqual(await Promise.all(three), [COMMITTED, COMMITTED, COMMITTED]);
});

Deno.test("JOURNAL-7: companies past the bound of a statement wait for the next, in order", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer], { companies_max: 2 });
  const commits = ["a", "b", "c"].map((company) => journal.commit(change(company, 1)));
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1", "b 0-1"]]);
  writer.answer();
  await turn();
  assert.deepEqual(writer.written().at(-1), ["c 0-1"]);
  writer.answer();
  await Promise.all(commits);
});

Deno.test("JOURNAL-7: a company with more events than fit goes to the end of the queue", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer], { events_max: 3 });
  const commits = [
    journal.commit(change("hot", 1, { events: 2 })),
    journal.commit(change("hot", 2, { events: 2 })),
    journal.commit(change("a", 1)),
    journal.commit(change("b", 1)),
  ];
  for (let statement = 0; statement < 3; statement++) {
    await turn();
    writer.answer();
  }
  assert.deepEqual(await Promise.all(commits), commits.map(() => COMMITTED));
  assert.deepEqual(writer.written(), [["hot 0-1"], ["a 0-1", "b 0-1"], ["hot 1-2"]]);
});

Deno.test("JOURNAL-7: a single change with more events than the bound is written alone", async () => {
  const writer = new ScriptedWriter();
  const journal = new GroupCommitJournal([writer], { events_max: 3 });
  const commits = [
    journal.commit(change("a", 1)),
    journal.commit(change("large", 1, { events: 10 })),
    journal.commit(change("b", 1)),
  ];
  for (let statement = 0; statement < 3; statement++) {
    await turn();
    writer.answer();
  }
  await Promise.all(commits);
  assert.deepEqual(writer.written(), [["a 0-1"], ["large 0-1"], ["b 0-1"]]);
});
