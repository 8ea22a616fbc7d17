import { z } from "@hono/zod-openapi";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import { balanceStream } from "./balance_stream.ts";
import { CompanyPath } from "../kit/fields.ts";
import type { Companies, LiveBalances } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Declares the calls that read and stream balances. */
export function balances(api: Api, companies: Companies, live: LiveBalances): void {
  const read = { method: "get", policy: { scope: "read" }, tag: "Balance", params: CompanyPath } as const;
  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance",
    operation_id: "getBalance",
    summary: "Get the balance",
    description: "Credits granted, consumed and available this month, and the excess beyond the package.",
    answer: BalanceBody,
  }, async ({ params }) => {
    const answer = await companies.execute(params.company, { type: "read_balance" });
    return answer.type === "balance" ? toBalanceBody(answer.balance) : problemOfAnswer(answer);
  });

  route(api, {
    ...read,
    path: "/v1/companies/{company}/balance/stream",
    operation_id: "streamBalance",
    summary: "Stream the balance",
    description:
      "Server-sent events of type `balance`; `id` is the version, `data` the balance as JSON. The first event is a " +
      "snapshot; `Last-Event-ID` is ignored. Each change sends the newest balance; a slow reader may skip versions. " +
      "After 4 s without a balance a comment shows that the connection is open.",
    produces: "text/event-stream",
    answer: z.string(),
  }, async ({ params, request, caller }) => {
    // Subscribes before it reads, so that no change is lost between the snapshot and the first update.
    const subscription = live.subscribe(params.company);
    if (subscription === undefined) return tooManyStreams();
    const answer = await companies.execute(params.company, { type: "read_balance" });
    if (answer.type === "balance") {
      return balanceStream(api.answers, answer.balance, subscription, request.signal, caller.lease);
    }
    subscription[Symbol.dispose]();
    return problemOfAnswer(answer);
  });
}

function tooManyStreams(): Problem {
  const detail = "Too many open streams: get the balance instead, or try again in 5 s.";
  return new Problem(503, "too_many_streams", detail, { headers: { "retry-after": "5" } });
}
