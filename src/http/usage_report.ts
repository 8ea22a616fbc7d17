import { z } from "@hono/zod-openapi";
import { addDays, firstDateOf, monthOf } from "../domain/calendar.ts";
import type { CompanyId, Direction, FeatureCode, LocalDate } from "../domain/names.ts";
import { CompanyPath, listOf, LocalDateField, ShownCredits, ShownDate } from "./fields.ts";
import type { Companies, DayTotalRow, Reports } from "./ports.ts";
import { invalidProblem, Problem, problemOf } from "./problems.ts";
import { type Api, route } from "./route.ts";

/** A report has at most as many days as a leap year: beyond it, ask twice. */
const DAYS_MAX = 366;

const GROUPS = ["day", "feature", "direction"] as const;
type Group = typeof GROUPS[number];

const GroupByField = z.string().default(GROUPS.join(",")).transform((text, context): ReadonlySet<Group> => {
  const groups = text.split(",").map((group) => group.trim());
  const known = groups.filter((group): group is Group => (GROUPS as readonly string[]).includes(group));
  if (known.length === groups.length) return new Set(known);
  context.addIssue({ code: "custom", message: `must be one or more of ${GROUPS.join(",")}` });
  return z.NEVER;
}).openapi({ type: "string", example: "day,feature" });

const ReportQuery = z.strictObject({
  from: LocalDateField.optional().openapi({
    description: "Inclusive; the first of this month unless given.",
  }),
  to: LocalDateField.optional().openapi({ description: "Inclusive; today unless given." }),
  group_by: GroupByField,
  as_of: z.enum(["now", "close"]).default("now").openapi({
    description: "`now`: today's truth, late facts included; `close`: what each day's closing froze.",
  }),
});

const ReportBody = listOf(z.object({
  day: ShownDate.optional(),
  feature: z.string().optional(),
  direction: z.enum(["inbound", "outbound", "none"]).optional(),
  units: z.int().openapi({ description: "Windows, or the quantity of a usage." }),
  credits: ShownCredits,
})).extend({ from: ShownDate, to: ShownDate, closed_through: ShownDate });

/** Reports > Credits: what each day, feature and direction cost. */
export function usageReport(api: Api, companies: Companies, reports: Reports): void {
  route(api, {
    method: "get",
    path: "/v1/companies/{company}/usage",
    policy: { scope: "read" },
    tag: "Reports",
    summary: "What was used, by day, feature and direction",
    params: CompanyPath,
    query: ReportQuery,
    answer: ReportBody,
  }, async ({ params: { company }, query }) => {
    const answer = await companies.ask(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOf(answer);
    const { closed_through } = answer.balance;
    const to = query.to ?? addDays(closed_through, 1);
    const from = query.from ?? firstDateOf(monthOf(to));
    const fault = refuseSpan(from, to);
    if (fault !== undefined) return fault;
    const days = await totalsOf(reports, company, from, to, query.as_of);
    return { data: grouped(days, query.group_by), next_cursor: null, from, to, closed_through };
  });
}

function refuseSpan(from: LocalDate, to: LocalDate): Problem | undefined {
  if (from > to) return invalidProblem([{ path: "from", message: `from must not be after to (${to})` }]);
  if (addDays(from, DAYS_MAX) > to) return undefined;
  const message = `to must be less than ${DAYS_MAX} days after from: ask for the rest in another call`;
  return invalidProblem([{ path: "to", message }]);
}

async function totalsOf(
  reports: Reports,
  company: CompanyId,
  from: LocalDate,
  to: LocalDate,
  as_of: "now" | "close",
): Promise<readonly DayTotalRow[]> {
  if (as_of === "now") return await reports.dayTotals(company, from, to);
  const closed = await reports.closedDays(company, from, to);
  return closed.flatMap(({ local_date, totals }) => totals.map((total) => ({ ...total, local_date })));
}

interface ReportRow {
  day?: LocalDate;
  feature?: FeatureCode;
  direction?: Direction;
  units: number;
  credits: number;
}

/** Adds up what the asked groups do not tell apart. In order of day, feature and direction. */
export function grouped(rows: readonly DayTotalRow[], groups: ReadonlySet<Group>): ReportRow[] {
  const by_key = new Map<string, ReportRow>();
  for (const { local_date, feature, direction, units, credits } of rows) {
    // A window that turned out not to have opened leaves a total of nothing.
    if (units === 0 && credits === 0) continue;
    const group = {
      ...(groups.has("day") ? { day: local_date } : {}),
      ...(groups.has("feature") ? { feature } : {}),
      ...(groups.has("direction") ? { direction } : {}),
    };
    const key = JSON.stringify(group);
    const sum = by_key.get(key) ?? { ...group, units: 0, credits: 0 };
    by_key.set(key, { ...sum, units: sum.units + units, credits: sum.credits + credits });
  }
  return [...by_key].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
}
