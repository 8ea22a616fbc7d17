import type { FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";
import type { KnownForecast } from "./view.ts";

/** When the package is expected to run out, in one sentence, and what that rests on. */
export const Forecast: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view: { forecast, balance }, strings: { forecast: said } } = reading;
  if (forecast === null) return null;
  if ("insufficient_data" in forecast) {
    return <p class="note">{said.missing(forecast.closed_days_missing)}</p>;
  }
  const parts = [
    ...balance.granted > 0 ? [packageClause(reading, forecast)] : [],
    ...forecast.expected_excess > 0 ? [excessClause(reading, forecast)] : [],
  ];
  if (parts.length === 0) return null;
  return (
    <p class="note">
      {sentence(parts.join("; "))} <small>{said.method(forecast.closed_days)}</small>
    </p>
  );
};

function packageClause({ view, strings, formats }: RenderContext, forecast: KnownForecast): string {
  const { forecast: said, credits } = strings;
  const { runs_out_on, runs_out_between: [fast, slowly], expected_left } = forecast;
  if (runs_out_on === null) {
    const lasts = expected_left === 0
      ? said.lasts_exactly
      : said.lasts(credits(expected_left, formats.credits(expected_left)));
    return fast === null ? lasts : lasts + said.may_run_out(formats.date(fast));
  }
  if (view.balance.available === 0) return said.ran_out(formats.date(runs_out_on));
  const runs_out = said.runs_out(formats.date(runs_out_on));
  if (fast === null || fast === slowly) return runs_out;
  return runs_out +
    (slowly === null
      ? said.or_lasts(formats.date(fast))
      : said.between(formats.date(fast), formats.date(slowly)));
}

function excessClause({ view, strings, formats }: RenderContext, forecast: KnownForecast): string {
  const { forecast: said, credits } = strings;
  const { expected_excess, expected_excess_amount } = forecast;
  const amount = credits(expected_excess, formats.credits(expected_excess));
  const currency = view.statement.currency;
  return expected_excess_amount === null || currency === null
    ? said.excess(amount)
    : said.excess_amount(amount, formats.money(expected_excess_amount, currency));
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
