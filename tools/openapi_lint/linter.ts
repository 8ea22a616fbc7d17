/** Runs Redocly's linter, which has packages of its own. */

import { fileURLToPath } from "node:url";
import { runWithOwnPackages } from "../own_packages.ts";

const folder = fileURLToPath(new URL("linter/", import.meta.url));

/** A violation of a rule. */
export interface RuleViolation {
  readonly rule: string;
  /** The JSON pointer of the place: `#/paths/~1healthz/get`. */
  readonly pointer: string;
  readonly message: string;
}

/** Holds an OpenAPI document against Redocly's recommended rules. The linter may use no network. */
export async function lintOpenApi(document: string): Promise<RuleViolation[]> {
  return JSON.parse(
    await runWithOwnPackages(folder, ["run", "--no-prompt", "--allow-env", "--allow-read"], document),
  );
}
