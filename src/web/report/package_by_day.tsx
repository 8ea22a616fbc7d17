import type { FC } from "hono/jsx";
import { afterClosing, type Day, daysOf } from "../charts/days.ts";
import { MonthChart } from "../charts/month_chart.tsx";
import { riskOf } from "../live/shape.ts";
import { Figure } from "./figure.tsx";
import { isOpenMonth, type RenderContext } from "./render_context.ts";

/** The section of the package by day: a chart and its table. */
export const PackageByDay: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings } = context;
  const { month_chart: texts } = strings;
  const has_package = view.statement.granted > 0;
  const days = daysOf(view);
  return (
    <section id="month" class={`risk-${riskOf(view.statement)}`} aria-labelledby="month-heading">
      <h2 id="month-heading">{has_package ? texts.heading : texts.heading_none}</h2>
      <MonthChart context={context} />
      <details id="month-table">
        <summary id="month-summary">{strings.as_table}</summary>
        <div class="scroll" tabindex={0} role="region" aria-labelledby="month-heading month-summary">
          <table class="figures" aria-labelledby="month-heading">
            <thead>
              <tr>
                <th scope="col">{texts.day}</th>
                <th scope="col">{texts.consumed}</th>
                {has_package && <th scope="col">{texts.left_column}</th>}
                {has_package && <th scope="col">{texts.even_column}</th>}
                <th scope="col">{texts.excess_column}</th>
              </tr>
            </thead>
            <tbody>
              {days.map((day) => <DayRow context={context} day={day} has_package={has_package} />)}
              <AfterClosing context={context} days={days} has_package={has_package} />
            </tbody>
          </table>
        </div>
        {days.some(({ consumed, posted }) => consumed !== posted) && <p class="note">{texts.posted_late}</p>}
      </details>
    </section>
  );
};

const DayRow: FC<{ context: RenderContext; day: Day; has_package: boolean }> = (
  { context: { view, formats }, day, has_package },
) => {
  const is_today = isOpenMonth(view) && day.date === view.company.today;
  const cellOf = (name: string, amount: number) =>
    is_today ? <Figure name={name} text={formats.credits(amount)} /> : formats.credits(amount);
  const { date, consumed, available_after, excess_after, even_pace } = day;
  return (
    <tr>
      <th scope="row">{formats.shortDate(date)}</th>
      <td>{cellOf("consumed_today", consumed)}</td>
      {has_package && <td>{cellOf("available", available_after)}</td>}
      {has_package && <td>{even_pace === undefined ? "–" : formats.credits(Math.round(even_pace))}</td>}
      <td>{cellOf("excess", excess_after)}</td>
    </tr>
  );
};

/** The balance of a closed month with the entries that came after its closing, if any did. */
const AfterClosing: FC<{ context: RenderContext; days: readonly Day[]; has_package: boolean }> = (
  { context, days, has_package },
) => {
  const { view, strings: { month_chart: texts }, formats } = context;
  const after = afterClosing(view, days);
  if (after === undefined) return null;
  return (
    <tr class="after-closing">
      <th scope="row">{texts.after_closing}</th>
      <td>–</td>
      {has_package && <td>{formats.credits(after.available_after)}</td>}
      {has_package && <td>–</td>}
      <td>{formats.credits(after.excess_after)}</td>
    </tr>
  );
};
