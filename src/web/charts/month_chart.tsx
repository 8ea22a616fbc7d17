import type { FC } from "hono/jsx";
import { daysIn } from "../../domain/calendar.ts";
import type { Month } from "../../domain/types.ts";
import { isOpenMonth, type RenderContext } from "../report/render_context.ts";
import { areaBelow } from "./area.ts";
import { line, scaleLinear } from "./d3.ts";
import { afterClosing, daysOf, evenPaceLine } from "./days.ts";
import { MonthKey } from "./month_key.tsx";
import {
  availableLine,
  excessLine,
  forecastLines,
  forecastToDraw,
  type Point,
  usedLine,
} from "./month_lines.ts";
import { dayTicks, percent, Plot, scaleTo, Stretched } from "./plot.tsx";

const HEIGHT = 290;

/** Draws the remaining credits by day, the even pace and the forecast. */
export const MonthChart: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, formats } = context;
  const length = daysIn(view.statement.period as Month);
  const has_package = view.statement.granted > 0;
  const { remaining, excess } = linesOf(context);
  const now = remaining.at(-1) ?? [0, view.statement.granted];
  const last_excess = excess.at(-1);
  const excess_now = last_excess !== undefined && last_excess[1] > 0 ? last_excess : undefined;
  const forecast = forecastToDraw(view);
  const ahead = forecast && forecastLines(forecast, now, excess_now, length);
  const even = evenPaceLine(view);
  const lines = [remaining, excess, even, ahead?.line ?? [], ahead?.excess ?? []];
  const highest = Math.max(1, ...lines.flat().map(([, credits]) => credits));
  const x = scaleLinear([0, length], [0, 100]);
  const y = scaleTo(highest, HEIGHT);
  const draw = line<Point>().x(([day]) => x(day)).y(([, credits]) => y(credits));
  const fill = (points: Point[]) => areaBelow(draw(points) ?? "", y(0));
  const names = has_package
    ? { line: "available", excess: "excess" }
    : { line: "consumed", excess: "excess" };
  const live = isOpenMonth(view);
  const px_per_credit = y(0) - y(1);
  return (
    <>
      <MonthKey
        context={context}
        now={now[1]}
        excess={excess_now?.[1]}
        is_ahead={ahead !== undefined && [ahead.line, ahead.excess].some((points) => points.length > 0)}
      />
      <Plot
        context={context}
        height={HEIGHT}
        name="month"
        day_count={length}
        y={y}
        data={live
          ? { "data-highest": y.domain()[1]!, "data-zero-y": y(0), "data-px-per-credit": px_per_credit }
          : {}}
        days={dayTicks(length, (index) => x(index + 0.5), formats.shortDate(`${view.statement.period}-01`))}
      >
        <Stretched height={HEIGHT}>
          {ahead && ahead.band.length > 0 && <path class="band" d={`${draw(ahead.band)}Z`} />}
          {excess.length > 0 && <path class="excess-area" d={fill(excess)} data-area={names.excess} />}
          <path class="left-area" d={fill(remaining)} data-area={names.line} />
          {even.length > 0 && <path class="even" d={draw(even) ?? ""} />}
          {ahead && <path class="ahead" d={draw(ahead.line) ?? ""} data-ahead={excess_now === undefined} />}
          {ahead && (
            <path class="ahead excess" d={draw(ahead.excess) ?? ""} data-ahead={excess_now !== undefined} />
          )}
          {excess.length > 0 && <path class="excess-line" d={draw(excess) ?? ""} data-line={names.excess} />}
          <path class="left-line" d={draw(remaining) ?? ""} data-line={names.line} />
        </Stretched>
        <circle
          class={excess_now === undefined ? "now" : "now excess"}
          cx={percent(x((excess_now ?? now)[0]))}
          cy={Math.round(1_000 * y((excess_now ?? now)[1])) / 1_000}
          r="4"
          data-mark={excess_now === undefined ? names.line : names.excess}
        />
      </Plot>
    </>
  );
};

/** Returns the lines of the balance. Entries after the closing of the month move their ends straight up or down. */
function linesOf({ view }: RenderContext): { remaining: Point[]; excess: Point[] } {
  const days = daysOf(view);
  const after = afterClosing(view, days);
  const end = days.at(-1)?.ends_at ?? 0;
  if (view.statement.granted === 0) {
    const used = usedLine(days);
    return { remaining: after ? [...used, [end, after.excess_after]] : used, excess: [] };
  }
  const remaining = availableLine(days);
  const excess = excessLine(days);
  if (after === undefined) return { remaining, excess };
  const begins: Point[] = excess.length === 0 && after.excess_after > 0 ? [[end, 0]] : excess;
  return {
    remaining: [...remaining, [end, after.available_after]],
    excess: begins.length === 0 ? [] : [...begins, [end, after.excess_after]],
  };
}
