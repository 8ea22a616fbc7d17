import type { FC } from "hono/jsx";
import { ASSETS } from "../assets.ts";
import { Balance } from "./balance.tsx";
import { Patterns } from "../charts/patterns.tsx";
import { documentOf, Frame } from "../frame.tsx";
import { History } from "./history.tsx";
import { hrefTo } from "./href.ts";
import { Consumption, PackageByDay } from "./month.tsx";
import { Months } from "./months.tsx";
import { NearbyMonths } from "./nearby_months.tsx";
import { EmptyState } from "./empty_state.tsx";
import { OpenWindowsSection } from "./open_windows.tsx";
import { isOpenMonth, type RenderContext, renderContextOf } from "./render_context.ts";
import type { PageView } from "./view.ts";

/** Relatórios > Créditos, whole: it reads without script, and the script makes it live. */
export function creditsPage(view: PageView): string {
  const reading = renderContextOf(view);
  const { strings, formats } = reading;
  const { balance, company } = view;
  return documentOf(
    <Frame
      language={view.language}
      title={`${strings.title} · ${company.name}`}
      script={ASSETS.script.path}
      body={{
        "data-connection": "still",
        "data-company": company.id,
        "data-version": balance.version,
        "data-period": balance.period,
        "data-as-of": balance.as_of,
        "data-time-zone": balance.time_zone,
        "data-locale": formats.locale,
      }}
    >
      <a class="skip" href="#main">{strings.skip}</a>
      <Patterns />
      <Head reading={reading} />
      <SessionEnded reading={reading} />
      <main id="main" class={hasLongNumbers(view) ? "long" : undefined}>
        {isEmpty(view) ? <EmptyState reading={reading} /> : null}
        <Balance reading={reading} />
        {isEmpty(view) ? null : (
          <>
            <PackageByDay reading={reading} />
            {isOpenMonth(view) && <OpenWindowsSection reading={reading} />}
            <Consumption reading={reading} />
            <History reading={reading} />
          </>
        )}
        <Months reading={reading} />
      </main>
    </Frame>,
  );
}

/** Whether nothing has ever been charged or granted. */
function isEmpty({ statements, balance }: PageView): boolean {
  return balance.consumed === 0 && balance.granted === 0 && statements.length <= 1;
}

/** From this on a number is too wide for a narrow phone in the letters, or in the table, that all others have. */
const LONG_FROM = 100_000_000;

/** Whether some month has credits or money of that many. */
function hasLongNumbers({ statements }: PageView): boolean {
  return statements.some(({ granted, consumed, total }) =>
    [granted, consumed, Number(total)].some((amount) => amount >= LONG_FROM)
  );
}

const Head: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings, formats } = reading;
  return (
    <header class="head">
      <div>
        <p class="trail">{strings.report} › {view.company.name}</p>
        <h1 tabindex={-1}>
          {strings.title} <span class="month">{formats.month(view.statement.period)}</span>
        </h1>
        <NearbyMonths reading={reading} />
      </div>
      <ConnectionMark reading={reading} />
      <nav class="languages" aria-label={strings.language}>
        {([["pt-BR", "Português"], ["en", "English"]] as const).map(([language, name]) => (
          <a
            href={hrefTo(view.parameters, {
              lang: language,
              cursor: view.parameters.cursor,
              entry: view.parameters.entry,
            })}
            lang={language}
            hreflang={language}
            aria-current={language === view.language ? "true" : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {view.is_viewer && (
        <form method="post" action="/reports/credits/logout">
          <button class="plain" type="submit">{strings.log_out}</button>
        </form>
      )}
    </header>
  );
};

/**
 * How fresh the numbers are. The script says which of these holds; without it they are as old as the page. The date is
 * with the time, for a page may stay open, or lie printed, for days.
 */
const ConnectionMark: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { mark: said }, formats } = reading;
  const { as_of, time_zone } = view.balance;
  const time = <time data-heard datetime={as_of}>{formats.shortInstant(as_of, time_zone)}</time>;
  return (
    <p class="mark" role="status">
      <span class="when-live">{said.live}</span>
      <span class="when-reconnecting">{said.reconnecting}</span>
      <span class="when-old">{said.data_of} {time}</span>
      <a class="when-still" href={hrefTo(view.parameters)}>{said.refresh}</a>
    </p>
  );
};

/** Shown by the script when the session has ended. */
const SessionEnded: FC<{ reading: RenderContext }> = ({ reading: { strings: { session_ended: over } } }) => (
  <section id="over" class="notice" role="alert" hidden data-still>
    <h2>{over.title}</h2>
    <p>{over.text}</p>
  </section>
);
