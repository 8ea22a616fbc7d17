import { z } from "zod";
import { BEARER_TOKEN_PATTERN } from "../access/key.ts";
import { FACTS_KEPT_DAYS_MIN } from "../domain/lateness.ts";

/** How the service is set up: from its environment alone. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Undefined: Postgres is embedded, under `data_dir`. */
  readonly database_url: string | undefined;
  readonly data_dir: string;
  /** Newest first; several while rotating. Empty on the embedded default: made and kept at the first start. */
  readonly meta_app_secrets: readonly string[];
  readonly meta_verify_token: string | undefined;
  readonly admin_key: string | undefined;
  readonly public_url: string | undefined;
  /** Origins whose pages may show ours in a frame. */
  readonly frame_ancestors: readonly string[];
  /** Requests a second a key, and all that ask of one company, may make; 0 for no limit. */
  readonly request_rates: { readonly per_key: number; readonly per_company: number };
  readonly test_clock: boolean;
  /** Facts are kept for so many days after their UTC month, and what is kept as long as they are with them. */
  readonly facts_kept_days: number;
  readonly log_level: LogLevel;
}

export type LogLevel = "debug" | "info" | "warning" | "error";

/** What is wrong with an environment, and what to set instead: everything that can be told at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Made and kept beside our own Postgres; whoever shares another one must be told the same. */
const REQUIRED_WITH_DATABASE = ["META_APP_SECRET", "META_VERIFY_TOKEN", "ADMIN_KEY"] as const;

const rate = (name: string, otherwise: string) =>
  z.string().default(otherwise)
    .refine(
      (text) => /^\d{1,7}$/.test(text),
      `${name} must be a whole number of requests a second, or 0 for no limit`,
    );

const environment = z.object({
  PORT: z.string().default("8000")
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
      "PORT must be a number from 0 to 65535",
    ),
  HOST: z.string().min(1).default("0.0.0.0"),
  DATABASE_URL: z.string().refine(
    isDatabaseUrl,
    "DATABASE_URL must be postgres://user:password@host:5432/database, in which each of @ / : ? # % in the user or " +
      "the password is written as %40 %2F %3A %3F %23 %25",
  ).optional(),
  DATA_DIR: z.string().min(1).default("./data"),
  META_APP_SECRET: z.string().transform(secrets)
    .refine(
      (listed) => listed.length > 0,
      "META_APP_SECRET must be the app's secret, or new,old while rotating",
    )
    .optional(),
  META_VERIFY_TOKEN: z.string().optional(),
  ADMIN_KEY: z.string().min(16, "ADMIN_KEY must have at least 16 characters: a short one can be guessed")
    .regex(
      BEARER_TOKEN_PATTERN,
      "ADMIN_KEY must have no spaces, and nothing but ASCII: Authorization: Bearer can carry no other",
    )
    .optional(),
  PUBLIC_URL: z.url("PUBLIC_URL must be a URL such as https://credits.example.com").optional(),
  FRAME_ANCESTORS: z.string().default("").transform(listed)
    .refine(
      (origins) => origins.every(isOrigin),
      "FRAME_ANCESTORS must be origins such as https://app.example.com, with a space between them",
    ),
  FACTS_KEPT_DAYS: z.string().default("100").refine(
    (text) => /^\d{1,5}$/.test(text) && Number(text) >= FACTS_KEPT_DAYS_MIN,
    `FACTS_KEPT_DAYS must be a number of days, at least ${FACTS_KEPT_DAYS_MIN}`,
  ),
  RATE_LIMIT_PER_KEY: rate("RATE_LIMIT_PER_KEY", "1000"),
  RATE_LIMIT_PER_COMPANY: rate("RATE_LIMIT_PER_COMPANY", "5000"),
  // Passed by, it would leave nodes that know nothing of each other, and take each other's companies over all day.
  NATS_URL: z.string()
    .refine(
      () => false,
      "NATS_URL must not be set: nodes that share companies are not built, one process serves all",
    )
    .optional(),
  TEST_CLOCK: z.enum(["0", "1"], "TEST_CLOCK must be 1, or 0 (or absent)").default("0"),
  LOG_LEVEL: z.enum(["debug", "info", "warning", "error"], "LOG_LEVEL must be debug, info, warning or error")
    .default("info"),
});

function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

function secrets(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * An @ after the host means that the password has one of the characters that end it: what is after that would be taken
 * for the host, and told in the log.
 */
function isDatabaseUrl(text: string): boolean {
  const url = /^postgres(ql)?:\/\//.test(text) ? URL.parse(text) : null;
  return url !== null && !`${url.pathname}${url.search}${url.hash}`.includes("@");
}

/** Nothing but an origin, so that nothing else of the policy it stands in can be changed by it. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text);
}

/** The names of all that {@link readConfig} looks at. */
export const ENVIRONMENT: readonly string[] = Object.keys(environment.shape);

/** What stands in our process's environment of it: nothing else is read, nor need it be allowed. */
export function processEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(ENVIRONMENT.map((name) => [name, Deno.env.get(name)]));
}

/**
 * Reads the environment.
 *
 * @throws {ConfigError} that names every fault, when there is any
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // A variable set to nothing is one that is not set: that is how compose files and shells leave them.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const read = environment.safeParse(given);
  const missing = missingFrom(given);
  if (!read.success || missing.length > 0) {
    const faults = [...read.error?.issues.map((issue) => issue.message) ?? [], ...missing];
    throw new ConfigError(`the environment does not fit:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
  const { data } = read;
  return {
    port: Number(data.PORT),
    host: data.HOST,
    database_url: data.DATABASE_URL,
    data_dir: data.DATA_DIR,
    meta_app_secrets: data.META_APP_SECRET ?? [],
    meta_verify_token: data.META_VERIFY_TOKEN,
    admin_key: data.ADMIN_KEY,
    public_url: data.PUBLIC_URL,
    frame_ancestors: data.FRAME_ANCESTORS,
    facts_kept_days: Number(data.FACTS_KEPT_DAYS),
    request_rates: {
      per_key: Number(data.RATE_LIMIT_PER_KEY),
      per_company: Number(data.RATE_LIMIT_PER_COMPANY),
    },
    test_clock: data.TEST_CLOCK === "1",
    log_level: data.LOG_LEVEL,
  };
}

/** Told apart from the schema, which leaves out what is of several fields when one of them is wrong. */
function missingFrom(given: Readonly<Record<string, string | undefined>>): string[] {
  if (given.DATABASE_URL === undefined) return [];
  return REQUIRED_WITH_DATABASE.filter((name) => given[name] === undefined)
    .map((name) => `${name} is required with DATABASE_URL`);
}
