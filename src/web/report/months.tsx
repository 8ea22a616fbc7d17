import type { Child, FC } from "hono/jsx";
import { Figure } from "./figure.tsx";
import { afterCloseHref, monthHref } from "./href.ts";
import type { RenderContext } from "./render_context.ts";
import { scheduledText } from "./statement.tsx";
import type { Figures, StatementView } from "./view.ts";

/** The statements of all months, newest first. */
export const Months: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { months: texts } } = context;
  return (
    <section id="months" aria-labelledby="months-heading">
      <h2 id="months-heading">{texts.heading}</h2>
      <table class="months" role="table" aria-labelledby="months-heading">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">{texts.month}</th>
            <th scope="col" role="columnheader">{texts.status}</th>
            <th scope="col" role="columnheader">{texts.granted}</th>
            <th scope="col" role="columnheader">{texts.used}</th>
            <th scope="col" role="columnheader">{texts.expired}</th>
            <th scope="col" role="columnheader">{texts.excess}</th>
            <th scope="col" role="columnheader">{texts.package_price}</th>
            <th scope="col" role="columnheader">{texts.excess_amount}</th>
            <th scope="col" role="columnheader">{texts.total}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {view.statements.map((statement) => (
            <>
              <Month context={context} statement={statement} />
              {statement.late_entries && hasChanged(statement.late_entries) &&
                <LateEntries context={context} statement={statement} late={statement.late_entries} />}
            </>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Month: FC<{ context: RenderContext; statement: StatementView }> = ({ context, statement }) => {
  const { view, strings: { months: texts }, formats } = context;
  const { period, status, granted, consumed, expired, excess } = statement;
  const is_shown = period === view.statement.period;
  const scheduled = period === view.balance.period ? view.scheduled_grant : null;
  const money = (amount: string | null) =>
    amount === null || statement.currency === null
      ? texts.unknown
      : formats.money(amount, statement.currency);
  const figure = (name: string, text: string) =>
    period === view.balance.period ? <Figure name={name} text={text} /> : text;
  return (
    <tr role="row" class={is_shown ? "is-shown" : undefined}>
      <th scope="row" role="rowheader">
        <a
          href={monthHref(view, period)}
          aria-current={is_shown ? "page" : undefined}
        >
          {formats.month(period)}
        </a>
      </th>
      <Cell label={texts.status}>{texts[status]}</Cell>
      <Cell label={texts.granted}>
        {formats.credits(granted)}
        {scheduled && <small>{` ${scheduledText(context, scheduled)}`}</small>}
      </Cell>
      <Cell label={texts.used}>{figure("consumed", formats.credits(consumed))}</Cell>
      <Cell label={texts.expired}>{formats.credits(expired)}</Cell>
      <Cell label={texts.excess}>{figure("excess", formats.credits(excess))}</Cell>
      <Cell label={texts.package_price}>
        {granted === 0 && statement.package_price === null ? "–" : money(statement.package_price)}
      </Cell>
      <Cell label={texts.excess_amount}>{figure("excess_amount", money(statement.excess_amount))}</Cell>
      <Cell label={texts.total}>
        <strong>{figure("total", money(statement.total))}</strong>
      </Cell>
    </tr>
  );
};

interface LateProps {
  readonly context: RenderContext;
  readonly statement: Pick<StatementView, "period" | "currency">;
  readonly late: Figures;
}

/** The changes to a closed month since it was closed. */
const LateEntries: FC<LateProps> = ({ context, statement: { period, currency }, late }) => {
  const { view, strings: { months: texts }, formats } = context;
  const money = (amount: string | null) =>
    amount === null || currency === null ? "" : formats.signedMoney(amount, currency);
  return (
    <tr role="row" class="late-entries">
      <th scope="row" role="rowheader" colspan={2}>
        <a href={afterCloseHref(view, period)}>{texts.late}</a>
      </th>
      <Cell label={texts.granted}>{formats.signed(late.granted)}</Cell>
      <Cell label={texts.used}>{formats.signed(late.consumed)}</Cell>
      <Cell label={texts.expired}>{formats.signed(late.expired)}</Cell>
      <Cell label={texts.excess}>{formats.signed(late.excess)}</Cell>
      <Cell label={texts.package_price} />
      <Cell label={texts.excess_amount}>{money(late.excess_amount)}</Cell>
      <Cell label={texts.total}>{money(late.total)}</Cell>
    </tr>
  );
};

/** A table cell. On narrow screens it is on a line of its own, with the name of its column. */
const Cell: FC<{ label: string; children?: Child }> = ({ label, children }) => (
  <td role="cell" data-label={label}>{children}</td>
);

function hasChanged(late: Figures): boolean {
  return late.granted !== 0 || late.consumed !== 0 || late.expired !== 0 || late.excess !== 0;
}
