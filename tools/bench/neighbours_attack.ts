/** The worker of `neighbours.ts`: sends the same body over several connections until the phase ends. */

import { sleep } from "../../src/time/sleep.ts";

/** How long each phase of the measurement lasts. */
export const PHASE_MS = 8_000;
const SENDERS = 16;

/** The request that the worker repeats. */
export interface AttackOrder {
  readonly url: string;
  readonly key: string;
  readonly body: string;
}

async function sendAll({ url, key, body }: AttackOrder): Promise<Map<number, number>> {
  const until_ms = performance.now() + PHASE_MS;
  const statuses = new Map<number, number>();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const bytes = new TextEncoder().encode(body);
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    while (performance.now() < until_ms) {
      const response = await fetch(url, { method: "POST", headers, body: bytes }).catch(() => undefined);
      await response?.body?.cancel().catch(() => {});
      const status = response?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await sleep(1);
    }
  }));
  return statuses;
}

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<AttackOrder>) => void;
  postMessage(data: unknown): void;
};
// The main thread imports this module too.
if ("WorkerGlobalScope" in globalThis) {
  thread.onmessage = ({ data }) => void sendAll(data).then((statuses) => thread.postMessage(statuses));
  thread.postMessage("ready");
}
