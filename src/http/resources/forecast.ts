import { z } from "@hono/zod-openapi";
import { addDays, addMonths, firstDateOf, monthOf, nextDate } from "../../domain/calendar.ts";
import type { CompanyView } from "../../domain/company/command.ts";
import { type ConsumptionHistory, forecast } from "../../domain/forecast.ts";
import { scheduledGrantIn, usedUpOn } from "../../domain/package_end.ts";
import { type CompanyId, credits, type LocalDate } from "../../domain/types.ts";
import { compareToday, lastMonthOf } from "../../domain/pace.ts";
import type { DatedTotal, DayEnd } from "../../domain/reports.ts";
import { expectedAmounts } from "../../domain/statement.ts";
import {
  CompanyPath,
  CreditsBody,
  DateBody,
  formatPrice,
  MoneyBody,
  MonthBody,
  PAGE_ROWS_MAX,
} from "../kit/fields.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Reports } from "../../ports/reports.ts";
import { type Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Days read: the four weeks a forecast uses, and the month so far. */
const DAYS_READ = 31;

const ForecastBody = z.union([
  z.object({
    runs_out_on: DateBody.nullable().openapi({
      description:
        "Date on which the package ran out, by the ledger's balance, or is expected to. A package that begins or grows " +
        "later this month covers earlier use first, and runs out on that date at the earliest. Null if the package " +
        "lasts the month, or there is none.",
    }),
    runs_out_between: z.tuple([DateBody.nullable(), DateBody.nullable()]).openapi({
      description: "Bounds of the estimate: first for fast use, then for slow use.",
    }),
    expected_excess: CreditsBody.openapi({
      description: "Expected credits beyond the package at the end of the month.",
    }),
    expected_excess_amount: MoneyBody.nullable().openapi({ description: "Null if no price is set." }),
    expected_total: MoneyBody.nullable().openapi({
      description: "Expected price of the package and the excess. Null if a price it needs is not set.",
    }),
    expected_left: CreditsBody.openapi({
      description: "Expected package credits left at the end of the month, which then expire.",
    }),
    left_between: z.tuple([CreditsBody, CreditsBody]).openapi({
      description: "Bounds of the estimate: first for fast use, then for slow use.",
    }),
    today: z.object({
      consumed: CreditsBody,
      usual: CreditsBody.openapi({ description: "Mean of the closed days, in whole credits." }),
      times: z.number().nullable().openapi({
        description: "Today's use divided by the usual day's. Null when the closed days have no use.",
      }),
      is_unusual: z.boolean().openapi({
        description: "Whether today's use is at least 3 times the usual, and at least 20 credits above it.",
      }),
      reason: z.object({
        feature: z.string(),
        direction: z.enum(["inbound", "outbound", "none"]),
        consumed: CreditsBody,
        usual: CreditsBody,
      }).nullable().openapi({ description: "The feature that grew most, when today is unusual." }),
    }).openapi({ description: "Today's use so far, compared with the closed days." }),
    last_month: z.object({ period: MonthBody, through: DateBody, consumed: CreditsBody }).nullable().openapi({
      description: "Use of the month before up to the same day. Null if that month has none.",
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
  const { closed_through, period, granted, available, consumed, as_of_ms } = answer.balance;
  const { contract, calendar } = company_answer.view;
  const today = nextDate(closed_through);
  // A package that starts or grows later this month covers the whole month.
  const scheduled = scheduledGrantIn(contract, today);
  const { start_ms, end_ms } = calendar.day(today);
  const first = laterOf(firstDayOf(company_answer.view), addDays(closed_through, 1 - DAYS_READ));
  const first_read = [first, firstDateOf(addMonths(period, -1))].sort()[0]!;
  const totals = await reports.dayTotals(company, first_read, today);
  const estimate = forecast({
    ...consumptionOf(totals, first, closed_through),
    today,
    day_passed: Math.min(1, Math.max(0, (as_of_ms - start_ms) / (end_ms - start_ms))),
    granted: credits(Math.max(granted, scheduled?.granted ?? 0)),
    granted_on: scheduled?.on,
    consumed,
    used_up_on: granted > 0 && available === 0
      ? await readUsedUpOn(reports, company, calendar, today)
      : undefined,
  });
  if ("insufficient_data" in estimate) return estimate;
  const { runs_out_on, runs_out_between: [fast, slow], expected_excess, closed_days } = estimate;
  const { excess_amount, total } = expectedAmounts(period, expected_excess, contract);
  return {
    runs_out_on,
    runs_out_between: [fast, slow] as [LocalDate | null, LocalDate | null],
    expected_excess,
    expected_excess_amount: formatPrice(excess_amount),
    expected_total: formatPrice(total),
    expected_left: estimate.expected_left,
    left_between: [...estimate.left_between] as [number, number],
    today: compareToday(totals, addDays(today, -closed_days), today),
    last_month: lastMonthOf(totals, today),
    closed_days,
    method: estimate.method,
  };
}

/** Reads the date on which the current month's credits came to 0. */
async function readUsedUpOn(
  reports: Reports,
  company: CompanyId,
  calendar: CompanyView["calendar"],
  today: LocalDate,
): Promise<LocalDate | undefined> {
  const from = firstDateOf(monthOf(today));
  const days: DayEnd[] = [];
  for (let local_date = from; local_date <= today; local_date = nextDate(local_date)) {
    days.push({ local_date, end_ms: calendar.day(local_date).end_ms });
  }
  const [balances, grants] = await Promise.all([
    reports.dayBalances(company, days),
    reports.ledger({ company, from, to: today, type: "grant", limit: PAGE_ROWS_MAX }),
  ]);
  return usedUpOn(balances, grants);
}

/** The date a company was created: that of its first settings. */
function firstDayOf({ calendar, settings_history }: CompanyView): LocalDate {
  return calendar.dateOf(settings_history[0]!.recorded_at_ms);
}

/** Sums the consumption of each closed day from a date on, and of today so far. */
function consumptionOf(
  totals: readonly DatedTotal[],
  first: LocalDate,
  closed_through: LocalDate,
): Pick<ConsumptionHistory, "days" | "consumed_today"> {
  const today = nextDate(closed_through);
  const consumed = new Map<LocalDate, number>();
  for (const total of totals) {
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
