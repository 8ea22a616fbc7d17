/** Prometheus's own tool, which checks metrics, expressions and rules. Debian's package `prometheus` has it. */

import assert from "node:assert/strict";

const IS_MISSING = await run(["--version"]).then(() => false, (error: unknown) => {
  if (error instanceof Deno.errors.NotFound) return true;
  throw error;
});

/** Adds a test that needs `promtool`. Without it the test is skipped and says so, but never in CI. */
export function promtoolTest(name: string, test: () => Promise<void>): void {
  const ignore = IS_MISSING && Deno.env.get("CI") === undefined;
  const title = ignore ? `${name} (skipped without promtool: apt-get install prometheus)` : name;
  Deno.test(title, { ignore }, test);
}

/**
 * Runs `promtool`.
 *
 * @returns what it prints
 * @throws {AssertionError} with its output, when it finds a fault
 */
export async function promtool(args: readonly string[], input = ""): Promise<string> {
  const { success, output } = await run(args, input);
  assert.ok(success, `promtool ${args.join(" ")}:\n${output}`);
  return output;
}

async function run(args: readonly string[], input = "") {
  const child = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A tool that ends before it has read everything says why on its standard error.
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
}
