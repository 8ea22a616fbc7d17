import type { FC } from "hono/jsx";
import { DailyChart, filtersOf, seriesName } from "../charts/daily_chart.tsx";
import { daysOf } from "../charts/days.ts";
import { Swatch } from "../charts/patterns.tsx";
import { type Series, seriesKeyOf, seriesOf } from "../charts/series.ts";
import { Figure } from "./figure.tsx";
import { hrefTo, NO_FILTERS } from "./href.ts";
import { isOpenMonth, type RenderContext } from "./render_context.ts";

/** The sections of usage by day and by feature. The largest feature is first, as at the bottom of the bars. */
export const Consumption: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings } = context;
  const series = seriesOf(view.usage);
  return (
    <>
      <section id="daily" aria-labelledby="daily-heading">
        <h2 id="daily-heading">{strings.daily.heading}</h2>
        {series.length === 0 ? <p class="empty">{strings.daily.none}</p> : (
          <>
            <DailyChart context={context} series={series} />
            <DailyTable context={context} series={series} />
          </>
        )}
      </section>
      <section id="features" aria-labelledby="features-heading">
        <h2 id="features-heading">{strings.features.heading}</h2>
        {series.length === 0
          ? <p class="empty">{strings.daily.none}</p>
          : <FeatureTable context={context} series={series} />}
      </section>
    </>
  );
};

interface SeriesProps {
  readonly context: RenderContext;
  readonly series: readonly Series[];
}

const FeatureTable: FC<SeriesProps> = ({ context, series }) => {
  const { view, strings, formats } = context;
  const total = series.reduce((sum, { credits }) => sum + credits, 0);
  return (
    <table class="features" role="table" aria-labelledby="features-heading">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">{strings.features.feature}</th>
          <th scope="col" role="columnheader">{strings.features.units}</th>
          <th scope="col" role="columnheader">{strings.features.credits}</th>
          <th scope="col" role="columnheader">{strings.features.share}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {series.map((row) => (
          <tr role="row">
            <th scope="row" role="rowheader">
              <Swatch pattern={row.pattern} />{" "}
              <a href={hrefTo({ ...view.parameters, ...NO_FILTERS }, filtersOf(undefined, row), "history")}>
                {seriesName(context, row)}
              </a>
            </th>
            <td role="cell">{formats.credits(row.units)}</td>
            <td role="cell">{formats.credits(row.credits)}</td>
            <td role="cell">{formats.share(row.credits, total)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot role="rowgroup">
        <tr role="row">
          <th scope="row" role="rowheader">{strings.daily.total}</th>
          <td role="cell"></td>
          <td role="cell">{formats.credits(total)}</td>
          <td role="cell"></td>
        </tr>
      </tfoot>
    </table>
  );
};

const DailyTable: FC<SeriesProps> = ({ context, series }) => {
  const { view, strings, formats } = context;
  const by_day = Map.groupBy(view.usage, ({ day }) => day);
  return (
    <details id="daily-table">
      <summary id="daily-summary">{strings.as_table}</summary>
      <div class="scroll" tabindex={0} role="region" aria-labelledby="daily-heading daily-summary">
        <table class="figures" aria-labelledby="daily-heading">
          <thead>
            <tr>
              <th scope="col">{strings.month_chart.day}</th>
              {series.map((column) => <th scope="col">{seriesName(context, column)}</th>)}
              <th scope="col">{strings.daily.total}</th>
            </tr>
          </thead>
          <tbody>
            {daysOf(view).map(({ date, consumed }) => (
              <tr>
                <th scope="row">
                  <a
                    href={hrefTo({ ...view.parameters, ...NO_FILTERS }, { from: date, to: date }, "history")}
                  >
                    {formats.shortDate(date)}
                  </a>
                </th>
                {series.map(({ key }) => {
                  const of_day = (by_day.get(date) ?? []).filter((row) => seriesKeyOf(row, series) === key);
                  return <td>{formats.credits(of_day.reduce((sum, { credits }) => sum + credits, 0))}</td>;
                })}
                <td>
                  {date === view.company.today && isOpenMonth(view)
                    ? <Figure name="consumed_today" text={formats.credits(consumed)} />
                    : formats.credits(consumed)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
};
