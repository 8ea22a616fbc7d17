import type { Defect } from "./defect.ts";
import { DEFECTS_OF_KEEPING } from "./defects_of_keeping.ts";
import { DEFECTS_OF_RULES } from "./defects_of_rules.ts";
import { DEFECTS_OF_THE_EDGE } from "./defects_of_the_edge.ts";

/** Every defect, each of which the tests must notice. */
export const DEFECTS: readonly Defect[] = [
  ...DEFECTS_OF_RULES,
  ...DEFECTS_OF_KEEPING,
  ...DEFECTS_OF_THE_EDGE,
];
