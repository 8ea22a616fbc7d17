import type { Message } from "./message.ts";

/** A receiver has to answer within this time; what it wants to do with a message can wait until afterwards. */
export const RESPONSE_DEADLINE_MS = 15_000;

/**
 * Posts a message. A redirection is an answer like any other, and not followed: whoever gave the address answers for it.
 *
 * @returns the status of the answer
 * @throws when there is none in time, or the signal aborts
 */
export async function post(url: string, { headers, body }: Message, stopping: AbortSignal): Promise<number> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(RESPONSE_DEADLINE_MS)]);
  const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  // Whatever becomes of the rest, it was answered.
  await response.body?.cancel().catch(() => {});
  return response.status;
}
