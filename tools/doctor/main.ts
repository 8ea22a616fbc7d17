/** `deno task doctor`: checks an environment, and says what to do. */

import { runTool } from "../command_line.ts";
import { examine, secretsIn, thisMachine } from "./doctor.ts";
import { asJson, asText, isHealthy, masked } from "./report.ts";

const USAGE = `deno task doctor [--json]

Checks the environment that the service would start with: variables, secrets, memory, open files, disk, Postgres with its
settings, roles, grants and migrations, clocks, the test clock, zone data, NATS, the port and the public URL. It
changes nothing, and prints no secret. Run it as the service's user, with the service's variables.

  --json   print the findings as JSON
  --help   print this text

Exit codes: 0 nothing has to be mended, warnings included; 1 something has; 2 the command line does not fit.`;

const OPTIONS = { json: { type: "boolean", default: false } } as const;

/** Runs the doctor. @returns the exit code */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
): Promise<number> {
  return await runTool({
    usage: USAGE,
    options: OPTIONS,
    run: async ({ json }) => {
      const findings = await examine(env, thisMachine());
      print(masked(json ? asJson(findings) : asText(findings), secretsIn(env)));
      return isHealthy(findings) ? 0 : 1;
    },
  }, args);
}

if (import.meta.main) Deno.exit(await main(Deno.args, Deno.env.toObject(), console.log));
