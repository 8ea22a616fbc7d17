import type { Mutant } from "./mutant.ts";
import { STORAGE_MUTANTS } from "./mutants_storage.ts";
import { DOMAIN_MUTANTS } from "./mutants_domain.ts";
import { HTTP_MUTANTS } from "./mutants_http.ts";

/** All mutants. The tests must kill each of them. */
export const MUTANTS: readonly Mutant[] = [...DOMAIN_MUTANTS, ...STORAGE_MUTANTS, ...HTTP_MUTANTS];
