/**
 * Meta's webhooks: the hot path of the whole service. Its `POST` is one plain handler, for a router that finds a
 * single handler calls it as it is; no schema stands in its way, and what is durable needs no log and no request id.
 */

import { z } from "@hono/zod-openapi";
import { answerChallenge, type ChallengeAnswer } from "../../whatsapp/challenge.ts";
import { verifySignature } from "../../whatsapp/signature.ts";
import { readWebhook, type WebhookReading } from "../../whatsapp/webhook.ts";
import { parseJson } from "../kit/body.ts";
import type { Clock, EventInbox } from "../../ports.ts";
import { bodyProblem, invalidJson, Problem, problemResponse, unavailableProblem } from "../kit/problems.ts";
import { durationSince, newRequestId, RejectedWebhookLog } from "../middleware/request_log.ts";
import type { WebhookOutcome } from "../middleware/request_metrics.ts";
import { type Api, declare, errorResponse, route } from "../kit/route.ts";

/** What the webhook needs to know. */
export interface WebhookOptions {
  readonly inbox: EventInbox;
  readonly clock: Clock;
  /** The app's secret; the new one and the old one while they rotate. */
  readonly app_secrets: readonly string[];
  readonly verify_token: string;
}

const PATH = "/webhooks/whatsapp";

/** Takes Meta's deliveries, and answers 200 only when all that one told is durable. */
export function webhooks(api: Api, options: WebhookOptions): void {
  declare(api, {
    method: "post",
    path: PATH,
    policy: "signed",
    tag: "Webhooks",
    summary: "A delivery of Meta's",
    description: "Signed by `X-Hub-Signature-256` over the raw body. 200 when all of it is durable.",
    body: z.unknown().openapi({
      description:
        "What Meta sends. Any JSON is taken, for what is refused would be delivered again for days.",
    }),
    problems: [401, 503],
  });
  const deliveries = new Deliveries(api, options);
  api.hono.post(PATH, (c) => deliveries.take(c.req.raw));
  challenge(api, options.verify_token);
}

class Deliveries {
  readonly #api: Api;
  readonly #options: WebhookOptions;
  readonly #refusals = new RejectedWebhookLog();

  constructor(api: Api, options: WebhookOptions) {
    this.#api = api;
    this.#options = options;
  }

  async take(request: Request): Promise<Response> {
    const started_ms = performance.now();
    const { bodies, metrics } = this.#api;
    const { app_secrets, inbox, clock } = this.#options;
    const refuse = (outcome: WebhookOutcome, problem: Problem) =>
      this.#answer(outcome, started_ms, (request_id) => problemResponse(problem, request_id));
    try {
      const raw = await bodies.read(request);
      if (typeof raw === "string") return refuse("body_rejected", bodyProblem(raw));
      const signature = request.headers.get("x-hub-signature-256") ?? undefined;
      if (!verifySignature(raw, signature, app_secrets)) return refuse("bad_signature", BAD_SIGNATURE);
      const reading = readingOf(raw);
      if (reading === undefined) return refuse("invalid_json", invalidJson());
      const { events, ignored } = reading;
      if (events.length > 0) {
        const verdict = await inbox.receive(events, clock.now_ms());
        if (verdict !== "durable") return refuse("unavailable", unavailableProblem(verdict));
      }
      metrics.recordDurableWebhook(events.length, ignored);
      // Empty, and for Meta's servers: the security headers would guard nothing.
      return new Response();
    } catch (error) {
      const fault = (request_id: string) => errorResponse(this.#api, error, PATH, request_id);
      return this.#answer("failed", started_ms, fault);
    }
  }

  #answer(
    outcome: WebhookOutcome,
    started_ms: number,
    responseTo: (request_id: string) => Response,
  ): Response {
    const { metrics, security } = this.#api;
    const request_id = newRequestId();
    const response = responseTo(request_id);
    const { status } = response;
    metrics.recordWebhook(outcome);
    const duration_ms = durationSince(started_ms);
    this.#refusals.log({ method: "POST", route: PATH, status, duration_ms, request_id });
    return security.on(response);
  }
}

/**
 * What a body tells; undefined when it is not JSON. In a call of its own, so that the payload, many times larger than
 * the events, is not held while the store is waited for: what lives that long, the garbage collector copies twice.
 */
function readingOf(raw: Uint8Array): WebhookReading | undefined {
  const payload = parseJson(raw);
  return payload === undefined ? undefined : readWebhook(payload);
}

const BAD_SIGNATURE = new Problem(
  401,
  "bad_signature",
  "X-Hub-Signature-256 does not sign this body with the app's secret: check META_APP_SECRET on both sides",
);

const ChallengeQuery = z.object({
  "hub.mode": z.string().optional(),
  "hub.verify_token": z.string().optional(),
  "hub.challenge": z.string().optional(),
});

/** What to do about a challenge that is refused. */
const REMEDIES = {
  not_a_subscription: "hub.mode must be subscribe, as it is when Meta asks",
  wrong_token: "hub.verify_token is not ours: check META_VERIFY_TOKEN on both sides",
  no_challenge: "hub.challenge must be what is to be sent back, of at most 256 characters",
} as const satisfies Record<Extract<ChallengeAnswer, { type: "refused" }>["reason"], string>;

function challenge(api: Api, verify_token: string): void {
  route(api, {
    method: "get",
    path: PATH,
    policy: "public",
    tag: "Webhooks",
    summary: "Meta's verification of the address",
    query: ChallengeQuery,
    answer: z.string(),
    produces: "text/plain",
    problems: [403],
  }, ({ query }) => {
    const answer = answerChallenge(query, verify_token);
    if (answer.type === "answered") return new Response(answer.challenge);
    return new Problem(403, "not_verified", `the address is not verified: ${REMEDIES[answer.reason]}`);
  });
}
