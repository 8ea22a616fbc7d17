import { type Config, readConfig } from "../../src/config/environment.ts";

/** The default of `DATA_DIR`. */
const DEMO_FOLDER = "./data/demo";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration of the demo: on this machine, with a test clock, and never on an existing database, because
 * the demo writes invented data.
 *
 * @throws {ConfigError} with every error of the environment
 */
export function demoConfig(env: Environment): Config {
  return readConfig({
    ...env,
    DATABASE_URL: undefined,
    PUBLIC_URL: undefined,
    DATA_DIR: env.DATA_DIR || DEMO_FOLDER,
    LOG_LEVEL: env.LOG_LEVEL || "warning",
    TEST_CLOCK: "1",
    // The backfill sends months of traffic in half a minute with one key.
    RATE_LIMIT_PER_KEY: "0",
    RATE_LIMIT_PER_COMPANY: "0",
  });
}

/** Returns the variables to put before a command so that it finds this demo. Empty with the defaults. */
export function environmentPrefix(config: Config): string {
  const variables = [
    config.port === 8_000 ? "" : `PORT=${config.port} `,
    config.data_dir === DEMO_FOLDER ? "" : `DATA_DIR=${config.data_dir} `,
  ];
  return variables.join("");
}
