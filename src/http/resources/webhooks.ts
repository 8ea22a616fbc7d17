/**
 * Meta's webhooks, the hot path of the service. The `POST` is a single handler, which Hono calls without composing
 * middleware. It validates no schema, and a durable delivery gets no log line and no request id.
 */

import { z } from "@hono/zod-openapi";
import { answerChallenge, type ChallengeAnswer } from "../../whatsapp/challenge.ts";
import { verifySignature } from "../../whatsapp/signature.ts";
import type { WebhookReading } from "../../whatsapp/reading.ts";
import { readTooLargeWebhook, readWebhook } from "../../whatsapp/webhook.ts";
import { parseJson } from "../kit/body.ts";
import { exceedsLimits, type JsonLimits } from "../kit/json_limits.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { EventInbox } from "../../ports/webhooks.ts";
import { bodyProblem, invalidJson, Problem, problemResponse, unavailableProblem } from "../kit/problems.ts";
import { requestIdsOf } from "../middleware/request_ids.ts";
import { durationSince, RejectedWebhookLog } from "../middleware/request_log.ts";
import type { WebhookOutcome } from "../middleware/request_metrics.ts";
import { type Api, declare, errorResponse, route } from "../kit/route.ts";
import { countBytes } from "../kit/unread_answers.ts";

/** The dependencies of the webhook. */
export interface WebhookOptions {
  readonly inbox: EventInbox;
  /** Whether to read what Meta says about the prices of messages. */
  readonly reads_pricing: boolean;
  readonly clock: Clock;
  /** The app secret; both secrets during a rotation. */
  readonly app_secrets: readonly string[];
  readonly verify_token: string;
}

const PATH = "/webhooks/whatsapp";

/** Declares Meta's webhook. It responds 200 only when every event of a delivery is durable. */
export function webhooks(api: Api, options: WebhookOptions): void {
  declare(api, {
    method: "post",
    path: PATH,
    policy: "signed",
    tag: "Webhooks",
    operation_id: "receiveWebhook",
    summary: "Receive a webhook from Meta",
    description:
      "`X-Hub-Signature-256` must sign the raw body; otherwise 401 `bad_signature`. 200 means that every event is durable.",
    body: z.unknown().openapi({
      description:
        "A webhook payload of Meta. Any JSON is accepted: Meta retries rejected deliveries for days.",
    }),
    problems: [401, 503],
  });
  const deliveries = new Deliveries(api, options);
  api.hono.post(PATH, (c) => deliveries.receive(c.req.raw));
  challenge(api, options.verify_token);
}

class Deliveries {
  readonly #api: Api;
  readonly #options: WebhookOptions;
  readonly #rejected_log = new RejectedWebhookLog();

  constructor(api: Api, options: WebhookOptions) {
    this.#api = api;
    this.#options = options;
  }

  async receive(request: Request): Promise<Response> {
    const started_ms = performance.now();
    const { bodies, metrics, tracing } = this.#api;
    const { inbox, clock } = this.#options;
    tracing?.nameRequest("POST", PATH);
    const reject = (outcome: WebhookOutcome, problem: Problem) =>
      this.#answer(outcome, started_ms, request, (request_id) => problemResponse(problem, request_id));
    try {
      const raw = await bodies.read(request);
      if (typeof raw === "string") return reject("body_rejected", bodyProblem(raw));
      const reading = this.#read(raw, request);
      if (reading === "bad_signature") return reject(reading, BAD_SIGNATURE);
      if (reading === "invalid_json") return reject(reading, invalidJson());
      const { events } = reading;
      if (events.length > 0) {
        const verdict = await inbox.receive(events, clock.now_ms());
        if (verdict !== "durable") return reject("unavailable", unavailableProblem(verdict));
      }
      metrics.recordDurableWebhook(reading, performance.now() - started_ms);
      return DURABLE;
    } catch (error) {
      const fault = (request_id: string) => errorResponse(this.#api, error, PATH, request_id);
      return this.#answer("failed", started_ms, request, fault);
    }
  }

  /** Verifies and reads a delivery. */
  #read(raw: Uint8Array, request: Request): WebhookReading | "bad_signature" | "invalid_json" {
    using span = this.#api.tracing?.start("read webhook");
    const signature = request.headers.get("x-hub-signature-256") ?? undefined;
    if (!verifySignature(raw, signature, this.#options.app_secrets)) return "bad_signature";
    const reading = readingOf(raw, this.#options.reads_pricing) ?? "invalid_json";
    if (reading !== "invalid_json") span?.set("poli.events", reading.events.length);
    return reading;
  }

  #answer(
    outcome: WebhookOutcome,
    started_ms: number,
    { headers }: Request,
    responseTo: (request_id: string) => Response,
  ): Response {
    const { metrics, security } = this.#api;
    const ids = requestIdsOf(headers);
    const response = responseTo(ids.request_id);
    const { status } = response;
    metrics.recordWebhook(outcome);
    const duration_ms = durationSince(started_ms);
    this.#rejected_log.log({ method: "POST", route: PATH, status, duration_ms, ...ids });
    return security.addTo(response);
  }
}

/**
 * Parses a delivery. Undefined if it is not JSON. It is a function of its own, so that the payload, many times larger
 * than the events, is not referenced during the commit: the garbage collector copies objects that live that long twice.
 */
function readingOf(raw: Uint8Array, reads_pricing: boolean): WebhookReading | undefined {
  if (raw.length > UNCOUNTED_BYTES_MAX && exceedsLimits(raw, WEBHOOK_LIMITS)) return readTooLargeWebhook(raw);
  const payload = parseJson(raw);
  return payload === undefined ? undefined : readWebhook(payload, reads_pricing);
}

/** A shorter body cannot have parts that would take long to parse. */
const UNCOUNTED_BYTES_MAX = 64 * 1024;
/** Some 90 parts for each of ten thousand events, and several times the depth of Meta's payloads. */
const WEBHOOK_LIMITS: JsonLimits = { parts: 1_000_000, depth: 64 };

/**
 * The answer to every durable delivery: one object, for it has no body. It goes to Meta's servers: security headers would
 * protect nothing.
 */
const DURABLE = countBytes(new Response(), 0);

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

/** The error texts of a refused challenge, by reason. */
const REMEDIES = {
  not_a_subscription: "hub.mode must be subscribe",
  wrong_token: "hub.verify_token does not match: check META_VERIFY_TOKEN on both sides",
  no_challenge: "hub.challenge must have 1 to 256 characters",
} as const satisfies Record<Extract<ChallengeAnswer, { type: "refused" }>["reason"], string>;

function challenge(api: Api, verify_token: string): void {
  route(api, {
    method: "get",
    path: PATH,
    policy: "public",
    tag: "Webhooks",
    operation_id: "verifyWebhook",
    summary: "Verify the webhook for Meta",
    description:
      "Responds with `hub.challenge` if `hub.verify_token` is META_VERIFY_TOKEN; otherwise 403 `verify_token_mismatch`.",
    query: ChallengeQuery,
    answer: z.string(),
    produces: "text/plain",
    problems: [403],
  }, ({ query }) => {
    const answer = answerChallenge(query, verify_token);
    if (answer.type === "answered") return new Response(answer.challenge);
    return new Problem(403, "verify_token_mismatch", `Verification failed: ${REMEDIES[answer.reason]}`);
  });
}
