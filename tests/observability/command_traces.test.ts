import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { GroupCommitJournal, type JournalOptions } from "../../src/journal/journal.ts";
import { CommandTraces } from "../../src/observability/command_traces.ts";
import type { OpenSpan } from "../../src/observability/tracing.ts";
import type { Trace } from "../../src/ports/runtime.ts";
import { change, COMMITTED, FENCED, ScriptedWriter, turn } from "../journal/scripted_writer.ts";

/** A trace whose name has the spans above it. */
interface NamedTrace {
  readonly path: string;
}

/** Notes the spans that have ended, in order, with the spans above them and their attributes. */
function recordedSpans() {
  const ended: string[] = [];
  let active: NamedTrace | undefined;
  const tracing = {
    start(name: string, parent: Trace | undefined = active): OpenSpan {
      const path = parent === undefined ? name : `${(parent as NamedTrace).path} > ${name}`;
      const attributes: string[] = [];
      return {
        trace: { path },
        set: (attribute, value) => void attributes.push(`${attribute}=${value}`),
        [Symbol.dispose]: () => void ended.push([path, ...attributes].join(" ")),
      };
    },
    within<T>({ trace }: OpenSpan, work: () => T): T {
      active = trace as NamedTrace;
      try {
        return work();
      } finally {
        active = undefined;
      }
    },
    current: () => active,
  };
  return { tracing, ended };
}

/** A traced journal, with a writer that the test answers. */
function tracedJournal(options: JournalOptions = {}) {
  const { tracing, ended } = recordedSpans();
  const traces = new CommandTraces(tracing);
  const writer = new ScriptedWriter();
  const journal = traces.ofJournal(new GroupCommitJournal([traces.ofWriter(writer)], options));
  return { journal, writer, ended, traces, tracing };
}

const ANA = { path: "Ana" };
const BETO = { path: "Beto" };
const CARLA = { path: "Carla" };

Deno.test("a command's span ends with its answer, and the work of the command is below it", async () => {
  const { traces, tracing, ended } = tracedJournal();
  const below: unknown[] = [];
  const companies = traces.ofCompanies({
    execute: () => {
      below.push(tracing.current());
      return Promise.resolve({ type: "done" });
    },
  });
  assert.deepEqual(await companies.execute("acme" as CompanyId, { type: "close_due_days" }), {
    type: "done",
  });
  assert.deepEqual(below, [{ path: "execute close_due_days" }]);
  assert.deepEqual(ended, ["execute close_due_days poli.answer=done"]);
});

Deno.test("each caller of a statement has a span of its commit and of the write; callers without a trace have none", async () => {
  const { journal, writer, ended } = tracedJournal();
  const committing = [
    journal.commit(change("a", 1, { events: 2 }), [ANA, BETO]),
    journal.commit(change("b", 1), []),
    journal.commit(change("c", 1)),
    journal.commit(change("d", 1), [CARLA]),
  ];
  await turn();
  assert.deepEqual(ended, []);
  writer.answer(["a", "b", "c"]);
  assert.deepEqual(await Promise.all(committing), [COMMITTED, COMMITTED, COMMITTED, FENCED]);
  const size = "poli.companies=4 poli.stored_events=5";
  assert.deepEqual(ended, [
    `Ana > commit > write to Postgres ${size}`,
    `Beto > commit > write to Postgres ${size}`,
    `Carla > commit > write to Postgres ${size}`,
    "Ana > commit poli.outcome=committed",
    "Beto > commit poli.outcome=committed",
    "Carla > commit poli.outcome=fenced",
  ]);
});

Deno.test("changes that wait for a statement have their write in the next one, merged or not", async () => {
  const { journal, writer, ended } = tracedJournal();
  const committing = [journal.commit(change("a", 1), [ANA])];
  await turn();
  committing.push(journal.commit(change("a", 2), [BETO]), journal.commit(change("a", 3), [CARLA]));
  writer.answer();
  await committing[0];
  await turn();
  const first = ended.splice(0);
  assert.deepEqual(first.map((span) => span.split(" poli")[0]), [
    "Ana > commit > write to Postgres",
    "Ana > commit",
  ]);
  writer.answer();
  await Promise.all(committing);
  assert.deepEqual(ended.map((span) => span.split(" poli")[0]), [
    "Beto > commit > write to Postgres",
    "Carla > commit > write to Postgres",
    "Beto > commit",
    "Carla > commit",
  ]);
});

Deno.test("a change that does not fit a statement has its write in the next one", async () => {
  const { journal, writer, ended } = tracedJournal({ events_max: 1 });
  const committing = [journal.commit(change("a", 1), [ANA]), journal.commit(change("a", 2), [BETO])];
  await turn();
  writer.answer();
  await committing[0];
  assert.deepEqual(ended.map((span) => span.split(" poli")[0]), [
    "Ana > commit > write to Postgres",
    "Ana > commit",
  ]);
  await turn();
  writer.answer();
  await Promise.all(committing);
  assert.equal(ended.length, 4);
});

Deno.test("the spans of a write that fails end too, and its error passes through", async () => {
  const { journal, writer, ended } = tracedJournal();
  const committing = journal.commit(change("a", 1), [ANA]);
  await turn();
  writer.fail(new Error("the connection died"));
  assert.equal((await committing).type, "unknown");
  assert.deepEqual(ended.at(-1), "Ana > commit poli.outcome=unknown");
  assert.equal(ended.length, 2);
});
