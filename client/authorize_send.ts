import type { ApiClient } from "./api_client.ts";
import { ApiError, dataOf } from "./api_error.ts";
import type { Problem, Send, SendAllowed } from "./openapi.ts";
import { linkedController } from "./sleep.ts";

/** What to do when the service gives no answer in time. */
export interface AuthorizeOptions {
  /**
   * The decision while the service is away. With `allow` no message waits for the meter: Meta's statuses meter it
   * later. With `refuse` no message leaves unmetered.
   */
  readonly onUnavailable: "allow" | "refuse";
  /** The time for the answer, retries included. Default 3,000. */
  readonly timeout_ms?: number | undefined;
  /** Aborts the call. It then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether a message may be sent, and who decided it. */
export type SendDecision =
  /** The service has recorded the send. */
  | { readonly may_send: true; readonly decided_by: "service"; readonly recorded: SendAllowed }
  /** No window is open for a free-form message. Send a template, or wait until the contact writes. */
  | { readonly may_send: false; readonly decided_by: "service"; readonly problem: Problem }
  /** The service gave no answer. Whether the send is recorded is unknown. */
  | { readonly may_send: boolean; readonly decided_by: "on_unavailable"; readonly cause: unknown };

/**
 * Asks whether a message may be sent, and records the send. A call with the same `message_id` is recorded once.
 *
 * @throws {ApiError} when the request is wrong, such as 401, 404 or 422: `onUnavailable` does not hide mistakes
 */
export async function authorizeSend(
  api: ApiClient,
  company: string,
  send: Send,
  { onUnavailable, timeout_ms = 3_000, signal }: AuthorizeOptions,
): Promise<SendDecision> {
  const call = linkedController(signal);
  const late = () => call.abort(new DOMException(`No answer within ${timeout_ms} ms`, "TimeoutError"));
  const timer = setTimeout(late, timeout_ms);
  try {
    const init = { params: { path: { company } }, body: send, signal: call.signal };
    const recorded = await dataOf(api.POST("/v1/companies/{company}/messages", init));
    return { may_send: true, decided_by: "service", recorded };
  } catch (error) {
    signal?.throwIfAborted();
    if (isUnavailable(error)) {
      return { may_send: onUnavailable === "allow", decided_by: "on_unavailable", cause: error };
    }
    const { code, problem } = error as ApiError;
    if (code !== "window_closed" || problem === undefined) throw error;
    return { may_send: false, decided_by: "service", problem };
  } finally {
    clearTimeout(timer);
    call.abort();
  }
}

/** Tells whether an error says nothing about the request: there was no answer, or the service is busy. */
function isUnavailable(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}
