import { fileURLToPath } from "node:url";
import { sleep } from "../../src/time/sleep.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
/** The service stops within 10 s of SIGTERM. */
const STOP_TIMEOUT_MS = 12_000;

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
 * Starts a node and waits until it is ready.
 *
 * @param say receives its log lines, after its name
 * @throws {Error} with its output, when it ends before
 */
export async function startNode(
  name: string,
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<StartedNode> {
  const ready = Promise.withResolvers<string>();
  const lines: string[] = [];
  const onLine = (line: string) => {
    const url = line.match(/"url":"(http[^"]+)"/)?.[1];
    if (url !== undefined) ready.resolve(url);
    if (lines.length < 20) lines.push(line);
    say(`${name} ${line}`);
  };
  const own = { PORT: "0", HOST: "127.0.0.1", NODE_NAME: name };
  const process = new ChildProcess(
    Deno.execPath(),
    ["run", "-A", "--quiet", MAIN],
    { ...env, ...own },
    onLine,
  );
  void process.ended.then(() =>
    ready.reject(new Error(`${name} ended before it was ready:\n${lines.join("\n")}`))
  );
  return { process, url: await ready.promise };
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
