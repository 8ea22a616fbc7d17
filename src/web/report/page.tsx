import type { FC } from "hono/jsx";
import { isolated } from "../../domain/bidi.ts";
import { ASSETS } from "../assets.ts";
import { Alerts } from "./alerts.tsx";
import { Balance } from "./balance.tsx";
import { Patterns } from "../charts/patterns.tsx";
import { documentOf, Frame } from "../frame.tsx";
import { LanguageLinks } from "../language_links.tsx";
import { History } from "./history.tsx";
import { hrefTo, reportPath } from "./href.ts";
import { Consumption } from "./month.tsx";
import { shapeOf } from "../live/shape.ts";
import { Months } from "./months.tsx";
import { NearbyMonths } from "./nearby_months.tsx";
import { EmptyState } from "./empty_state.tsx";
import { OpenWindowsSection } from "./open_windows.tsx";
import { StatementSection } from "./statement.tsx";
import { isOpenMonth, type RenderContext, renderContextOf } from "./render_context.ts";
import { PackageByDay } from "./package_by_day.tsx";
import type { PageView } from "./view.ts";

/** Renders the page Relatórios > Créditos. It works without script; the script makes it live. */
export function creditsPage(view: PageView): string {
  const context = renderContextOf(view);
  const { strings, formats } = context;
  const { balance, company } = view;
  return documentOf(
    <Frame
      language={view.language}
      title={`${strings.title} · ${isolated(company.name)}`}
      script={ASSETS.script.path}
      body={{
        "data-connection": "static",
        "data-company": company.id,
        "data-version": balance.version,
        "data-period": balance.period,
        "data-shape": shapeOf(balance),
        "data-as-of": balance.as_of,
        "data-time-zone": balance.time_zone,
        "data-locale": formats.locale,
      }}
    >
      <a class="skip" href="#main">{strings.skip}</a>
      <Patterns />
      <Head context={context} />
      <SessionEnded context={context} />
      <Unanswered context={context} />
      <main id="main" class={hasLongNumbers(view) ? "long" : undefined}>
        {isEmpty(view) ? <EmptyState context={context} /> : null}
        <Balance context={context} />
        <Alerts context={context} />
        {isEmpty(view) ? null : (
          <>
            <PackageByDay context={context} />
            {isOpenMonth(view) && <OpenWindowsSection context={context} />}
            <Consumption context={context} />
            <StatementSection context={context} />
            <History context={context} />
          </>
        )}
        <Months context={context} />
      </main>
    </Frame>,
  );
}

/** Reports whether no credit was ever charged or granted. */
function isEmpty({ statements, balance }: PageView): boolean {
  return balance.consumed === 0 && balance.granted === 0 && statements.length <= 1;
}

/** From this number on, numbers need a smaller font and other table layouts on narrow phones. */
const LONG_FROM = 100_000_000;

/** Reports whether a month has credits or an amount that long. */
function hasLongNumbers({ statements }: PageView): boolean {
  return statements.some(({ granted, consumed, total }) =>
    [granted, consumed, Number(total)].some((amount) => amount >= LONG_FROM)
  );
}

const Head: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings, formats } = context;
  const { parameters } = view;
  return (
    <header class="head">
      <div>
        <p class="trail">
          {strings.report} › <bdi>{view.company.name}</bdi>
        </p>
        <h1 tabindex={-1}>
          {strings.title} <span class="month">{formats.month(view.statement.period)}</span>
        </h1>
        <NearbyMonths context={context} />
      </div>
      <ConnectionMark context={context} />
      <LanguageLinks
        shown={view.language}
        label={strings.language}
        hrefIn={(lang) => hrefTo(parameters, { lang, cursor: parameters.cursor, entry: parameters.entry })}
      />
      {view.is_viewer && (
        <form method="post" action={`${reportPath(view.company.id)}/logout`}>
          <button class="plain" type="submit">{strings.log_out}</button>
        </form>
      )}
    </header>
  );
};

/**
 * The age of the data. The script shows the text of the current connection state; without script the data is as old as
 * the page. The date is included because a page may stay open, or be printed, for days.
 */
const ConnectionMark: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { mark: texts }, formats } = context;
  const { as_of, time_zone } = view.balance;
  const time = <time data-fresh-at datetime={as_of}>{formats.shortInstant(as_of, time_zone)}</time>;
  return (
    <p class="mark" role="status">
      <span class="when-live">{texts.live}</span>
      <span class="when-reconnecting">{texts.reconnecting}</span>
      <span class="when-old">{texts.data_of} {time}</span>
      <a class="when-static" href={hrefTo(view.parameters)}>{texts.refresh}</a>
    </p>
  );
};

/** The notice that the script shows when the session has ended. */
const SessionEnded: FC<{ context: RenderContext }> = ({ context: { strings: { session_ended: texts } } }) => (
  <section id="session-ended" class="notice" role="alert" hidden data-preserve>
    <h2>{texts.title}</h2>
    <p>{texts.text}</p>
  </section>
);

/** The notice that the script shows when the service did not answer a click. */
const Unanswered: FC<{ context: RenderContext }> = (
  { context: { view, strings: { unanswered: texts } } },
) => (
  <section id="unanswered" class="notice" role="alert" hidden data-preserve>
    <h2>{texts.title}</h2>
    <p>
      {texts.text} <a href={hrefTo(view.parameters)}>{texts.retry}</a>
    </p>
    <button type="button" class="plain" data-dismiss>{texts.close}</button>
  </section>
);
