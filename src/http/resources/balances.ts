import { z } from "@hono/zod-openapi";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import { balanceStream } from "./balance_stream.ts";
import { CompanyPath } from "../kit/fields.ts";
import type { Companies, LiveBalances } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** What a company has left, once and as it moves. */
export function balances(api: Api, companies: Companies, live: LiveBalances): void {
  const read = { method: "get", policy: { scope: "read" }, tag: "Balance", params: CompanyPath } as const;
  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance",
    summary: "The balance now",
    answer: BalanceBody,
  }, async ({ params }) => {
    const answer = await companies.execute(params.company, { type: "read_balance" });
    return answer.type === "balance" ? toBalanceBody(answer.balance) : problemOfAnswer(answer);
  });

  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance/stream",
    summary: "The balance as it moves (server-sent events)",
    description:
      "Event `balance`, id = version, data = the balance: a snapshot at once, whatever `Last-Event-ID` " +
      "says, then the newest at each change. A comment every 15 s keeps the connection open.",
    produces: "text/event-stream",
    answer: z.string(),
  }, async ({ params, request, caller }) => {
    // Watched before it is asked: no change can fall between the snapshot and the first update.
    const subscription = live.subscribe(params.company);
    if (subscription === undefined) return tooManyViewers();
    const answer = await companies.execute(params.company, { type: "read_balance" });
    if (answer.type === "balance") {
      return balanceStream(answer.balance, subscription, request.signal, caller.lease);
    }
    subscription[Symbol.dispose]();
    return problemOfAnswer(answer);
  });
}

function tooManyViewers(): Problem {
  const detail = "as many watch as can be served: ask for the balance itself, or try again in 5 s";
  return new Problem(503, "too_many_viewers", detail, { headers: { "retry-after": "5" } });
}
