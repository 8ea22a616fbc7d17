import type { Send, SendFailure } from "../../../src/domain/company/command.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { ReportViolation } from "./account.ts";
import { failureFact, type PersonFact } from "./rows.ts";
import type { StoredFacts } from "./stored_facts.ts";
import type { Submission } from "./submission.ts";

/** The reports that sends failed, as callers submitted them. */
export class SubmittedFailures {
  readonly #reportViolation: ReportViolation;
  readonly #failures: Pick<Submission<SendFailure>, "input" | "company">[] = [];

  constructor(reportViolation: ReportViolation) {
    this.#reportViolation = reportViolation;
  }

  /** The number of submissions. */
  get count(): number {
    return this.#failures.length;
  }

  /** Adds a failure before its report. */
  add(company: CompanyId, input: SendFailure): void {
    this.#failures.push({ input, company });
  }

  /** Checks that an acknowledged failure is stored, unless its send was refused and never charged (SIM-1). */
  acknowledge({ message_id }: SendFailure, stored_facts: StoredFacts): void {
    const message = stored_facts.messageKey(message_id);
    const was_allowed = stored_facts.stored.sends.get(message)?.send.reply.includes('"type":"send_allowed"');
    if (!was_allowed || stored_facts.isStoredFailure(message)) return;
    this.#reportViolation(
      "SIM-1",
      `${stored_facts.expected.company}: the failure of ${message_id} was acknowledged, but is not stored`,
    );
  }

  /**
   * Returns the failures of accepted sends that are stored: a caller that gave up does not know whether its report
   * was accepted.
   */
  accepted(stored_facts: StoredFacts, sends: readonly Send[]): PersonFact[] {
    const { company } = stored_facts.expected;
    const reported = new Set(
      this.#failures.filter((of) => of.company === company).map(({ input }) => input.message_id),
    );
    return sends.filter(({ message_id }) =>
      reported.has(message_id) && stored_facts.isStoredFailure(stored_facts.messageKey(message_id))
    ).map(({ to, message_id }) => failureFact(to, stored_facts.messageKey(message_id)));
  }
}
