import { type Config, readConfig } from "../../src/config/environment.ts";
import { type Heap, readHeap } from "../../src/config/memory_limits.ts";
import { openFilesLimit } from "../../src/config/open_files.ts";
import { withSecretFiles } from "../../src/config/secret_files.ts";
import { checkDatabase } from "./database.ts";
import { type Finding, ok, problem, runChecks } from "./finding.ts";
import { checkDisk, checkMemory, checkOpenFiles, memoryLimitBytes } from "./machine.ts";
import { checkNats, checkPort, checkPublicUrl } from "./network.ts";
import { checkMetaSecrets } from "./secrets.ts";
import { checkTestClock } from "./test_clock.ts";

/** What the machine provides. */
export interface Machine {
  readonly heap: Heap;
  readonly memory_bytes: number;
  readonly open_files: number;
}

/** Reads what this machine provides. */
export function thisMachine(): Machine {
  return { heap: readHeap(), memory_bytes: memoryLimitBytes(), open_files: openFilesLimit() };
}

/** Checks an environment and what it names. Changes nothing; each check is bounded in time. */
export async function examine(
  env: Readonly<Record<string, string | undefined>>,
  machine: Machine,
): Promise<Finding[]> {
  const config = readOrExplain(env);
  if (Array.isArray(config)) return config;
  return [
    ok("environment", "every variable is valid"),
    ...await runChecks([
      ["Meta's secrets", () => checkMetaSecrets(config)],
      ["test clock", () => checkTestClock(config)],
      ["memory", () => checkMemory(machine.heap, machine.memory_bytes)],
      ["open files", () => checkOpenFiles(config, machine.open_files)],
      ["disk", () => checkDisk(config)],
    ]),
    ...await checkDatabase(config),
    ...await runChecks([
      ["NATS", () => checkNats(config)],
      ["port", () => checkPort(config)],
      ["public URL", () => checkPublicUrl(config)],
    ]),
  ];
}

/** Returns the configuration, or a problem for each fault of the environment. */
function readOrExplain(env: Readonly<Record<string, string | undefined>>): Config | Finding[] {
  try {
    return readConfig(withSecretFiles(env));
  } catch (error) {
    const [, ...faults] = (error as Error).message.split("\n");
    return faults.map((fault) =>
      problem(
        "environment",
        fault.trim(),
        "Correct the variable: see docs/reference.md. The other checks follow then.",
      )
    );
  }
}

/** A shorter text would mask parts of ordinary words. */
const MASKED_LENGTH_MIN = 6;

/** Returns every value of an environment that no output may contain. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  try {
    const { ADMIN_KEY, DATABASE_URL, META_APP_SECRET, META_VERIFY_TOKEN, NATS_URL } = withSecretFiles(env);
    const password = DATABASE_URL && URL.parse(DATABASE_URL)?.password;
    const listed = [
      ADMIN_KEY,
      DATABASE_URL,
      META_VERIFY_TOKEN,
      password,
      password && decodeURIComponent(password),
    ];
    // A user without a password is a token.
    const nats_urls = NATS_URL?.split(",").map((url) => URL.parse(url)) ?? [];
    const nats_passwords = nats_urls.map((url) => url?.password || url?.username);
    return [...listed, ...nats_passwords, ...META_APP_SECRET?.split(",") ?? []].map((secret) =>
      secret?.trim() ?? ""
    ).filter((
      secret,
    ) => secret.length >= MASKED_LENGTH_MIN);
  } catch {
    // A file cannot be read, or a password is no valid text: no check has used it.
    return [];
  }
}
