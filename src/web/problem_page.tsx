import type { Language } from "../domain/receipt.ts";
import { documentOf, Frame } from "./frame.tsx";
import { STRINGS } from "./strings/strings.ts";

/** The data of an error page. */
export interface ProblemView {
  readonly language: Language;
  readonly status: number;
  readonly request_id: string;
  /** The target of the link to retry or continue. */
  readonly href: string;
}

/** Renders the page for an error status: what happened, and what to do. */
export function problemPage({ language, status, request_id, href }: ProblemView): string {
  const { problem: texts, title } = STRINGS[language];
  const [heading, text, action] = status === 401 || status === 403
    ? [texts.session_title, texts.session_text, texts.about]
    : status === 404
    ? [texts.missing_title, texts.missing_text, texts.home]
    : status === 429
    ? [texts.busy_title, texts.busy_text, texts.retry]
    : status < 500
    ? [texts.address_title, texts.address_text, texts.home]
    : [texts.away_title, texts.away_text, texts.retry];
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
            {texts.id}: <code>{request_id}</code>
          </small>
        </p>
      </main>
    </Frame>,
  );
}
