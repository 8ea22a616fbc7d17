import { z } from "@hono/zod-openapi";
import { BalanceBody, writtenBalance } from "./balance_body.ts";
import { mapCompanies, readBalance } from "./balance_reads.ts";
import { balanceStream } from "./balance_stream.ts";
import { CompanyIdField, CompanyPath } from "../kit/fields.ts";
import { canAccess } from "../middleware/authentication.ts";
import { sleep } from "../../time/sleep.ts";
import { ALERT_TYPES } from "../../domain/alerts.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { CompanyAlerts } from "../../ports/alerts.ts";
import type { Companies } from "../../ports/companies.ts";
import type { LiveBalances, RaisedAlert } from "../../ports/live.ts";
import type { Clock } from "../../ports/runtime.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { answerRevalidated } from "../kit/preconditions.ts";
import { type Api, route } from "../kit/route.ts";

/** A stream starts with the alerts of this time, and with no more than this number. */
const RECENT_MS = 24 * 3_600_000;
const RECENT_ALERTS_MAX = 20;
const RECENT_WAIT_MS = 1_000;

/** Declares the calls that read and stream balances. */
export function balances(
  api: Api,
  { companies, live, company_alerts, clock }: {
    readonly companies: Companies;
    readonly live: LiveBalances;
    readonly company_alerts: CompanyAlerts;
    readonly clock: Clock;
  },
): void {
  const read = { method: "get", policy: { scope: "read" }, tag: "Balance", params: CompanyPath } as const;
  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance",
    operation_id: "getBalance",
    summary: "Get the balance",
    description: "Credits granted, consumed and available this month, and the excess beyond the package.",
    answer: BalanceBody,
    is_revalidated: true,
  }, async ({ params, request }) => {
    const answer = await companies.execute(params.company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOfAnswer(answer);
    const { tag, textAt } = writtenBalance(answer.balance);
    return answerRevalidated(api.answers, request.headers, tag, () => textAt(answer.balance.as_of_ms));
  });

  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance/stream",
    operation_id: "streamBalance",
    summary: "Stream the balance",
    description:
      "Server-sent events of type `balance`; `id` is the version, `data` the balance as JSON. The first event is a " +
      "snapshot; `Last-Event-ID` is ignored. Each change sends the newest balance; a slow reader may skip versions. " +
      "After 4 s without a balance a comment shows that the connection is open. Events of type `alert` have a " +
      "`CompanyAlert` as JSON and no `id`: those of the last 24 hours after the snapshot, oldest first, then each one " +
      "within a minute after it is raised.",
    produces: "text/event-stream",
    answer: z.string(),
  }, async ({ params, request, caller }) => {
    // Subscribes before it reads, so that no change is lost between the snapshot and the first update.
    const subscription = live.subscribe(params.company);
    if (subscription === undefined) return tooManyStreams();
    const answer = await companies.execute(params.company, { type: "read_balance" });
    if (answer.type === "balance") {
      const alerts = await recentAlerts(company_alerts, params.company, clock.now_ms());
      const start = { snapshot: answer.balance, alerts };
      return balanceStream(api.answers, start, subscription, request.signal, caller.lease);
    }
    subscription[Symbol.dispose]();
    return problemOfAnswer(answer);
  });
  listBalances(api, companies);
}

/** The most companies of one call. */
const COMPANIES_MAX = 100;

const BalancesQuery = z.strictObject({
  company: z.array(CompanyIdField).min(1).max(COMPANIES_MAX).openapi({
    description: `The companies, 1 to ${COMPANIES_MAX}: repeat the parameter for each.`,
  }),
});

const BalancesBody = z.object({
  data: z.array(z.object({ company: z.string(), balance: z.union([BalanceBody, z.null()]) })).openapi({
    description: "A row for each company, in the order of the query. A repeated one has one row.",
  }),
  missing: z.array(z.string()).openapi({
    description: "The companies that do not exist, or that the key cannot access. Their `balance` is null.",
  }),
}).openapi("Balances");

function listBalances(api: Api, companies: Companies): void {
  route(api, {
    method: "get",
    path: "/v1/balances",
    policy: { scope: "read", allows_company_keys: true },
    tag: "Balance",
    operation_id: "getBalances",
    summary: "Get the balances of several companies",
    description: "Each is read like that of `GET /v1/companies/{company}/balance`.",
    query: BalancesQuery,
    query_lists: ["company"],
    answer: BalancesBody,
  }, async ({ query, caller }) => {
    const data = await mapCompanies([...new Set(query.company)], async (company) => {
      const balance = canAccess(caller, company) ? await readBalance(companies, company) : null;
      return balance instanceof Problem ? balance : { company, balance };
    });
    if (data instanceof Problem) return data;
    const missing = data.filter(({ balance }) => balance === null).map(({ company }) => company);
    return { data, missing };
  });
}

/** Reads the alerts that a stream starts with. While the database is slow it starts without them: balances matter more. */
async function recentAlerts(
  alerts: CompanyAlerts,
  company: CompanyId,
  now_ms: number,
): Promise<readonly RaisedAlert[]> {
  const query = { company, types: ALERT_TYPES, since_ms: now_ms - RECENT_MS, before: undefined };
  const reading = alerts.alertsOf({ ...query, limit: RECENT_ALERTS_MAX }).catch(() => []);
  const wait = new AbortController();
  const newest = await Promise.race([reading, sleep(RECENT_WAIT_MS, wait.signal)]) ?? [];
  wait.abort();
  return newest.toReversed();
}

function tooManyStreams(): Problem {
  const detail = "Too many open streams: get the balance instead, or try again in 5 s.";
  return new Problem(503, "too_many_streams", detail, { headers: { "retry-after": "5" } });
}
