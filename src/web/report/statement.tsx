import type { FC } from "hono/jsx";
import { daysOf } from "../charts/days.ts";
import { Figure } from "./figure.tsx";
import { afterCloseHref } from "./href.ts";
import { dateText, isOpenMonth, type RenderContext, scheduledGrantOf } from "./render_context.ts";
import { Cell } from "./usage_table.tsx";
import type { PageView } from "./view.ts";

/** The statement of the displayed month: the lines of its bill, with their total. On paper also its days. */
export const StatementSection: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { statement: texts, months }, formats } = context;
  const { statement } = view;
  const scheduled_grant = scheduledGrantOf(view);
  const { granted, excess, expired, late_entries } = statement;
  const live = (name: string, text: string) =>
    statement.status === "open" ? <Figure name={name} text={text} /> : text;
  return (
    <section id="statement" aria-labelledby="statement-heading">
      <h2 id="statement-heading">
        {texts.heading}{" "}
        <span class="month">{formats.month(statement.period)}, {months[statement.status]}</span>
      </h2>
      <table class="lines" role="table" aria-labelledby="statement-heading">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">{texts.line}</th>
            <th scope="col" role="columnheader">{texts.credits}</th>
            <th scope="col" role="columnheader">{texts.price}</th>
            <th scope="col" role="columnheader">{texts.amount}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {(granted > 0 || statement.package_price !== null) && (
            <tr role="row">
              <th scope="row" role="rowheader">
                {texts.package} {scheduled_grant && <small>{scheduledText(context, scheduled_grant)}</small>}
                {expired > 0 && <small>{texts.expired(formats.credits(expired))}</small>}
              </th>
              <Cell label={texts.credits}>{formats.credits(granted)}</Cell>
              <Cell label={texts.price} />
              <Cell label={texts.amount}>{money(context, statement.package_price)}</Cell>
            </tr>
          )}
          <tr role="row">
            <th scope="row" role="rowheader">{texts.excess}</th>
            <Cell label={texts.credits}>{live("excess", formats.credits(excess))}</Cell>
            <Cell label={texts.price}>
              {statement.excess_credit_price !== null && money(context, statement.excess_credit_price)}
            </Cell>
            <Cell label={texts.amount}>{live("excess_amount", money(context, statement.excess_amount))}</Cell>
          </tr>
        </tbody>
        <tfoot role="rowgroup">
          <tr role="row">
            <th scope="row" role="rowheader">
              {statement.status === "open" ? texts.total_so_far : texts.total}
            </th>
            <Cell label={texts.price} />
            <Cell label={texts.price} />
            <Cell label={texts.amount}>{live("total", money(context, statement.total))}</Cell>
          </tr>
        </tfoot>
      </table>
      {late_entries !== null && late_entries.consumed !== 0 && (
        <p class="note">
          {texts.late(
            formats.signed(late_entries.consumed),
            late_entries.total === null || statement.currency === null
              ? null
              : formats.signedMoney(late_entries.total, statement.currency),
          )} <a href={afterCloseHref(view, statement.period)}>{texts.late_link}</a>
        </p>
      )}
      <Days context={context} />
    </section>
  );
};

/** Describes a package to come, beside the credits granted so far. */
export function scheduledText(
  context: RenderContext,
  { on, granted }: NonNullable<PageView["scheduled_grant"]>,
): string {
  const { strings: { statement: texts, credits }, formats } = context;
  return texts.from(credits(granted, formats.credits(granted)), dateText(context, on));
}

function money(
  { view: { statement: { currency } }, strings, formats }: RenderContext,
  amount: string | null,
) {
  return amount === null || currency === null ? strings.months.unknown : formats.money(amount, currency);
}

/** The days of the month with their totals, for paper only: in two halves, side by side. The screen has charts. */
const Days: FC<{ context: RenderContext }> = ({ context }) => {
  const days = statementDaysOf(context.view);
  const half = Math.ceil(days.length / 2);
  return (
    <div class="paper">
      <DayTable context={context} days={days.slice(0, half)} />
      <DayTable context={context} days={days.slice(half)} total_of={days} />
    </div>
  );
};

interface DaysProps {
  readonly context: RenderContext;
  readonly days: readonly StatementDay[];
  /** The days of the total, in the last table. */
  readonly total_of?: readonly StatementDay[];
}

const DayTable: FC<DaysProps> = ({ context, days, total_of }) => {
  const { view, strings: { statement: texts, month_chart, daily }, formats } = context;
  // A past month has no live numbers.
  const today = isOpenMonth(view) ? view.company.today : undefined;
  const live = (name: string, credits: number, is_live: boolean) =>
    is_live ? <Figure name={name} text={formats.credits(credits)} /> : formats.credits(credits);
  const sum = (name: "granted" | "consumed") => (total_of ?? []).reduce((total, day) => total + day[name], 0);
  return (
    <table class="figures" aria-labelledby="statement-heading">
      <thead>
        <tr>
          <th scope="col">{month_chart.day}</th>
          <th scope="col">{texts.granted}</th>
          <th scope="col">{texts.used}</th>
          <th scope="col">{texts.used_so_far}</th>
        </tr>
      </thead>
      <tbody>
        {days.map(({ date, granted, consumed, consumed_after }) => (
          <tr>
            <th scope="row">{formats.shortDate(date)}</th>
            <td>{formats.credits(granted)}</td>
            <td>{live("consumed_today", consumed, date === today)}</td>
            <td>{live("consumed", consumed_after, date === today)}</td>
          </tr>
        ))}
      </tbody>
      {total_of && (
        <tfoot>
          <tr>
            <th scope="row">{daily.total}</th>
            <td>{formats.credits(sum("granted"))}</td>
            <td>{live("consumed", sum("consumed"), isOpenMonth(view))}</td>
            <td></td>
          </tr>
        </tfoot>
      )}
    </table>
  );
};

/** One date of the statement. */
interface StatementDay {
  readonly date: string;
  readonly granted: number;
  readonly consumed: number;
  /** Credits used from the start of the month to the end of the date. */
  readonly consumed_after: number;
}

function statementDaysOf(view: PageView): StatementDay[] {
  let consumed_after = 0;
  return daysOf(view).map(({ date, consumed }) => {
    const granted = view.grants.filter(({ local_date }) => local_date === date)
      .reduce((sum, { credits }) => sum + credits, 0);
    consumed_after += consumed;
    return { date, granted, consumed, consumed_after };
  });
}
