/**
 * Asks the npm registry for known vulnerabilities of every package, those of single tools included
 * (`deno task vulnerabilities`). CI runs it before the tests.
 */

import { fileURLToPath } from "node:url";
import { numberAtLeast, runTool, type Values } from "../command_line.ts";
import { lockFiles } from "../dependencies/lock_files.ts";

const USAGE = `deno task vulnerabilities [--required] [--wait SECONDS]

Asks the npm registry, through \`deno audit\`, for known vulnerabilities of the packages of each lock file. Those of high
and critical severity are printed and fail; others are counted.

  --required   fail also when the registry does not answer; without it a note is printed
  --wait       how long to wait for the registry, for each lock file; by default 60
  --help       print this text

Exit codes: 0 none is known, or the registry does not answer; 1 a package has a known vulnerability of high or critical
severity, or with --required the registry does not answer; 2 the command line does not fit.`;

const OPTIONS = {
  required: { type: "boolean", default: false },
  wait: { type: "string", default: "60" },
} as const;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the registry said about the packages of a lock file. */
interface Audit {
  readonly lock: string;
  readonly outcome: "none" | "vulnerable" | "no answer";
  /** The report, or why there is none. */
  readonly text: string;
}

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

async function run({ required, wait }: Values<typeof OPTIONS>): Promise<number> {
  const wait_ms = numberAtLeast("wait", wait, 1) * 1_000;
  const audits = await Promise.all((await lockFiles()).map((lock) => auditLock(lock, wait_ms)));
  for (const { lock, text } of audits) console.log(`${lock}: ${text}`);
  const outcomes = new Set(audits.map(({ outcome }) => outcome));
  return outcomes.has("vulnerable") || required && outcomes.has("no answer") ? 1 : 0;
}

/** Asks about the packages of one lock file. */
async function auditLock(lock: string, wait_ms: number): Promise<Audit> {
  const args = ["audit", "--level=high", "--ignore-registry-errors", "--frozen", "--lock", lock];
  const signal = AbortSignal.timeout(wait_ms);
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, env: { NO_COLOR: "1" }, signal });
  const { code, stdout, stderr } = await command.output();
  const [report, problem] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (signal.aborted) {
    return { lock, outcome: "no answer", text: `the registry did not answer within ${wait_ms} ms` };
  }
  if (code === 0 && problem === "") return { lock, outcome: "none", text: report! };
  if (code === 0) return { lock, outcome: "no answer", text: `not checked. ${problem}` };
  return { lock, outcome: "vulnerable", text: `${report}\n${problem}`.trim() };
}
