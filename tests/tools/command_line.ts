/** Runs a tool as a process, to test its command line. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The exit code and output of a tool. */
export interface ToolOutput {
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool to its end. The path is relative to the project's root. */
export async function runTool(path: string, ...args: string[]): Promise<ToolOutput> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { exit_code: code, stdout: text(stdout), stderr: text(stderr) };
}

/** Asserts that `--help` prints the usage, and that an unknown option is one clear line and exit code 2. */
export async function assertCommandLine(path: string, task: string): Promise<void> {
  const help = await runTool(path, "--help");
  assert.equal(help.exit_code, 0, help.stderr);
  assert.ok(help.stdout.startsWith(`deno task ${task}`), help.stdout);
  assert.match(help.stdout, /Exit codes: 0/);
  const unknown = await runTool(path, "--no-such-option");
  assert.equal(unknown.exit_code, 2, unknown.stderr);
  assert.equal(unknown.stdout, "");
  assert.equal(
    unknown.stderr,
    "Unknown option '--no-such-option'. Run it with --help to list the options.\n",
  );
}
