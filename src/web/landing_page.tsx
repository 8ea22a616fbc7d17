import type { FC } from "hono/jsx";
import type { Language } from "../domain/receipt.ts";
import { documentOf, Frame } from "./frame.tsx";
import { LanguageLinks } from "./language_links.tsx";
import { reportPath } from "./report/href.ts";
import { STRINGS, type Strings } from "./strings/strings.ts";

/** The guides, by their paths in the repository. */
const GUIDES = [
  "docs/guides/getting_started.md",
  "docs/guides/README.md",
  "docs/reference.md",
  "docs/operations.md",
] as const;

/** Renders the start page: what the service is, and how to get a link to a company's page. @param origin of its URL */
export function landingPage(language: Language, origin: string): string {
  const { landing: texts, ...strings } = STRINGS[language];
  return documentOf(
    <Frame language={language} title="Poli Credits">
      <header class="head">
        <div>
          <h1>Poli Credits</h1>
        </div>
        <LanguageLinks shown={language} label={strings.language} hrefIn={(lang) => `?lang=${lang}`} />
      </header>
      <main id="main" class="landing">
        <p class="lead">{texts.lead}</p>
        <section aria-labelledby="people">
          <h2 id="people">{texts.people_title}</h2>
          <p>{texts.people_text}</p>
          <p>
            {texts.address} <code>{`${origin}${reportPath(texts.company)}`}</code>
          </p>
        </section>
        <section aria-labelledby="programs">
          <h2 id="programs">{texts.programs_title}</h2>
          <CreateLink texts={texts} origin={origin} />
          <ul>
            <li>
              <a href="/docs">{texts.docs}</a>
            </li>
            <li>
              <a href="/openapi.json">{texts.openapi}</a>
            </li>
            <li>
              <a href="/readyz">{texts.ready}</a>
            </li>
          </ul>
        </section>
        <section aria-labelledby="demo">
          <h2 id="demo">{texts.demo_title}</h2>
          <p>{texts.demo_text}</p>
          <pre tabindex={0}><code>npx --yes deno@2.9.6 task demo</code></pre>
          <p>{texts.guides}</p>
          <ul>
            {GUIDES.map((name) => (
              <li>
                <code>{name}</code>: {texts.guide[name]}
              </li>
            ))}
          </ul>
        </section>
      </main>
    </Frame>,
  );
}

const CreateLink: FC<{ texts: Strings["landing"]; origin: string }> = ({ texts, origin }) => (
  <>
    <p>{texts.link_text}</p>
    <pre tabindex={0}><code>{`curl -X POST ${origin}/v1/companies/${texts.company}/viewer_sessions \\
  -H "Authorization: Bearer $ADMIN_KEY" \\
  -H "Content-Type: application/json" -d '{}'`}</code></pre>
  </>
);
