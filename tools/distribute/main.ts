/** `deno task distribute`: turns a database into a distributed one. */

import { DatabaseError } from "../../src/postgres/database_error.ts";
import { runTool, UsageError } from "../command_line.ts";
import { distribute } from "./distribute.ts";

const USAGE = `DATABASE_URL=postgres://… deno task distribute [--dry-run]

Distributes the tables of a database over the workers of a Citus cluster. DATABASE_URL names the coordinator and the owner
of the database. Stop the service first. Tables that are in place are skipped, so a run that stopped can be repeated.

  --dry-run   check, and print what would be done
  --help      print this text

Exit codes: 0 every table is in place; 1 a check or a move failed; 2 the command line does not fit.`;

const OPTIONS = { "dry-run": { type: "boolean", default: false } } as const;

/** Runs the tool. @returns the exit code */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<number> {
  return await runTool({
    usage: USAGE,
    options: OPTIONS,
    run: async ({ "dry-run": dry_run }) => {
      const url = env["DATABASE_URL"];
      if (url === undefined) {
        throw new UsageError("DATABASE_URL is not set: name the coordinator's database.");
      }
      try {
        const moved = await distribute({ url, dry_run, print });
        print(
          moved === 0
            ? "Every table is in place."
            : `${moved} tables ${dry_run ? "would be" : "were"} distributed.`,
        );
        return 0;
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        print(error.message);
        return 1;
      }
    },
  }, args);
}

if (import.meta.main) Deno.exit(await main(Deno.args, Deno.env.toObject(), console.log));
