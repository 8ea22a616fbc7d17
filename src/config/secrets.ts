import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { newKey } from "../access/key.ts";
import { type Config, ConfigError } from "./environment.ts";

const log = getLogger(["poli-credits"]);

/** The secrets of the service. */
export interface Secrets {
  /** Newest first. */
  readonly meta_app_secrets: readonly string[];
  readonly meta_verify_token: string;
  readonly admin_key: string;
}

const secretsFile = z.object({
  meta_app_secret: z.string(),
  meta_verify_token: z.string(),
  admin_key: z.string(),
});

/**
 * Loads the secrets of the environment. With the embedded Postgres, missing ones are generated at the first start and
 * stored under the data folder, in a file that only its owner can read.
 *
 * @returns the secrets, the path of that file, and whether the admin key was created there now
 * @throws {ConfigError} when the file cannot be read or written, or is damaged
 */
export async function loadSecrets(
  config: Config,
): Promise<{ secrets: Secrets; path: string; created: boolean }> {
  const { meta_app_secrets, meta_verify_token, admin_key } = config;
  const path = `${config.data_dir}/secrets.json`;
  const complete = meta_app_secrets.length > 0 && meta_verify_token !== undefined && admin_key !== undefined;
  if (complete) return { secrets: { meta_app_secrets, meta_verify_token, admin_key }, path, created: false };
  const found = await readSecretsFile(path);
  const own = found ??
    { meta_app_secret: random(), meta_verify_token: random(), admin_key: newKey().key };
  if (found === undefined) await writeSecretsFile(config.data_dir, path, own);
  const secrets = {
    meta_app_secrets: meta_app_secrets.length > 0 ? meta_app_secrets : [own.meta_app_secret],
    meta_verify_token: meta_verify_token ?? own.meta_verify_token,
    admin_key: admin_key ?? own.admin_key,
  };
  return { secrets, path, created: found === undefined && admin_key === undefined };
}

async function writeSecretsFile(
  folder: string,
  path: string,
  secrets: z.infer<typeof secretsFile>,
): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(secrets, null, 2) + "\n", { mode: 0o600, createNew: true });
    using file = await Deno.open(path);
    await file.sync();
  } catch (error) {
    // A truncated file would be reported as damaged at the next start.
    if (!(error instanceof Deno.errors.AlreadyExists)) await Deno.remove(path).catch(() => {});
    throw new ConfigError(
      `${path} cannot be written: ${(error as Error).message}. ` +
        "Set DATA_DIR to a writable folder with free space.",
    );
  }
}

async function readSecretsFile(path: string): Promise<z.infer<typeof secretsFile> | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
    const { mode } = await Deno.stat(path);
    if (mode !== null && (mode & 0o077) !== 0) {
      log.warn("{path} is readable by other users; run chmod 600 on it", { path });
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ConfigError(
      `${path} cannot be read: ${(error as Error).message}. ` +
        "Start the service as the user who owns it, or give the whole data folder to this user with chown -R.",
    );
  }
  try {
    return secretsFile.parse(JSON.parse(text));
  } catch {
    // The error does not quote the file: it may contain part of a secret.
    throw new ConfigError(`${path} is damaged. Restore it, or remove it to generate new secrets.`);
  }
}

function random(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}
