/** A run that takes longer hangs, which nobody would overlook either. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Runs tests until the first one fails.
 *
 * @returns the name and the file of the test that failed, or what else went wrong; undefined when all passed
 */
export async function firstFailure(root: string, files: readonly string[]): Promise<string | undefined> {
  const { success, code, text } = await testsIn(root, files);
  if (success) return undefined;
  // Of a step the line is indented.
  const failed = text.match(/^ *(.+?) \.\.\.(?: \(.*\))? FAILED/m);
  if (failed !== null) {
    return `"${failed[1]}", ${fileAbove(text, failed.index!) ?? files.join(" ")}`;
  }
  if (code === TIMED_OUT) return `the tests came to no end, ${files.join(" ")}`;
  return `the tests broke off (${text.match(/^error: (.+)$/m)?.[1] ?? `exit code ${code}`}), ${
    files.join(" ")
  }`;
}

const TIMED_OUT = 124;

async function testsIn(root: string, files: readonly string[]) {
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
  }, PATIENCE_MS);
  const { success, code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return { success, code: timed_out ? TIMED_OUT : code, text };
}

/** The file whose tests were running at a place of the output. */
function fileAbove(text: string, at: number): string | undefined {
  return [...text.slice(0, at).matchAll(/^running \d+ tests? from \.\/(\S+)/gm)].at(-1)?.[1];
}
