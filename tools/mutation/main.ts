/**
 * `deno task mutate`: puts one mutant after another into a copy of the project and runs the tests that must fail. A
 * surviving mutant shows a guarantee without a test.
 */

import { runTool, USAGE_ERROR, UsageError, type Values } from "../command_line.ts";
import { ROOT, WorkingCopy } from "./working_copy.ts";
import { applyMutant, type Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { firstFailure } from "./run.ts";

const USAGE = `deno task mutate [--only NAMES]

  --only NAMES  run these mutants only, separated by commas
  --help        print this text

Exit codes: 0 every mutant was killed; 1 a mutant survived; 2 the command line does not fit, or tests fail without
any mutant.`;

const OPTIONS = { only: { type: "string" } } as const;

interface MutantResult {
  readonly mutant: Mutant;
  /** The first test that failed; undefined when the mutant survived. */
  readonly killed_by: string | undefined;
}

async function run({ only }: Values<typeof OPTIONS>): Promise<number> {
  const names = only?.split(",");
  const unknown = names?.find((wanted) => MUTANTS.every(({ name }) => name !== wanted));
  if (unknown !== undefined) {
    const all = MUTANTS.map(({ name }) => name).join(", ");
    throw new UsageError(`There is no mutant "${unknown}". Mutants: ${all}.`);
  }
  const chosen = MUTANTS.filter(({ name }) => names?.includes(name) ?? true);
  await using copy = await WorkingCopy.create(ROOT);
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  console.log(`Running the tests without a mutant (files: ${tests.length}) ...`);
  const failure = await firstFailure(copy.path, tests);
  if (failure !== undefined) {
    console.error(`They fail without a mutant: ${failure}. Fix the tests first.`);
    return USAGE_ERROR;
  }
  const results: MutantResult[] = [];
  for (const [i, mutant] of chosen.entries()) {
    const killed_by = await runMutant(copy, mutant);
    results.push({ mutant, killed_by });
    console.log(`${i + 1}/${chosen.length} ${mutant.name}: ${killed_by ?? "SURVIVED"}`);
  }
  console.log(`\n${formatResults(results)}\n`);
  const killed = results.filter(({ killed_by }) => killed_by !== undefined).length;
  console.log(`${killed} of ${results.length} mutants were killed.`);
  return killed === results.length ? 0 : 1;
}

async function runMutant(copy: WorkingCopy, mutant: Mutant): Promise<string | undefined> {
  const text = await copy.read(mutant.file);
  await copy.write(mutant.file, applyMutant(mutant, text));
  try {
    return await firstFailure(copy.path, mutant.tests);
  } finally {
    await copy.write(mutant.file, text);
  }
}

function formatResults(results: readonly MutantResult[]): string {
  const rows = results.map(({ mutant, killed_by }) =>
    `| ${mutant.name} | ${mutant.harm} | ${killed_by ?? "**none**"} |`
  );
  return ["| mutant | harm | killed by |", "| --- | --- | --- |", ...rows].join("\n");
}

if (import.meta.main) Deno.exitCode = await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args);
