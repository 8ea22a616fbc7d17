import { z } from "@hono/zod-openapi";
import { decodeCursor, encodeCursor } from "../kit/cursor.ts";
import { CompanyIdField, DateBody, optionalField, textField } from "../kit/fields.ts";
import { Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import type { CompanyId, LocalDate } from "../../domain/types.ts";

/** Reopens days and months that a wrong clock has closed. */
export interface Reopenings {
  /** @returns `clock_uncertain`, and reopens nothing, while the clocks disagree */
  reopen(request: {
    /** Undefined: all companies that are ahead. */
    readonly company: CompanyId | undefined;
    readonly by: string;
    readonly limit: number;
    readonly after: CompanyId | undefined;
  }): Promise<
    | {
      readonly reopened: readonly {
        readonly company: CompanyId;
        readonly closed_through: LocalDate;
        readonly closed_before: LocalDate;
      }[];
      /** Companies that could not answer. */
      readonly failed: readonly CompanyId[];
      /** The last company, if more may follow it. */
      readonly last: CompanyId | undefined;
    }
    | "clock_uncertain"
  >;
}

/** Companies of one call. */
const COMPANIES_MAX = 100;

const ReopeningRequest = z.strictObject({
  company: optionalField(CompanyIdField).openapi({ description: "Only this company. By default all." }),
  limit: optionalField(z.int().min(1).max(COMPANIES_MAX)).openapi({
    description: `The maximum number of companies, by default ${COMPANIES_MAX}.`,
  }),
  cursor: optionalField(textField(400)).openapi({ description: "`next_cursor` of the previous answer." }),
}).openapi("ReopeningRequest");

const ReopeningBody = z.object({
  reopened: z.array(z.object({
    company: z.string(),
    closed_through: DateBody.openapi({ description: "The last closed date now." }),
    closed_before: DateBody.openapi({ description: "The last closed date before." }),
  })),
  failed: z.array(z.string()).openapi({ description: "Companies that could not answer: call again." }),
  next_cursor: z.string().nullable().openapi({ description: "Null after the last company." }),
}).openapi("Reopening");

/** Declares the call that reopens days and months which a wrong clock has closed. */
export function reopenings(api: Api, reopening: Reopenings): void {
  route(api, {
    policy: { scope: "platform" },
    tag: "Operations",
    method: "post",
    path: "/v1/reopenings",
    operation_id: "reopenDays",
    summary: "Reopen days that a wrong clock closed",
    description:
      "Reopens the days and months that were closed while the service's clock was ahead. Credits that expired come " +
      "back, and packages of months that have not begun are taken back, as ledger entries. Companies that are not " +
      "ahead stay as they are. 409 `clock_uncertain` while the clocks disagree.",
    body: ReopeningRequest,
    answer: ReopeningBody,
    problems: [409],
  }, async ({ body: { company, limit = COMPANIES_MAX, cursor }, caller }) => {
    const after = decodeCursor(CompanyIdField, cursor);
    if (after instanceof Problem) return after;
    const report = await reopening.reopen({ company, by: caller.name, limit, after });
    if (report === "clock_uncertain") return clockUncertain();
    const { reopened, failed, last } = report;
    return {
      reopened: [...reopened],
      failed: [...failed],
      next_cursor: last === undefined ? null : encodeCursor(last),
    };
  });
}

function clockUncertain(): Problem {
  return new Problem(
    409,
    "clock_uncertain",
    "The service's clock disagrees with monotonic time or Postgres's clock: correct the wrong clock, see GET /readyz.",
  );
}
