import type { FC } from "hono/jsx";
import { FigureText } from "./figure.tsx";
import { isOpenMonth, type RenderContext } from "./render_context.ts";
import type { KnownForecast } from "./view.ts";

/** The excess of the month so far and its expected bill, right below the main number. */
export const Bill: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings, formats } = context;
  const { balance, statement, forecast } = view;
  const { forecast: texts } = strings;
  if (!isOpenMonth(view)) return null;
  const expected = forecast === null || "insufficient_data" in forecast ? null : forecast.expected_total;
  return (
    <>
      {balance.granted > 0 && balance.excess > 0 && (
        <p class="excess-now">
          <FigureText name="excess" number={formats.credits(balance.excess)} textOf={texts.excess_now} />
          {balance.excess_amount !== null && balance.currency !== null && (
            <FigureText
              name="excess_amount"
              number={formats.money(balance.excess_amount, balance.currency)}
              textOf={(amount) => ` · ${amount}`}
            />
          )}
        </p>
      )}
      {expected !== null && statement.currency !== null && (
        <p class="bill" data-expected-total={expected}>
          {texts.bill} <strong>{formats.money(expected, statement.currency)}</strong>{" "}
          <small>{texts.bill_basis(balance.granted > 0)}</small>
        </p>
      )}
    </>
  );
};

/** The change of use against the month before at the same day. */
export function lastMonthText(
  { view, strings, formats }: RenderContext,
  forecast: KnownForecast,
): string | null {
  const { last_month } = forecast;
  const { forecast: texts } = strings;
  if (last_month === null || last_month.consumed === 0) return null;
  const change = view.balance.consumed - last_month.consumed;
  const through = formats.date(last_month.through);
  if (change === 0) return texts.same_as(through);
  const share = formats.share(Math.abs(change), last_month.consumed);
  return change > 0 ? texts.more_than(share, through) : texts.less_than(share, through);
}
