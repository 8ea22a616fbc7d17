import assert from "node:assert/strict";
import type { Change, CommitOutcome } from "../../src/domain/company/change.ts";
import type { CompanyId } from "../../src/domain/names.ts";
import { Journal, laneOf, type Writer } from "../../src/store/journal.ts";

Deno.test("J1: what comes while a statement is in flight gathers, of all companies, and is the next one", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
  const first = journal.commit(change("a", 1));
  await turn();
  const gathered = [journal.commit(change("b", 1)), journal.commit(change("c", 1))];
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
  writer.hold();
  assert.deepEqual(await first, COMMITTED);
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"], ["b 0-1", "c 0-1"]]);
  writer.hold();
  assert.deepEqual(await Promise.all(gathered), [COMMITTED, COMMITTED]);
});

Deno.test("J1: what is committed in the same breath is one statement", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
  const both = [journal.commit(change("a", 1)), journal.commit(change("b", 1))];
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1", "b 0-1"]]);
  writer.hold();
  await Promise.all(both);
});

Deno.test("J1: a statement takes what came until it is told that it has gathered, before each", async () => {
  const writer = new ScriptedWriter();
  let gathering = Promise.withResolvers<void>();
  const journal = new Journal([writer], { gathered: () => gathering.promise });
  const commits = [journal.commit(change("a", 1))];
  await turn();
  commits.push(journal.commit(change("b", 1)), journal.commit(change("a", 2)));
  await turn();
  assert.deepEqual(writer.written(), []);
  gathering.resolve();
  await turn();
  assert.deepEqual(writer.written(), [["a 0-2", "b 0-1"]]);
  gathering = Promise.withResolvers();
  commits.push(journal.commit(change("c", 1)));
  writer.hold();
  await turn();
  commits.push(journal.commit(change("d", 1)));
  await turn();
  assert.equal(writer.written().length, 1);
  gathering.resolve();
  await turn();
  assert.deepEqual(writer.written()[1], ["c 0-1", "d 0-1"]);
  writer.hold();
  assert.deepEqual(await Promise.all(commits), Array(5).fill(COMMITTED));
});

Deno.test("J1: an owner that is shut out while a statement gathers is fenced, and not written", async () => {
  const writer = new ScriptedWriter();
  const gathering = Promise.withResolvers<void>();
  const journal = new Journal([writer], { gathered: () => gathering.promise });
  const old = journal.commit(change("a", 1));
  const newer = journal.commit({ ...change("a", 1), epoch: change("a", 1).epoch + 1 });
  assert.deepEqual(await old, FENCED);
  const closed = journal.close();
  gathering.resolve();
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1"]]);
  writer.hold();
  assert.deepEqual(await newer, COMMITTED);
  await closed;
});

Deno.test("J1: lanes do not wait for each other, and a company has one lane always", async () => {
  const writers = [new ScriptedWriter(), new ScriptedWriter()];
  const journal = new Journal(writers);
  const companies = ["a", "b", "c", "d", "e", "f", "g", "h"] as CompanyId[];
  const commits = companies.map((company) => journal.commit(change(company, 1)));
  await turn();
  writers.forEach((writer, lane) => {
    const own = companies.filter((company) => laneOf(company, 2) === lane);
    assert.ok(own.length > 0);
    assert.deepEqual(writer.written(), [own.map((company) => `${company} 0-1`)]);
  });
  writers[1]!.hold();
  const on_second = companies.findIndex((company) => laneOf(company, 2) === 1);
  assert.deepEqual(await commits[on_second], COMMITTED);
  writers[0]!.hold();
  await Promise.all(commits);
});

Deno.test("J2: changes of a company that follow each other are one change of the statement, events in order", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
  const blocker = journal.commit(change("b", 1));
  await turn();
  const three = [1, 2, 3].map((version) => journal.commit(change("a", version)));
  writer.hold();
  await blocker;
  await turn();
  assert.deepEqual(writer.written().at(-1), ["a 0-3"]);
  assert.deepEqual(eventsOf(writer.last()[0]!), ["a1", "a2", "a3"]);
  writer.hold();
  assert.deepEqual(await Promise.all(three), [COMMITTED, COMMITTED, COMMITTED]);
});

Deno.test("J3: a change is committed when the writer has said so, fenced when its company did not hold", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
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
  const journal = new Journal([writer]);
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
  const journal = new Journal([{
    write: () => {
      throw error;
    },
  }]);
  assert.deepEqual(await journal.commit(change("a", 1)), { type: "unknown", error });
});

Deno.test("J4: a change that does not follow the one before it is fenced at once, and not written", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
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
  const journal = new Journal([writer]);
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

Deno.test("J6: what waits behind a change that was fenced or unknown shares its outcome, unwritten", async () => {
  const error = new Error("the connection died");
  const outcomes = [{ hold: [], outcome: FENCED }, { error, outcome: { type: "unknown", error } }] as const;
  for (const { outcome, ...answer } of outcomes) {
    const writer = new ScriptedWriter();
    const journal = new Journal([writer]);
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
  const journal = new Journal([writer]);
  const old = journal.commit(change("a", 1, { epoch: 1 }));
  await turn();
  const fresh = journal.commit(change("a", 1, { epoch: 2 }));
  writer.hold([]);
  assert.deepEqual(await old, FENCED);
  await turn();
  writer.hold();
  assert.deepEqual(await fresh, COMMITTED);
});

Deno.test("J7: a statement takes so many companies, and the others wait for the next in their order", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer], { companies_max: 2 });
  const commits = ["a", "b", "c"].map((company) => journal.commit(change(company, 1)));
  await turn();
  assert.deepEqual(writer.written(), [["a 0-1", "b 0-1"]]);
  writer.hold();
  await turn();
  assert.deepEqual(writer.written().at(-1), ["c 0-1"]);
  writer.hold();
  await Promise.all(commits);
});

Deno.test("J7: a company with more events than fit goes to the end of the line", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer], { events_max: 3 });
  const commits = [
    journal.commit(change("hot", 1, { events: 2 })),
    journal.commit(change("hot", 2, { events: 2 })),
    journal.commit(change("a", 1)),
    journal.commit(change("b", 1)),
  ];
  for (let statement = 0; statement < 3; statement++) {
    await turn();
    writer.hold();
  }
  assert.deepEqual(await Promise.all(commits), commits.map(() => COMMITTED));
  assert.deepEqual(writer.written(), [["hot 0-1"], ["a 0-1", "b 0-1"], ["hot 1-2"]]);
});

Deno.test("J7: a single change with more events than a statement takes is written alone", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer], { events_max: 3 });
  const commits = [
    journal.commit(change("a", 1)),
    journal.commit(change("large", 1, { events: 10 })),
    journal.commit(change("b", 1)),
  ];
  for (let statement = 0; statement < 3; statement++) {
    await turn();
    writer.hold();
  }
  await Promise.all(commits);
  assert.deepEqual(writer.written(), [["a 0-1"], ["large 0-1"], ["b 0-1"]]);
});

Deno.test("J8: once closed nothing is accepted, and what was accepted is still written", async () => {
  const writer = new ScriptedWriter();
  const journal = new Journal([writer]);
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
  const journal = new Journal([writer]);
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
  const journal = new Journal([writer]);
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

const COMMITTED: CommitOutcome = { type: "committed" };
const FENCED: CommitOutcome = { type: "fenced" };

/** Answers each statement when, and as, the test says. */
class ScriptedWriter implements Writer {
  readonly #calls: { changes: readonly Change[]; answer: PromiseWithResolvers<ReadonlySet<CompanyId>> }[] =
    [];

  write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const answer = Promise.withResolvers<ReadonlySet<CompanyId>>();
    this.#calls.push({ changes, answer });
    return answer.promise;
  }

  /** The changes of the last statement. */
  last(): readonly Change[] {
    return this.#calls.at(-1)!.changes;
  }

  /** Every statement so far: its changes as `company from-to`. */
  written(): string[][] {
    return this.#calls.map(({ changes }) =>
      changes.map((c) => `${c.company} ${c.from_version}-${c.version}`)
    );
  }

  /** The last statement has written these companies; all of them, unless given. */
  hold(companies: readonly string[] = this.last().map(({ company }) => company)): void {
    this.#calls.at(-1)!.answer.resolve(new Set(companies as readonly CompanyId[]));
  }

  fail(error: Error): void {
    this.#calls.at(-1)!.answer.reject(error);
  }
}

/** A change of one version to the next, with events that can be told apart. */
function change(
  company: string,
  version: number,
  { epoch = 1, events = 1 }: { epoch?: number; events?: number } = {},
): Change {
  return {
    company: company as CompanyId,
    epoch,
    from_version: version - 1,
    version,
    ledger_seq: 0,
    closed_through: "2026-11-22" as Change["closed_through"],
    due_at_ms: 0,
    latest_charged_ms: undefined,
    recorded_at_ms: 0,
    events: Array.from({ length: events }, () => ({
      type: "profile_changed",
      name: `${company}${version}`,
      locale: "pt-BR",
      phone_number_ids: [],
    })),
  };
}

function eventsOf({ events }: Change): string[] {
  return events.map((event) => event.type === "profile_changed" ? event.name : event.type);
}

/** Lets everything that is ready run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
