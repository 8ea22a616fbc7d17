import type { Message } from "./message.ts";

/** A receiver must respond within this time, and can process the message afterwards. */
export const RESPONSE_DEADLINE_MS = 15_000;

/**
 * Posts a message. A redirect is a response like any other and not followed: only the given address receives messages.
 *
 * @returns the status of the response
 * @throws when there is no response in time, or the signal aborts
 */
export async function post(url: string, { headers, body }: Message, stopping: AbortSignal): Promise<number> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(RESPONSE_DEADLINE_MS)]);
  const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  // The status is known: errors of the body do not matter.
  await response.body?.cancel().catch(() => {});
  return response.status;
}
