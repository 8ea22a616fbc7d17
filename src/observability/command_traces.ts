/**
 * Spans of commands, from the call to the commit. Each caller's trace has its own span of a commit and of the write to
 * Postgres, although one statement writes the changes of many.
 */

import type { Change, CommitOutcome } from "../domain/company/change.ts";
import type { Answer, Command } from "../domain/company/command.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Writer } from "../journal/journal.ts";
import type { Companies, Journal } from "../ports/companies.ts";
import type { Trace } from "../ports/runtime.ts";
import type { OpenSpan, Tracing } from "./tracing.ts";

/** Starts spans. */
type SpanSource = Pick<Tracing, "start" | "within">;

/** A change that is not settled, and the spans of its commit, one for each traced caller. */
interface Uncommitted {
  readonly epoch: number;
  readonly version: number;
  readonly spans: readonly OpenSpan[];
}

/** Follows commands: a span `execute …` until its answer, `commit` below it, and below that `write to Postgres`. */
export class CommandTraces {
  readonly #tracing: SpanSource;
  readonly #uncommitted = new Map<CompanyId, Uncommitted[]>();

  constructor(tracing: SpanSource) {
    this.#tracing = tracing;
  }

  /** Returns companies that trace the commands of others. */
  ofCompanies(companies: Companies): Companies {
    return { execute: (company, command) => this.#execute(companies, company, command) };
  }

  /** Returns a journal that traces the commits of another one. */
  ofJournal(journal: Journal): Journal {
    return {
      commit: (change, traces = []) =>
        traces.length === 0 ? journal.commit(change) : this.#commit(journal, change, traces),
    };
  }

  /** Returns a writer that traces the writes of another one. The journal of {@link ofJournal} must use it. */
  ofWriter(writer: Writer): Writer {
    return { write: (changes) => this.#write(writer, changes) };
  }

  #execute(companies: Companies, company: CompanyId, command: Command): Promise<Answer> {
    const span = this.#tracing.start(`execute ${command.type}`);
    const answer = this.#tracing.within(span, () => companies.execute(company, command));
    void answer.then(({ type }) => endAll([span], { "poli.answer": type }));
    return answer;
  }

  async #commit(journal: Journal, change: Change, traces: readonly Trace[]): Promise<CommitOutcome> {
    const { company, epoch, version } = change;
    const spans = traces.map((trace) => this.#tracing.start("commit", trace));
    const uncommitted = { epoch, version, spans };
    const of_company = this.#uncommitted.get(company);
    if (of_company === undefined) this.#uncommitted.set(company, [uncommitted]);
    else of_company.push(uncommitted);
    const outcome = await journal.commit(change);
    this.#forget(company, uncommitted);
    endAll(spans, { "poli.outcome": outcome.type });
    return outcome;
  }

  async #write(writer: Writer, changes: readonly Change[]): ReturnType<Writer["write"]> {
    const spans = changes.flatMap((change) => this.#commitsIn(change)).map(({ trace }) =>
      this.#tracing.start("write to Postgres", trace)
    );
    try {
      return await writer.write(changes);
    } finally {
      const events = changes.reduce((sum, change) => sum + change.events.length, 0);
      endAll(spans, { "poli.companies": changes.length, "poli.stored_events": events });
    }
  }

  /** The spans of the commits that a change contains: the journal merges consecutive changes of a company. */
  #commitsIn({ company, epoch, from_version, version }: Change): readonly OpenSpan[] {
    return (this.#uncommitted.get(company) ?? []).flatMap((commit) =>
      commit.epoch === epoch && commit.version > from_version && commit.version <= version ? commit.spans : []
    );
  }

  #forget(company: CompanyId, uncommitted: Uncommitted): void {
    const others = this.#uncommitted.get(company)!.filter((other) => other !== uncommitted);
    if (others.length === 0) this.#uncommitted.delete(company);
    else this.#uncommitted.set(company, others);
  }
}

function endAll(spans: readonly OpenSpan[], attributes: Readonly<Record<string, string | number>>): void {
  for (const span of spans) {
    for (const [name, value] of Object.entries(attributes)) span.set(name, value);
    span[Symbol.dispose]();
  }
}
