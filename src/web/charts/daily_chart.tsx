import type { FC } from "hono/jsx";
import { addDays, daysIn, firstDateOf } from "../../domain/calendar.ts";
import type { Month } from "../../domain/types.ts";
import { hrefTo, NO_FILTERS } from "../report/href.ts";
import { featureName, type RenderContext } from "../report/render_context.ts";
import type { PageParameters, UsageRow } from "../report/view.ts";
import { scaleBand, stack } from "./d3.ts";
import { fillAttributes } from "./patterns.tsx";
import { BOTTOM, dayTicks, percent, Plot, scaleTo, TOP } from "./plot.tsx";
import { type Series, seriesKeyOf } from "./series.ts";

const HEIGHT = 190;

/** One date, with the credits of each series. */
type Row = { readonly date: string } & Readonly<Record<string, number | string>>;

/** Draws the usage of each day as a bar, stacked by series. Each segment links to its ledger entries. */
export const DailyChart: FC<{ context: RenderContext; series: readonly Series[] }> = (
  { context, series },
) => {
  const { view, formats } = context;
  const rows = rowsOf(view.usage, view.statement.period as Month, series);
  const keys = series.map(({ key }) => key);
  const stacks = stack<unknown, Row, string>().keys(keys).value((row, key) => Number(row[key] ?? 0))(rows);
  const x = scaleBand(rows.map(({ date }) => date), [0, 100]).paddingInner(0.25).paddingOuter(0.1);
  const highest = Math.max(1, ...stacks.flatMap((segments) => segments.map(([, top]) => top)));
  const y = scaleTo(highest, HEIGHT);
  const middle = (index: number) => x(rows[index]!.date)! + x.bandwidth() / 2;
  const { parameters } = view;
  return (
    <Plot
      context={context}
      height={HEIGHT}
      name="daily"
      day_count={rows.length}
      y={y}
      days={dayTicks(rows.length, middle, formats.shortDate(rows[0]!.date))}
    >
      {rows.filter(({ date }) => date <= view.company.today).map(({ date }) => (
        <DayArea
          href={hrefTo({ ...parameters, ...NO_FILTERS }, { from: date, to: date }, "history")}
          x={percent(x(date)! - x.step() * 0.125)}
          width={percent(x.step())}
        />
      ))}
      {stacks.map((segments, at) => (
        <g class={isSelected(parameters, series[at]!) ? undefined : "faded"}>
          {segments.map(([low, top], day) =>
            top <= low ? null : (
              <Segment
                href={hrefTo(
                  { ...parameters, ...NO_FILTERS },
                  filtersOf(rows[day]!.date, series[at]!),
                  "history",
                )}
                is_faded={!isSelectedDay(parameters, rows[day]!.date)}
                pattern={series[at]!.pattern}
                x={percent(x(rows[day]!.date)!)}
                width={percent(x.bandwidth())}
                y={y(top)}
                height={Math.max(1, y(low) - y(top) - 1)}
              />
            )
          )}
        </g>
      ))}
    </Plot>
  );
};

/** The area of a day behind its bar, with a link to the entries of the day. */
const DayArea: FC<Pick<SegmentProps, "href" | "x" | "width">> = ({ href, ...box }) => (
  <a href={href} tabindex={-1}>
    <rect class="day" {...box} y={TOP} height={HEIGHT - BOTTOM - TOP} />
  </a>
);

interface SegmentProps {
  readonly href: string;
  readonly is_faded: boolean;
  readonly pattern: Series["pattern"];
  readonly x: string;
  readonly width: string;
  readonly y: number;
  readonly height: number;
}

const Segment: FC<SegmentProps> = ({ href, is_faded, pattern, ...box }) => (
  <a href={href} tabindex={-1} class={is_faded ? "faded" : undefined}>
    <rect {...box} {...fillAttributes(pattern)} />
  </a>
);

/** Returns the name of a series. */
export function seriesName({ view, strings }: RenderContext, { feature }: Series): string {
  return feature === undefined ? strings.features.others : featureName(view, feature);
}

/** Returns the filters for a series' entries on a date, or in the whole month. */
export function filtersOf(date: string | undefined, { feature, direction }: Series): PageParameters {
  return {
    ...date === undefined ? {} : { from: date, to: date },
    ...feature === undefined ? { direction: "none" } : { feature, direction },
  };
}

function isSelected(parameters: PageParameters, { feature, direction }: Series): boolean {
  return (parameters.feature ?? feature) === feature && (parameters.direction ?? direction) === direction;
}

function isSelectedDay({ from, to }: PageParameters, date: string): boolean {
  return date >= (from ?? "") && date <= (to ?? "9999");
}

function rowsOf(usage: readonly UsageRow[], month: Month, series: readonly Series[]): Row[] {
  const by_day = Map.groupBy(usage, ({ day }) => day);
  return Array.from({ length: daysIn(month) }, (_, index) => {
    const date = addDays(firstDateOf(month), index);
    const row: Record<string, number | string> = { date };
    for (const usage_row of by_day.get(date) ?? []) {
      const key = seriesKeyOf(usage_row, series);
      row[key] = Number(row[key] ?? 0) + usage_row.credits;
    }
    return row as Row;
  });
}
