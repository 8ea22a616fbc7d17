import { ConfigError } from "./config_error.ts";

/** Variables whose value can stand in a file that `NAME_FILE` names, as Docker and Kubernetes provide secrets. */
export const IN_FILES = [
  "DATABASE_URL",
  "META_APP_SECRET",
  "META_VERIFY_TOKEN",
  "ADMIN_KEY",
  "NATS_URL",
] as const;

/** Returns the name of the variable that names the file of another one. */
export function fileVariable<Name extends string>(name: Name): `${Name}_FILE` {
  return `${name}_FILE`;
}

/**
 * Replaces each `NAME_FILE` of {@link IN_FILES} by `NAME` with the content of the file. Line breaks at its end do not
 * belong to the value.
 *
 * @throws {ConfigError} when a variable and its file are both set, or a file cannot be read or is empty
 */
export function withSecretFiles(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const result = { ...env };
  const faults: string[] = [];
  for (const name of IN_FILES) {
    const path = env[fileVariable(name)];
    delete result[fileVariable(name)];
    if (!path) continue;
    try {
      if (env[name]) throw new Error(`${name} is set too: unset one of the two`);
      const value = Deno.readTextFileSync(path).replace(/[\r\n]+$/, "");
      if (value === "") throw new Error(`${path} is empty: write the value of ${name} into it`);
      result[name] = value;
    } catch (error) {
      faults.push(`${fileVariable(name)}: ${(error as Error).message}`);
    }
  }
  if (faults.length === 0) return result;
  throw new ConfigError(`invalid environment:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

/** Returns the paths of the files that an environment names for its secrets. */
export function secretFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  return IN_FILES.flatMap((name) => env[fileVariable(name)] || []);
}
