import { fileURLToPath } from "node:url";
import { sleep } from "../../src/time/sleep.ts";
import { freePort } from "../free_port.ts";
import { isReady } from "./ready_nodes.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
/** The service stops within 10 s of SIGTERM. */
const STOP_TIMEOUT_MS = 12_000;
const READY_POLL_MS = 100;

/** In the log lines of questions whether a node is ready, which the balancer asks twice a second: they are not shown. */
const READINESS_CHECK = '"route":"/readyz"';

/** A program that this tool has started. */
export class ChildProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output_end: Promise<void>;

  /** @param onLine receives each line of its output */
  constructor(
    program: string,
    args: string[],
    env: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
  ) {
    const options = { args, env, stdin: "null" as const, stdout: "piped" as const, stderr: "piped" as const };
    this.#child = new Deno.Command(program, options).spawn();
    const { stdout, stderr } = this.#child;
    this.#output_end = Promise.all([stdout, stderr].map((stream) => readLines(stream, onLine))).then(
      () => {},
    );
  }

  /** The id of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when the program has ended. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Ends the program: by SIGTERM, and by SIGKILL if it takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = new AbortController();
    this.#kill("SIGTERM");
    void sleep(STOP_TIMEOUT_MS, late.signal).then(() => late.signal.aborted || this.#kill("SIGKILL"));
    await this.#child.status;
    late.abort();
    await this.#output_end;
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
  }
}

/** A node, and the URL that it is reached at. */
export interface StartedNode {
  readonly process: ChildProcess;
  readonly url: string;
}

/**
 * Starts a node and waits until it is ready. It asks the node itself: at some levels the log does not say so.
 *
 * @param say receives its log lines, after its name
 * @throws {Error} with its output, when it ends before
 */
export async function startNode(
  name: string,
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<StartedNode> {
  const port = String(freePort());
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  const onLine = (line: string) => {
    if (line.includes(READINESS_CHECK)) return;
    if (lines.length < 20) lines.push(line);
    say(`${name} ${line}`);
  };
  const own = { PORT: port, HOST: "127.0.0.1", NODE_NAME: name };
  const process = new ChildProcess(
    Deno.execPath(),
    ["run", "-A", "--quiet", MAIN],
    { ...env, ...own },
    onLine,
  );
  let has_ended = false;
  void process.ended.then(() => has_ended = true);
  while (!await isReady(url)) {
    if (has_ended) throw new Error(`${name} ended before it was ready:\n${lines.join("\n")}`);
    await sleep(READY_POLL_MS);
  }
  return { process, url };
}

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  }
}
