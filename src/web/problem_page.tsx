import type { Language } from "../domain/receipt.ts";
import { documentOf, Frame } from "./frame.tsx";
import { STRINGS } from "./strings/strings.ts";

/** Why the page could not be shown, as people need to hear it. */
export interface ProblemView {
  readonly language: Language;
  readonly status: number;
  readonly request_id: string;
  /** Where to try again, or go on from. */
  readonly href: string;
}

/** What is shown in place of the page: what happened, and what to do now. */
export function problemPage({ language, status, request_id, href }: ProblemView): string {
  const { problem: said, title } = STRINGS[language];
  const [heading, text, action] = status === 401 || status === 403
    ? [said.session_title, said.session_text, undefined]
    : status === 404
    ? [said.missing_title, said.missing_text, said.home]
    : status === 429
    ? [said.busy_title, said.busy_text, said.retry]
    : status < 500
    ? [said.address_title, said.address_text, said.home]
    : [said.away_title, said.away_text, said.retry];
  return documentOf(
    <Frame language={language} title={title}>
      <main id="main" class="problem">
        <h1>{heading}</h1>
        <p>{text}</p>
        {action !== undefined && (
          <p>
            <a href={href}>{action}</a>
          </p>
        )}
        <p>
          <small>
            {said.id}: <code>{request_id}</code>
          </small>
        </p>
      </main>
    </Frame>,
  );
}
