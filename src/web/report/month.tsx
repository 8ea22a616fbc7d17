import type { FC } from "hono/jsx";
import { DailyChart, seriesName } from "../charts/daily_chart.tsx";
import { daysOf } from "../charts/days.ts";
import { type Series, seriesKeyOf, seriesOf } from "../charts/series.ts";
import { AsOf } from "./as_of.tsx";
import { UsageSection } from "./features.tsx";
import { hrefTo, NO_FILTERS } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** The sections of usage by day, and by feature or label. */
export const Consumption: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings } = context;
  const series = seriesOf(view.usage);
  return (
    <>
      <section id="daily" aria-labelledby="daily-heading">
        <h2 id="daily-heading">
          {strings.daily.heading}
          <AsOf context={context} />
        </h2>
        {series.length === 0 ? <p class="empty">{strings.daily.none}</p> : (
          <>
            <DailyChart context={context} series={series} />
            <DailyTable context={context} series={series} />
          </>
        )}
      </section>
      <UsageSection context={context} />
    </>
  );
};

interface SeriesProps {
  readonly context: RenderContext;
  readonly series: readonly Series[];
}

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
                <td>{formats.credits(consumed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
};
