import { HttpConnection, type Target } from "./load.ts";
import { sleep } from "../../src/time/sleep.ts";

/** A load at a fixed rate, with its latencies. */
export interface PacedLoad {
  /** Returns the latencies since the last call, from the time each request was due, ascending. */
  takeLatencies(): Float64Array;
  /**
   * Stops sending and waits for requests under way.
   *
   * @throws {UnexpectedStatus} when a request was not answered 200
   */
  stop(): Promise<void>;
}

/**
 * Sends requests at a fixed rate. The wait for a free connection counts as latency.
 *
 * @param next returns the bytes of the next request
 */
export async function startPacedLoad(
  target: Target,
  next: () => Uint8Array,
  { per_s, connections }: { readonly per_s: number; readonly connections: number },
): Promise<PacedLoad> {
  const lines = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(target)));
  const started_ms = performance.now();
  let latencies_ms: number[] = [];
  let sent = 0;
  let stopped = false;
  const drive = async (line: HttpConnection) => {
    while (!stopped) {
      const due_ms = started_ms + 1000 * sent++ / per_s;
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
