import type { Child, FC } from "hono/jsx";
import { monthHref } from "./href.ts";
import type { RenderContext } from "./render_context.ts";
import type { Figures, Statement } from "./view.ts";

/** Every month's statement, the newest first. */
export const Months: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { months: said } } = reading;
  return (
    <section id="months" aria-labelledby="months-heading">
      <h2 id="months-heading">{said.heading}</h2>
      <table class="months" role="table" aria-labelledby="months-heading">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">{said.month}</th>
            <th scope="col" role="columnheader">{said.status}</th>
            <th scope="col" role="columnheader">{said.granted}</th>
            <th scope="col" role="columnheader">{said.used}</th>
            <th scope="col" role="columnheader">{said.expired}</th>
            <th scope="col" role="columnheader">{said.excess}</th>
            <th scope="col" role="columnheader">{said.package_price}</th>
            <th scope="col" role="columnheader">{said.excess_amount}</th>
            <th scope="col" role="columnheader">{said.total}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {view.statements.map((statement) => (
            <>
              <Month reading={reading} statement={statement} />
              {statement.late_entries && hasChanged(statement.late_entries) &&
                <LateEntries reading={reading} late={statement.late_entries} currency={statement.currency} />}
            </>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Month: FC<{ reading: RenderContext; statement: Statement }> = ({ reading, statement }) => {
  const { view, strings: { months: said }, formats } = reading;
  const { period, status, granted, consumed, expired, excess } = statement;
  const is_shown = period === view.statement.period;
  const money = (amount: string | null) =>
    amount === null || statement.currency === null ? said.unknown : formats.money(amount, statement.currency);
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
      <Cell label={said.status}>{said[status]}</Cell>
      <Cell label={said.granted}>{formats.credits(granted)}</Cell>
      <Cell label={said.used}>{formats.credits(consumed)}</Cell>
      <Cell label={said.expired}>{formats.credits(expired)}</Cell>
      <Cell label={said.excess}>{formats.credits(excess)}</Cell>
      <Cell label={said.package_price}>
        {granted === 0 && statement.package_price === null ? "–" : money(statement.package_price)}
      </Cell>
      <Cell label={said.excess_amount}>{money(statement.excess_amount)}</Cell>
      <Cell label={said.total}>
        <strong>{money(statement.total)}</strong>
      </Cell>
    </tr>
  );
};

interface LateProps {
  readonly reading: RenderContext;
  readonly late: Figures;
  readonly currency: string | null;
}

/** By how much a closed month has changed since it closed, on a line of its own. */
const LateEntries: FC<LateProps> = ({ reading, late, currency }) => {
  const { strings: { months: said }, formats } = reading;
  const money = (amount: string | null) =>
    amount === null || currency === null ? "" : formats.signedMoney(amount, currency);
  return (
    <tr role="row" class="late-entries">
      <th scope="row" role="rowheader" colspan={2}>{said.late}</th>
      <Cell label={said.granted}>{formats.signed(late.granted)}</Cell>
      <Cell label={said.used}>{formats.signed(late.consumed)}</Cell>
      <Cell label={said.expired}>{formats.signed(late.expired)}</Cell>
      <Cell label={said.excess}>{formats.signed(late.excess)}</Cell>
      <Cell label={said.package_price} />
      <Cell label={said.excess_amount}>{money(late.excess_amount)}</Cell>
      <Cell label={said.total}>{money(late.total)}</Cell>
    </tr>
  );
};

/** On a narrow screen each cell stands on a line of its own, after its column's name. */
const Cell: FC<{ label: string; children?: Child }> = ({ label, children }) => (
  <td role="cell" data-label={label}>{children}</td>
);

function hasChanged(late: Figures): boolean {
  return late.granted !== 0 || late.consumed !== 0 || late.expired !== 0 || late.excess !== 0;
}
