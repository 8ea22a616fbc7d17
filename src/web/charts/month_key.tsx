import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "../report/render_context.ts";

interface KeyProps {
  readonly reading: RenderContext;
  /** What the package has come to, or what has been used where there is none. */
  readonly now: number;
  /** Undefined where nothing went past the package. */
  readonly excess: number | undefined;
  readonly is_ahead: boolean;
}

/**
 * What each line of the month's chart is, and where it has come to. It stands above the chart, where it wraps: lines go
 * anywhere, so that a name beside one would lie on another sooner or later, or be wider than what is left of the chart.
 */
export const MonthKey: FC<KeyProps> = ({ reading, now, excess, is_ahead }) => {
  const { view, strings: { month_chart: said }, formats } = reading;
  const has_package = view.statement.granted > 0;
  return (
    <p class="key" aria-hidden="true">
      <Line pattern="left-line">
        <strong>{has_package ? remainingText(reading, now) : said.used(formats.credits(now))}</strong>
      </Line>
      {excess !== undefined && (
        <Line pattern="excess-line">
          <strong>{said.excess(formats.credits(excess))}</strong>
        </Line>
      )}
      {has_package && <Line pattern="even">{said.even}</Line>}
      {is_ahead && <Line pattern={excess === undefined ? "ahead" : "ahead excess"}>{said.forecast}</Line>}
    </p>
  );
};

/** Of a month that is over nothing is left: what was, expired. */
function remainingText(
  { view, strings: { month_chart: said }, formats }: RenderContext,
  left: number,
): string {
  const amount = formats.credits(left);
  if (view.statement.status === "open") return said.left(amount);
  return left > 0 ? said.expired(left, amount) : said.all_used;
}

const Line: FC<{ pattern: string; children: Child }> = ({ pattern, children }) => (
  <span>
    <svg width="24" height="8">
      <path class={pattern} d="M0 4H24" />
    </svg>
    {children}
  </span>
);
