/** The longest run. A longer one hangs, which counts as a failure. */
const TIMEOUT_MS = 5 * 60_000;

/**
 * Runs tests until the first one fails.
 *
 * @returns the name and file of the failed test, or another reason for the failure; undefined when all passed
 */
export async function firstFailure(root: string, files: readonly string[]): Promise<string | undefined> {
  const { success, code, text } = await runTests(root, files);
  if (success) return undefined;
  // The line of a test step is indented.
  const failed = text.match(/^ *(.+?) \.\.\.(?: \(.*\))? FAILED/m);
  if (failed !== null) {
    return `"${failed[1]}", ${runningFileAt(text, failed.index!) ?? files.join(" ")}`;
  }
  if (code === TIMED_OUT) return `the tests timed out, ${files.join(" ")}`;
  return `the test run stopped (${text.match(/^error: (.+)$/m)?.[1] ?? `exit code ${code}`}), ${
    files.join(" ")
  }`;
}

const TIMED_OUT = 124;

async function runTests(root: string, files: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", ...files],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let timed_out = false;
  const timer = setTimeout(() => {
    timed_out = true;
    child.kill("SIGTERM");
  }, TIMEOUT_MS);
  const { success, code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return { success, code: timed_out ? TIMED_OUT : code, text };
}

/** Returns the test file that was running at an index of the output. */
function runningFileAt(text: string, at: number): string | undefined {
  return [...text.slice(0, at).matchAll(/^running \d+ tests? from \.\/(\S+)/gm)].at(-1)?.[1];
}
