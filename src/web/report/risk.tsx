import type { FC } from "hono/jsx";
import { FigureText } from "./figure.tsx";
import { dateText, isOpenMonth, type RenderContext } from "./render_context.ts";
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
        <p
          class="bill"
          data-expected-total={isForecastOfTotal(expected, statement.total) ? expected : undefined}
        >
          {texts.bill} <strong>{formats.money(expected, statement.currency)}</strong>{" "}
          <small>{billBasis(context)}</small>
        </p>
      )}
    </>
  );
};

/**
 * Reports whether the total can only rise to the expected bill. With a package to come the total has its price before its
 * credits, which will cover excess.
 */
function isForecastOfTotal(expected: string, total: string | null): boolean {
  return total !== null && Number(expected) >= Number(total);
}

/** Says what the expected bill contains. */
function billBasis(context: RenderContext): string {
  const { view: { balance, scheduled_grant }, strings: { forecast: texts, credits }, formats } = context;
  if (scheduled_grant === null) return texts.bill_basis(balance.granted > 0);
  const { on, granted } = scheduled_grant;
  return texts.bill_basis_scheduled(credits(granted, formats.credits(granted)), dateText(context, on));
}

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
