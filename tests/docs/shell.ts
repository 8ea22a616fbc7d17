/** Runs the blocks of documents in one shell, as a reader does who pastes them into terminals. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sleep } from "../../src/time/sleep.ts";
import { freePort } from "../../tools/free_port.ts";
import { seedCluster } from "../support/database.ts";
import { stopAndRemove } from "../support/database_warden.ts";
import { readLines } from "../support/service.ts";
import { ROOT } from "../support/source_files.ts";
import { jsonDifference, textDifference } from "./answers.ts";
import { type Block, placeOf } from "./blocks.ts";

/** Commands that do not end by themselves: they run beside the others until the session ends. */
const ENDLESS = /\btask start$|^curl -N |^node \S+\.mjs$/m;
const STARTS_SERVICE = /\btask start$/;
/** The exit code of curl for an answer of 400 or more, by `fail-with-body`. */
const CURL_REFUSED = 22;
/** The time limit for everything that a session waits for. */
const WAIT_MS = 60_000;
const POLL_MS = 20;

/** A shell in a folder of its own, with a port for the service and one for a program of the reader. */
export class DocumentShell implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #port = freePort();
  readonly #receiver_port = freePort();
  /** Resolves with the exit code of the block that runs. */
  #ended = Promise.withResolvers<number>();
  readonly #output_end: Promise<void>;
  #blocks = 0;
  /** The last command, whose answer a document shows next. */
  #last: Command | undefined;
  readonly #endless: Command[] = [];
  /** Answers of commands that still run: they are compared when the session ends. */
  readonly #shown_later: (() => Promise<void>)[] = [];

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    const kept = ["HOME", "PATH", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"];
    const inherited = kept.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#child = new Deno.Command("bash", {
      args: ["--noprofile", "--norc"],
      cwd: folder,
      clearEnv: true,
      env: {
        ...Object.fromEntries(inherited),
        PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
        CURL_HOME: folder,
        HOST: "127.0.0.1",
        PORT: String(this.#port),
        NO_COLOR: "1",
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    const onLine = (line: string) => {
      if (line !== "") this.#ended.resolve(Number(line));
    };
    this.#output_end = readLines(this.#child.stdout, onLine).then(() => this.#ended.resolve(-1));
  }

  /**
   * Starts a shell. The services that it starts need no `initdb`.
   *
   * @param env variables beside those of every session
   */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<DocumentShell> {
    const folder = await Deno.makeTempDir({ prefix: "poli-credits-docs-" });
    await Deno.chmod(folder, 0o711);
    for (const data of ["data", "data/test"]) {
      await Deno.mkdir(join(folder, data, "postgres"), { recursive: true, mode: 0o711 });
      await seedCluster(join(folder, data, "postgres"));
    }
    await Deno.mkdir(join(folder, "bin"));
    for (const [name, script] of Object.entries(PROGRAMS)) {
      await Deno.writeTextFile(join(folder, "bin", name), script, { mode: 0o755 });
    }
    await Deno.writeTextFile(join(folder, ".curlrc"), "silent\nshow-error\nfail-with-body\n");
    const shell = new DocumentShell(folder, env);
    await shell.#send(CLEAN_UP);
    return shell;
  }

  /**
   * Runs a command, writes a file, or compares an answer with that of the command before.
   *
   * @param next the block after it: a command whose answer is shown as an error is refused
   * @throws {assert.AssertionError} with the place of the block and what it printed
   */
  async take(block: Block, next?: Block): Promise<void> {
    if (block.language === "sh") return await this.#run(block, next !== undefined && isError(next));
    if (block.file !== undefined) {
      return await Deno.writeTextFile(join(this.#folder, block.file), this.#localised(block));
    }
    assert.ok(this.#last !== undefined, `${placeOf(block)}: no command stands before this answer`);
    const named = this.#endless.find(({ block: { code } }) => block.lead.includes(`\`${code}\``));
    if (named !== undefined) {
      return await this.#eventually(block, named.number, () => this.#fault(block, named));
    }
    if (!this.#last.endless) return await this.#compare(block, this.#last);
    const { number } = this.#last;
    const last = this.#last;
    this.#shown_later.push(() => this.#eventually(block, number, () => this.#fault(block, last)));
  }

  /** Compares what the commands that did not end have printed. */
  async finish(): Promise<void> {
    for (const compare of this.#shown_later) await compare();
  }

  async #run(block: Block, refused: boolean): Promise<void> {
    const number = this.#blocks++;
    const [endless, starts] = [ENDLESS.test(block.code), STARTS_SERVICE.test(block.code)];
    this.#last = { block, number, endless };
    if (endless) this.#endless.push(this.#last);
    const file = join(this.#folder, `block-${number}.sh`);
    await Deno.writeTextFile(file, `${this.#localised(block)}\n`);
    this.#ended = Promise.withResolvers();
    const command = `. ${file} >${file}.out 2>${file}.err`;
    // Who starts the service again has stopped it before.
    if (starts || /\bstop the service\b/.test(block.lead)) await this.#send("stop_service");
    await this.#send(
      endless ? `{ ${command}; } & ${starts ? "service=$!; " : ""}echo 0` : `${command}; echo $?`,
    );
    const code = await this.#ended.promise;
    const expected = refused ? CURL_REFUSED : 0;
    if (code !== expected) {
      assert.fail(
        `${placeOf(block)} ended with ${code}, and not ${expected}:\n${block.code}\n${await this.#printed(
          number,
        )}`,
      );
    }
    if (starts) await this.#untilReady(block, number);
    else if (/^node /.test(block.code)) await this.#untilListening(block, number);
    else if (endless) await this.#untilPrinted(block, number);
  }

  async #untilReady(block: Block, number: number): Promise<void> {
    const url = `http://127.0.0.1:${this.#port}/readyz`;
    const isReady = async () => {
      const response = await fetch(url).catch(() => undefined);
      await response?.body?.cancel();
      return response?.ok ? undefined : "the service is not ready";
    };
    await this.#eventually(block, number, isReady);
  }

  async #untilPrinted(block: Block, number: number): Promise<void> {
    const isSilent = async () => await this.#read(number, "out") === "" ? "nothing was printed" : undefined;
    await this.#eventually(block, number, isSilent);
  }

  async #untilListening(block: Block, number: number): Promise<void> {
    await this.#eventually(block, number, async () => {
      const connection = await Deno.connect({ hostname: "localhost", port: this.#receiver_port })
        .catch(() => undefined);
      connection?.close();
      return connection === undefined ? "the program does not listen" : undefined;
    });
  }

  async #compare(block: Block, command: Command): Promise<void> {
    const fault = await this.#fault(block, command);
    if (fault !== undefined) {
      assert.fail(`${placeOf(block)}: ${fault}\n${await this.#printed(command.number)}`);
    }
  }

  /** Returns what the command has not printed as shown; undefined if it has. */
  async #fault(block: Block, { number }: Command): Promise<string | undefined> {
    const shown = this.#localised(block);
    const printed = await this.#read(number, "out");
    if (block.language === "text") return textDifference(shown, printed);
    try {
      return jsonDifference(JSON.parse(shown), JSON.parse(printed));
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Waits until nothing is wrong any more. */
  async #eventually(block: Block, number: number, fault: () => Promise<string | undefined>): Promise<void> {
    const begun_ms = performance.now();
    for (;;) {
      const found = await fault();
      if (found === undefined) return;
      if (performance.now() - begun_ms > WAIT_MS) {
        assert.fail(`${placeOf(block)}: ${found}\n${await this.#printed(number)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Returns the text of a block with the ports of this session. */
  #localised({ code }: Block): string {
    return code.replaceAll("localhost:8000", `localhost:${this.#port}`)
      .replaceAll(/\b9000\b/g, String(this.#receiver_port));
  }

  async #printed(number: number): Promise<string> {
    return `${await this.#read(number, "out")}\n${await this.#read(number, "err")}`;
  }

  async #read(number: number, stream: "out" | "err"): Promise<string> {
    return await Deno.readTextFile(join(this.#folder, `block-${number}.sh.${stream}`)).catch(() => "");
  }

  async #send(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${text}\n`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output_end;
    await this.#child.status;
    await stopAndRemove(this.#folder);
  }
}

/** Whether a block shows the answer of a refused call. */
function isError({ language, code }: Block): boolean {
  return language === "json" && /"status": [45]\d\d\b/.test(code);
}

/** A command that was run. */
interface Command {
  readonly block: Block;
  readonly number: number;
  /** Whether it still runs. */
  readonly endless: boolean;
}

/** Ends every program that the blocks have left running, when the shell ends: `task start` passes the signal on. */
const CLEAN_UP = `
stop_service() {
  [ -z "$service" ] || { kill $(ps -o pid= --ppid "$service"); wait "$service"; service=; }
}
end_all() {
  for job in $(jobs -p); do kill $(ps -o pid= --ppid "$job") 2>/dev/null; done
  wait
}
trap end_all EXIT`;

/** The programs of the session: the Deno that runs the tests, at the version that the documents name. */
const PROGRAMS: Readonly<Record<string, string>> = {
  deno: `#!/bin/sh
export DATA_DIR="$(realpath -m "\${DATA_DIR:-./data}")"
cd "${fileURLToPath(ROOT)}"
exec "${Deno.execPath()}" "$@"
`,
  npx: `#!/bin/sh
[ "$1 $2" = "--yes deno@${Deno.version.deno}" ] || { echo "not known here: npx $*" >&2; exit 64; }
shift 2
exec deno "$@"
`,
};
