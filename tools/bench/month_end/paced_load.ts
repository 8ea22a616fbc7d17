import { HttpConnection, type Target } from "../load.ts";
import { sleep } from "../../../src/time/sleep.ts";

/** Requests that are on their way, and how long each took. */
export interface PacedLoad {
  /** Takes what was answered since the last call: how long each request took from when it was due, ascending. */
  takeLatencies(): Float64Array;
  /** Sends no more, and waits for what is under way. @throws {Refused} when anything was not answered 200 */
  stop(): Promise<void>;
}

/**
 * Sends so many requests a second, whether or not they are answered: one that has to wait until a connection is free
 * has waited all the same.
 *
 * @param next gives the next request's bytes
 */
export async function startPacedLoad(
  target: Target,
  next: () => Uint8Array,
  { per_s, connections }: { readonly per_s: number; readonly connections: number },
): Promise<PacedLoad> {
  const lines = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(target)));
  const begun_ms = performance.now();
  let latencies_ms: number[] = [];
  let sent = 0;
  let stopped = false;
  const drive = async (line: HttpConnection) => {
    while (!stopped) {
      const due_ms = begun_ms + 1000 * sent++ / per_s;
      const early_ms = due_ms - performance.now();
      if (early_ms > 0) await sleep(early_ms);
      await line.execute(next());
      latencies_ms.push(performance.now() - due_ms);
    }
  };
  const driven = Promise.all(lines.map(drive));
  driven.catch(() => stopped = true);
  return {
    takeLatencies() {
      const reaped = Float64Array.from(latencies_ms).sort();
      latencies_ms = [];
      return reaped;
    },
    async stop() {
      stopped = true;
      try {
        await driven;
      } finally {
        for (const line of lines) line.close();
      }
    },
  };
}
