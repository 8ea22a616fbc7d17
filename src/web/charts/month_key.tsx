import type { Child, FC } from "hono/jsx";
import { FigureText } from "../report/figure.tsx";
import { isOpenMonth, type RenderContext } from "../report/render_context.ts";

interface KeyProps {
  readonly context: RenderContext;
  /** Remaining credits, or used credits without a package. */
  readonly now: number;
  /** Undefined without excess. */
  readonly excess: number | undefined;
  readonly is_ahead: boolean;
}

/**
 * Names each line of the month's chart, with its current value. It is above the chart, where it can wrap: a label beside
 * a line could cover another line or be too wide.
 */
export const MonthKey: FC<KeyProps> = ({ context, now, excess, is_ahead }) => {
  const { view, strings: { month_chart: texts }, formats } = context;
  const has_package = view.statement.granted > 0;
  return (
    <p class="key" aria-hidden="true">
      <Line line="left-line">
        <strong>
          <FigureText
            name={isOpenMonth(view) ? (has_package ? "available" : "consumed") : undefined}
            number={formats.credits(now)}
            textOf={(amount) => has_package ? remainingText(context, now, amount) : texts.used(amount)}
          />
        </strong>
      </Line>
      {excess !== undefined && (
        <Line line="excess-line">
          <strong>
            <FigureText
              name={isOpenMonth(view) ? "excess" : undefined}
              number={formats.credits(excess)}
              textOf={texts.excess}
            />
          </strong>
        </Line>
      )}
      {has_package && <Line line="even">{texts.even}</Line>}
      {is_ahead && <Line line={excess === undefined ? "ahead" : "ahead excess"}>{texts.forecast}</Line>}
    </p>
  );
};

/** Describes the remaining credits of an open month, or the expired credits of a past month. */
function remainingText(
  { view, strings: { month_chart: texts } }: RenderContext,
  left: number,
  amount: string,
): string {
  if (view.statement.status === "open") return texts.left(amount);
  return left > 0 ? texts.expired(left, amount) : texts.all_used;
}

const Line: FC<{ line: string; children: Child }> = ({ line, children }) => (
  <span>
    <svg width="24" height="8">
      <path class={line} d="M0 4H24" />
    </svg>
    {children}
  </span>
);
