/** `deno task audit`: see README.md in this folder. */

import { withSecretFiles } from "../../src/config/secret_files.ts";
import { USAGE_ERROR, UsageError } from "../command_line.ts";
import { audit } from "./audit.ts";
import { Progress, type Screen } from "./progress.ts";
import { readSettings, USAGE } from "./settings.ts";

const AGREES = 0;
const DIFFERS = 1;
const FAILED = 2;

/**
 * Audits the companies that the command line and the environment name.
 *
 * @returns the exit code: 0 when everything agrees, 1 when anything differs, 2 when the audit could not run
 */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  screen: Screen,
): Promise<number> {
  const progress = new Progress(screen);
  try {
    const settings = await readSettings(args, withSecretFiles(env));
    if (settings === undefined) {
      screen.line(USAGE);
      return AGREES;
    }
    const report = await audit(settings, progress);
    progress.finish(report);
    if (report.service_unreachable) {
      const unreachable = `${settings.service!.url} does not answer: live balances were not compared`;
      if (settings.service_required) throw new Error(unreachable);
      screen.line(`note: ${unreachable}`);
    }
    return progress.differences === 0 ? AGREES : DIFFERS;
  } catch (error) {
    if (error instanceof UsageError) {
      screen.line(error.message);
      return USAGE_ERROR;
    }
    screen.line(`The audit could not run: ${reasonOf(error)}`);
    return FAILED;
  }
}

/** Returns the message of an error; for a connection refused at several addresses, the messages of all. */
function reasonOf(error: unknown): string {
  const { message, errors } = error as AggregateError;
  return message || (errors ?? []).map(reasonOf).join("; ") || String(error);
}

if (import.meta.main) {
  const encoder = new TextEncoder();
  Deno.exitCode = await main(Deno.args, Deno.env.toObject(), {
    line: (text) => console.log(text),
    progress: (text) => Deno.stderr.writeSync(encoder.encode(text)),
    is_terminal: Deno.stderr.isTerminal(),
  });
}
