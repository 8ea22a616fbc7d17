/**
 * `deno task teeth`: puts one deliberate defect after another into a copy of the project, and sees whether the
 * tests notice. A defect that none of them notices is a promise that nothing tests.
 */

import { parseArgs } from "node:util";
import { ROOT, WorkingCopy } from "./working_copy.ts";
import { applyMutant, type Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { firstFailure } from "./run.ts";

interface Bite {
  readonly defect: Mutant;
  /** The test that noticed; undefined when none did. */
  readonly noticed: string | undefined;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ args: Deno.args, options: { only: { type: "string" } } });
  const chosen = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0) {
    console.error(`There is no defect "${values.only}": ${MUTANTS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  await using copy = await WorkingCopy.create(ROOT);
  const watched_by = [...new Set(chosen.flatMap((defect) => defect.tests))];
  console.log(`Without any defect, ${watched_by.length} files of tests must pass...`);
  const unsound = await firstFailure(copy.path, watched_by);
  if (unsound !== undefined) {
    console.error(`They do not: ${unsound}`);
    return 2;
  }
  const bites: Bite[] = [];
  for (const [i, defect] of chosen.entries()) {
    const noticed = await bite(copy, defect);
    bites.push({ defect, noticed });
    console.log(`${i + 1}/${chosen.length} ${defect.name}: ${noticed ?? "NOT NOTICED"}`);
  }
  console.log(`\n${tableOf(bites)}\n`);
  const caught = bites.filter(({ noticed }) => noticed !== undefined).length;
  console.log(`${caught} of ${bites.length} defects were noticed.`);
  return caught === bites.length ? 0 : 1;
}

async function bite(copy: WorkingCopy, defect: Mutant): Promise<string | undefined> {
  const right = await copy.read(defect.file);
  await copy.write(defect.file, applyMutant(defect, right));
  try {
    return await firstFailure(copy.path, defect.tests);
  } finally {
    await copy.write(defect.file, right);
  }
}

function tableOf(bites: readonly Bite[]): string {
  const rows = bites.map(({ defect, noticed }) =>
    `| ${defect.name} | ${defect.harm} | ${noticed ?? "**nothing**"} |`
  );
  return ["| defect | what would happen | noticed by |", "| --- | --- | --- |", ...rows].join("\n");
}

if (import.meta.main) Deno.exitCode = await main();
