import type { Language } from "../domain/receipt.ts";
import { formatsIn } from "./format.ts";
import { documentOf, Frame } from "./frame.tsx";
import { reportPathIn } from "./report/href.ts";
import { STRINGS, type Strings } from "./strings/strings.ts";

/** The data of an error page. */
export interface ProblemView {
  readonly language: Language;
  readonly status: number;
  /** The code of the problem. */
  readonly code: string;
  readonly request_id: string;
  /** The address of the request. */
  readonly address: URL;
}

/** Renders the page for an error status: what happened, and what to do. */
export function problemPage(view: ProblemView): string {
  const { language, request_id } = view;
  const { problem: texts, title } = STRINGS[language];
  const [heading, text] = textsOf(view, texts);
  const { href, name } = linkOf(view, texts);
  return documentOf(
    <Frame language={language} title={title}>
      <main id="main" class="problem">
        <h1>{heading}</h1>
        <p>{text}</p>
        <p>
          <a href={href}>{name}</a>
        </p>
        <p>
          <small>
            {texts.id}: <code>{request_id}</code>
          </small>
        </p>
      </main>
    </Frame>,
  );
}

type Texts = Strings["problem"];

/** Returns the heading and the text. */
function textsOf({ language, status, code, address }: ProblemView, texts: Texts): readonly [string, string] {
  const { pathname, searchParams } = address;
  const month = searchParams.get("month");
  if (status >= 500) return [texts.away_title, texts.away_text];
  if (status === 429) return [texts.busy_title, texts.busy_text];
  if (status === 401) return [texts.session_title, texts.session_text];
  if (status === 403 && code === "insufficient_scope" && searchParams.has("search")) {
    return [texts.search_title, texts.search_text];
  }
  if (status === 403 || status === 405) return [texts.action_title, texts.action_text];
  if (status !== 404) return [texts.address_title, texts.address_text];
  if (code === "statement_not_found" && month !== null) {
    return [texts.month_title(formatsIn(language).month(month)), texts.month_text];
  }
  if (code === "entry_not_found") return [texts.receipt_title, texts.receipt_text];
  if (NO_COMPANY.test(pathname)) return [texts.report_title, texts.report_text];
  return [texts.missing_title, texts.missing_text];
}

/** The path of the report page without its company. */
const NO_COMPANY = /^\/reports(\/credits)?\/?$/;

/** Returns the link to continue at: the same address after an overload, the start page without access to a company. */
function linkOf(
  { language, status, code, address }: ProblemView,
  texts: Texts,
): { href: string; name: string } {
  if (status >= 500 || status === 429) return { href: address.search || "?", name: texts.retry };
  const has_access = status !== 401 && code !== "company_not_found";
  const report = has_access ? reportPathIn(address.pathname) : undefined;
  const lang = address.searchParams.get("lang") === language ? `?lang=${language}` : "";
  return report === undefined
    ? { href: `/${lang}`, name: texts.about }
    : { href: `${report}${lang}`, name: texts.home };
}
