import type { Defect } from "./mutant.ts";
import { DEFECTS_OF_KEEPING } from "./mutants_storage.ts";
import { DEFECTS_OF_RULES } from "./mutants_domain.ts";
import { DEFECTS_OF_THE_EDGE } from "./mutants_http.ts";

/** Every defect, each of which the tests must notice. */
export const DEFECTS: readonly Defect[] = [
  ...DEFECTS_OF_RULES,
  ...DEFECTS_OF_KEEPING,
  ...DEFECTS_OF_THE_EDGE,
];
