import type { FC } from "hono/jsx";
import type { Language } from "../domain/receipt.ts";

interface LanguageLinksProps {
  readonly shown: Language;
  readonly label: string;
  /** Returns the address of the page in a language. */
  hrefIn(language: Language): string;
}

/** Links to the page in each language. */
export const LanguageLinks: FC<LanguageLinksProps> = ({ shown, label, hrefIn }) => (
  <nav class="languages" aria-label={label}>
    {([["pt-BR", "Português"], ["en", "English"]] as const).map(([language, name]) => (
      <a
        href={hrefIn(language)}
        lang={language}
        hreflang={language}
        aria-current={language === shown ? "true" : undefined}
      >
        {name}
      </a>
    ))}
  </nav>
);
