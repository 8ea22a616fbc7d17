import { z } from "@hono/zod-openapi";
import { addDays, lastDateOf, nextDate } from "../../domain/calendar.ts";
import type { CompanyView } from "../../domain/company/command.ts";
import { grantedBy, termsOn } from "../../domain/contract.ts";
import { type ConsumptionHistory, forecast } from "../../domain/forecast.ts";
import { type CompanyId, credits, type LocalDate } from "../../domain/types.ts";
import { excessAmountOf } from "../../domain/statement.ts";
import { CompanyPath, CreditsBody, DateBody, formatPrice, MoneyBody } from "../kit/fields.ts";
import type { Companies, Reports } from "../../ports.ts";
import { type Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Days read: the four weeks a forecast uses, and the month so far. */
const DAYS_READ = 31;

const ForecastBody = z.union([
  z.object({
    runs_out_on: DateBody.nullable().openapi({
      description:
        "Expected date on which the package runs out. Null if it lasts the month, or there is no package.",
    }),
    runs_out_between: z.tuple([DateBody.nullable(), DateBody.nullable()]).openapi({
      description: "Bounds of the estimate: first for fast use, then for slow use.",
    }),
    expected_excess: CreditsBody.openapi({
      description: "Expected credits beyond the package at the end of the month.",
    }),
    expected_excess_amount: MoneyBody.nullable().openapi({ description: "Null if no price is set." }),
    expected_left: CreditsBody.openapi({
      description: "Expected package credits left at the end of the month, which then expire.",
    }),
    left_between: z.tuple([CreditsBody, CreditsBody]).openapi({
      description: "Bounds of the estimate: first for fast use, then for slow use.",
    }),
    closed_days: z.int().openapi({ description: "Number of closed days the forecast uses." }),
    method: z.string().openapi({ description: "The estimation method." }),
  }),
  z.object({
    insufficient_data: z.literal(true),
    closed_days_missing: z.int().openapi({ description: "Closed days until a forecast is possible." }),
    needs: z.string().openapi({ description: "The data a forecast needs, in words." }),
  }),
]).openapi("Forecast");

/** Declares the forecast call. */
export function forecasts(api: Api, companies: Companies, reports: Reports): void {
  route(api, {
    method: "get",
    path: "/v1/companies/{company}/forecast",
    policy: { scope: "read" },
    tag: "Reports",
    operation_id: "getForecast",
    summary: "Get the forecast",
    description:
      "When the package is expected to run out, and the excess expected this month. With too few closed days " +
      "the response is 200 with `insufficient_data`.",
    params: CompanyPath,
    answer: ForecastBody,
  }, ({ params }) => forecastOf(companies, reports, params.company));
}

/** Forecasts the rest of a company's month. */
export async function forecastOf(
  companies: Companies,
  reports: Reports,
  company: CompanyId,
): Promise<z.infer<typeof ForecastBody> | Problem> {
  const company_answer = await companies.execute(company, { type: "read_company" });
  if (company_answer.type !== "company") return problemOfAnswer(company_answer);
  const answer = await companies.execute(company, { type: "read_balance" });
  if (answer.type !== "balance") return problemOfAnswer(answer);
  const { closed_through, period, granted, consumed } = answer.balance;
  const { contract } = company_answer.view;
  // A package that starts or grows later this month covers the whole month.
  const last = lastDateOf(period);
  const granted_this_month = credits(Math.max(granted, grantedBy(contract, period, last)));
  const first = laterOf(firstDayOf(company_answer.view), addDays(closed_through, 1 - DAYS_READ));
  const read = await consumptionOf(reports, company, first, closed_through);
  const estimate = forecast({
    ...read,
    today: nextDate(closed_through),
    granted: granted_this_month,
    consumed,
  });
  if ("insufficient_data" in estimate) return estimate;
  const terms = termsOn(contract, last);
  const { runs_out_on, runs_out_between: [fast, slow], expected_excess } = estimate;
  return {
    runs_out_on,
    runs_out_between: [fast, slow] as [LocalDate | null, LocalDate | null],
    expected_excess,
    expected_excess_amount: formatPrice(excessAmountOf(expected_excess, terms)),
    expected_left: estimate.expected_left,
    left_between: [...estimate.left_between] as [number, number],
    closed_days: estimate.closed_days,
    method: estimate.method,
  };
}

/** The date a company was created: that of its first settings. */
function firstDayOf({ calendar, settings_history }: CompanyView): LocalDate {
  return calendar.dateOf(settings_history[0]!.recorded_at_ms);
}

/** Reads the consumption of each closed day from a date on, and of today so far. */
async function consumptionOf(
  reports: Reports,
  company: CompanyId,
  first: LocalDate,
  closed_through: LocalDate,
): Promise<Pick<ConsumptionHistory, "days" | "consumed_today">> {
  const today = nextDate(closed_through);
  const consumed = new Map<LocalDate, number>();
  for (const total of await reports.dayTotals(company, first, today)) {
    consumed.set(total.local_date, (consumed.get(total.local_date) ?? 0) + total.credits);
  }
  const days = [];
  for (let date = first; date <= closed_through; date = nextDate(date)) {
    days.push({ date, credits: credits(consumed.get(date) ?? 0) });
  }
  return { days, consumed_today: credits(consumed.get(today) ?? 0) };
}

function laterOf(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}
