/**
 * Compares where webhooks are verified and read: on the main thread, or on a worker thread that posts the events back.
 * Prints the processor time of the main thread for each webhook, which limits the service, and of the whole process.
 *
 *     deno run -A tools/bench/worker_thread.ts [ROUNDS]
 *
 * Linux only. It takes about two minutes.
 */

import { sign, verifySignature } from "../../src/whatsapp/signature.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";
import { EventStream } from "./mixes.ts";
import { cpuTimeOf, threadCpuTimeOf } from "./processes.ts";
import { median } from "./report.ts";
import { webhooksOf } from "./requests.ts";

const SECRET = "a secret";
const ROUNDS = 7;
/** Messages of one round, in webhooks of one or of fifty. */
const MESSAGES = 60_000;
/** Webhooks under way at once. */
const IN_FLIGHT = 256;

/** A signed webhook. */
interface Signed {
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly signature: string;
}

/** Verifies and reads a webhook, as the service does. */
function read({ raw, signature }: Signed): unknown {
  if (!verifySignature(raw, signature, [SECRET])) throw new Error("the signature is wrong");
  return readWebhook(JSON.parse(new TextDecoder().decode(raw))).events;
}

interface CpuTimes {
  readonly main_us: number;
  readonly process_us: number;
}

async function main(): Promise<void> {
  const rounds = Number(Deno.args[0] ?? ROUNDS);
  const worker = new Worker(import.meta.url, { type: "module" });
  console.log("| messages a webhook | thread | main thread, µs | whole process, µs |");
  console.log("| ---: | --- | ---: | ---: |");
  for (const messages_each of [1, 50]) {
    const runs = { main: [] as CpuTimes[], worker: [] as CpuTimes[] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const webhooks = signedWebhooks(messages_each, MESSAGES / messages_each);
      const on_main = await timesOf(webhooks, (each) => Promise.resolve(read(each)));
      const on_worker = await timesOf(webhooks, (each) => readBy(worker, each));
      if (round === 0) continue;
      runs.main.push(on_main);
      runs.worker.push(on_worker);
    }
    for (const [thread, times] of Object.entries(runs)) {
      const cells = (["main_us", "process_us"] as const).map((part) =>
        median(times.map((each) => each[part])).toFixed(1)
      );
      console.log(`| ${[messages_each, thread, ...cells].join(" | ")} |`);
    }
  }
  worker.terminate();
}

function signedWebhooks(messages_each: number, count: number): Signed[] {
  const stream = webhooksOf(new EventStream("conversation", 0, nowSeconds), messages_each, SECRET);
  return Array.from({ length: count }, () => {
    const raw = Uint8Array.from(stream.next().body);
    return { raw, signature: sign(raw, SECRET) };
  });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Returns the processor times of a webhook, in µs. */
async function timesOf(
  webhooks: readonly Signed[],
  readOne: (webhook: Signed) => Promise<unknown>,
): Promise<CpuTimes> {
  const before = cpuTimes();
  let next = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (next < webhooks.length) await readOne(webhooks[next++]!);
  }));
  const after = cpuTimes();
  const each = (from_ms: number, to_ms: number) => 1000 * (to_ms - from_ms) / webhooks.length;
  return {
    main_us: each(before.main_ms, after.main_ms),
    process_us: each(before.process_ms, after.process_ms),
  };
}

function cpuTimes(): { readonly main_ms: number; readonly process_ms: number } {
  return { main_ms: threadCpuTimeOf(Deno.pid)!, process_ms: cpuTimeOf(Deno.pid)! };
}

const waiting: ((events: unknown) => void)[] = [];

/** Sends a copy of a webhook to the worker. The worker answers in the order of arrival. */
function readBy(worker: Worker, { raw, signature }: Signed): Promise<unknown> {
  worker.onmessage ??= ({ data }) => waiting.shift()!(data);
  const copy = raw.slice();
  return new Promise((resolve) => {
    waiting.push(resolve);
    worker.postMessage({ raw: copy, signature }, [copy.buffer]);
  });
}

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<Signed>) => void;
  postMessage(data: unknown): void;
};
if ("WorkerGlobalScope" in globalThis) thread.onmessage = ({ data }) => thread.postMessage(read(data));
else if (import.meta.main) await main();
