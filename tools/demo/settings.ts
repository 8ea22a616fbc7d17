import { type Config, readConfig } from "../../src/config/environment.ts";

/** Where the demo keeps everything, unless `DATA_DIR` says otherwise. */
const DEMO_FOLDER = "./data/demo";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The service as the demo starts it: on this machine, with a clock that can be moved, and never on a database
 * that somebody has set up, for the demo makes up what it writes.
 *
 * @throws {ConfigError} that names every fault of the environment
 */
export function demoConfig(env: Environment): Config {
  return readConfig({
    ...env,
    DATABASE_URL: undefined,
    PUBLIC_URL: undefined,
    DATA_DIR: env.DATA_DIR || DEMO_FOLDER,
    LOG_LEVEL: env.LOG_LEVEL || "warning",
    TEST_CLOCK: "1",
    // It lives through months in half a minute, all by one key.
    RATE_LIMIT_PER_KEY: "0",
    RATE_LIMIT_PER_COMPANY: "0",
  });
}

/** What to put before a command so that it finds this demo: nothing when all is as it is by default. */
export function environmentPrefix(config: Config): string {
  const told = [
    config.port === 8_000 ? "" : `PORT=${config.port} `,
    config.data_dir === DEMO_FOLDER ? "" : `DATA_DIR=${config.data_dir} `,
  ];
  return told.join("");
}
