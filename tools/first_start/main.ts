/** `deno task first-start`: measures what the first start on a machine downloads, and shows what it says meanwhile. */

import { fileURLToPath } from "node:url";
import { runTool } from "../command_line.ts";
import { CountingProxy } from "./counting_proxy.ts";

const USAGE = `deno task first-start

Runs the command of the README's quickstart with empty caches, as on a new machine, until its companies are ready. Prints
its output with the time of each line, and the bytes that it downloaded. It needs Node.js and the network.

  --help  print this text

Exit codes: 0 at most 160 MB were downloaded; 1 more, or the demo did not become ready; 2 the command line does not fit.`;

/** The most that a first start may download. */
const DOWNLOAD_BYTES_MAX = 160e6;
/** The line that the demo prints when it can be used. */
const READY = "The companies are ready";
/** Variables that the start needs of this machine; certificates where the network has an authority of its own. */
const PASSED_ON = ["PATH", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: {}, run }, Deno.args));

/** @returns the exit code */
async function run(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "poli-credits-first-start-" });
  // Postgres runs as an account of its own under root, which must reach its folder.
  await Deno.chmod(folder, 0o711);
  try {
    await using proxy = new CountingProxy();
    const is_ready = await startDemo(folder, proxy.url);
    const total = proxy.received.values().reduce((sum, bytes) => sum + bytes, 0);
    for (const [host, bytes] of proxy.received) console.log(`${megabytes(bytes)} from ${host}`);
    console.log(`${megabytes(total)} in all; at most ${megabytes(DOWNLOAD_BYTES_MAX)} are allowed.`);
    if (!is_ready) console.log("The demo ended before it was ready.");
    return is_ready && total <= DOWNLOAD_BYTES_MAX ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the quickstart until it is ready, and stops it. @returns whether it became ready */
async function startDemo(folder: string, proxy_url: string): Promise<boolean> {
  const passed_on = Object.fromEntries(PASSED_ON.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
  const begun_ms = performance.now();
  const child = new Deno.Command("npx", {
    args: ["--yes", `deno@${Deno.version.deno}`, "task", "demo"],
    cwd: PROJECT,
    clearEnv: true,
    env: {
      ...passed_on,
      HOME: folder,
      DATA_DIR: `${folder}/data`,
      PORT: "0",
      NO_COLOR: "1",
      HTTPS_PROXY: proxy_url,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A process group of its own: npx passes no signal on.
    detached: true,
  }).spawn();
  const ready = Promise.withResolvers<boolean>();
  const show = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stream) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        console.log(`${((performance.now() - begun_ms) / 1_000).toFixed(1).padStart(5)} s  ${line}`);
        if (line.includes(READY)) ready.resolve(true);
      }
    }
  };
  const shown = Promise.all([show(child.stdout), show(child.stderr)]);
  void child.status.then(() => ready.resolve(false));
  const is_ready = await ready.promise;
  if (is_ready) Deno.kill(-child.pid, "SIGINT");
  await shown;
  await child.status;
  return is_ready;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
