import type { FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";
import { lastMonthText } from "./risk.tsx";
import { UnusualDay } from "./unusual_day.tsx";
import type { KnownForecast } from "./view.ts";

/** One sentence on when the package is expected to run out, and the basis of the forecast. */
export const Forecast: FC<{ context: RenderContext }> = ({ context }) => {
  const { view: { forecast, balance, scheduled_grant }, strings: { forecast: texts } } = context;
  if (forecast === null) return null;
  if ("insufficient_data" in forecast) {
    return <p class="note">{texts.missing(forecast.closed_days_missing)}</p>;
  }
  const parts = [
    ...balance.granted > 0 || scheduled_grant !== null ? [packageClause(context, forecast)] : [],
    ...forecast.expected_excess > 0 ? [excessClause(context, forecast)] : [],
  ];
  const change = lastMonthText(context, forecast);
  return (
    <>
      <UnusualDay context={context} today={forecast.today} />
      {parts.length > 0 && (
        <p class="note">
          {sentence(parts.join("; "))} <small>{texts.method(forecast.closed_days)}</small>
        </p>
      )}
      {change !== null && <p class="note change">{change}</p>}
    </>
  );
};

function packageClause({ view, strings, formats }: RenderContext, forecast: KnownForecast): string {
  const { forecast: texts, credits } = strings;
  const { runs_out_on, runs_out_between: [earliest, latest], expected_left } = forecast;
  if (runs_out_on === null) {
    const lasts = expected_left === 0
      ? texts.lasts_exactly
      : texts.lasts(credits(expected_left, formats.credits(expected_left)));
    return earliest === null ? lasts : lasts + texts.may_run_out(formats.date(earliest));
  }
  if (view.balance.available === 0 && runs_out_on <= view.company.today) {
    return texts.ran_out(formats.date(runs_out_on));
  }
  const runs_out = texts.runs_out(formats.date(runs_out_on));
  if (earliest === null || earliest === latest) return runs_out;
  return runs_out +
    (latest === null
      ? texts.or_lasts(formats.date(earliest))
      : texts.between(formats.date(earliest), formats.date(latest)));
}

function excessClause({ view, strings, formats }: RenderContext, forecast: KnownForecast): string {
  const { forecast: texts, credits } = strings;
  const { expected_excess, expected_excess_amount } = forecast;
  const amount = credits(expected_excess, formats.credits(expected_excess));
  const currency = view.statement.currency;
  return expected_excess_amount === null || currency === null
    ? texts.excess(amount)
    : texts.excess_amount(amount, formats.money(expected_excess_amount, currency));
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
