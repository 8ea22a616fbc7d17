import type { FC } from "hono/jsx";
import { DailyChart, filtersOf, seriesName } from "../charts/daily_chart.tsx";
import { daysOf } from "../charts/days.ts";
import { Swatch } from "../charts/patterns.tsx";
import { MonthChart } from "../charts/month_chart.tsx";
import { type Series, seriesKeyOf, seriesOf } from "../charts/series.ts";
import { hrefTo, NO_FILTERS } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** How the package went, day by day. */
export const PackageByDay: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings, formats } = reading;
  const { month_chart: said } = strings;
  const has_package = view.statement.granted > 0;
  return (
    <section id="month" aria-labelledby="month-heading">
      <h2 id="month-heading">{has_package ? said.heading : said.heading_none}</h2>
      <MonthChart reading={reading} />
      <details id="month-table">
        <summary id="month-summary">{strings.as_table}</summary>
        <div class="scroll" tabindex={0} role="region" aria-labelledby="month-heading month-summary">
          <table class="figures" aria-labelledby="month-heading">
            <thead>
              <tr>
                <th scope="col">{said.day}</th>
                <th scope="col">{said.consumed}</th>
                {has_package && <th scope="col">{said.left_column}</th>}
                {has_package && <th scope="col">{said.even_column}</th>}
                <th scope="col">{said.excess_column}</th>
              </tr>
            </thead>
            <tbody>
              {daysOf(view).map(({ date, consumed, available_after, excess_after, even_pace }) => (
                <tr>
                  <th scope="row">{formats.shortDate(date)}</th>
                  <td>{formats.credits(consumed)}</td>
                  {has_package && <td>{formats.credits(available_after)}</td>}
                  {has_package && <td>{formats.credits(Math.round(even_pace))}</td>}
                  <td>{formats.credits(excess_after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
};

/** What each day and each feature consumed. The list names what is stacked beside it, in the same order. */
export const Consumption: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings } = reading;
  const series = seriesOf(view.usage);
  return (
    <>
      <section id="daily" aria-labelledby="daily-heading">
        <h2 id="daily-heading">{strings.daily.heading}</h2>
        {series.length === 0 ? <p class="empty">{strings.daily.none}</p> : (
          <>
            <DailyChart reading={reading} series={series} />
            <DailyTable reading={reading} series={series} />
          </>
        )}
      </section>
      <section id="features" aria-labelledby="features-heading">
        <h2 id="features-heading">{strings.features.heading}</h2>
        {series.length === 0
          ? <p class="empty">{strings.daily.none}</p>
          : <FeatureTable reading={reading} series={series} />}
      </section>
    </>
  );
};

interface SeriesProps {
  readonly reading: RenderContext;
  readonly series: readonly Series[];
}

const FeatureTable: FC<SeriesProps> = ({ reading, series }) => {
  const { view, strings, formats } = reading;
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
        {series.toReversed().map((one) => (
          <tr role="row">
            <th scope="row" role="rowheader">
              <Swatch pattern={one.pattern} />{" "}
              <a href={hrefTo({ ...view.parameters, ...NO_FILTERS }, filtersOf(undefined, one), "history")}>
                {seriesName(reading, one)}
              </a>
            </th>
            <td role="cell">{formats.credits(one.units)}</td>
            <td role="cell">{formats.credits(one.credits)}</td>
            <td role="cell">{formats.share(one.credits, total)}</td>
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

const DailyTable: FC<SeriesProps> = ({ reading, series }) => {
  const { view, strings, formats } = reading;
  const by_day = Map.groupBy(view.usage, ({ day }) => day);
  return (
    <details id="daily-table">
      <summary id="daily-summary">{strings.as_table}</summary>
      <div class="scroll" tabindex={0} role="region" aria-labelledby="daily-heading daily-summary">
        <table class="figures" aria-labelledby="daily-heading">
          <thead>
            <tr>
              <th scope="col">{strings.month_chart.day}</th>
              {series.map((one) => <th scope="col">{seriesName(reading, one)}</th>)}
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
                  const of_day = (by_day.get(date) ?? []).filter((used) => seriesKeyOf(used, series) === key);
                  return <td>{formats.credits(of_day.reduce((sum, { credits }) => sum + credits, 0))}</td>;
                })}
                <td>{formats.credits(consumed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
};
