import { z } from "zod";
import { BEARER_TOKEN_PATTERN } from "../access/key.ts";
import { FACTS_KEPT_DAYS_MIN } from "../domain/lateness.ts";
import { ConfigError } from "./config_error.ts";
import { fileVariable, type IN_FILES, withSecretFiles } from "./secret_files.ts";
import { isDatabaseUrl, isExactOrigin, isNatsUrl, isOrigin } from "./urls.ts";

export { ConfigError };

/** The configuration of the service, read from its environment alone. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Undefined: Postgres is embedded, with its data under `data_dir`. */
  readonly database_url: string | undefined;
  readonly data_dir: string;
  /** Newest first; several while rotating. Empty: generated at the first start, with the embedded Postgres only. */
  readonly meta_app_secrets: readonly string[];
  readonly meta_verify_token: string | undefined;
  readonly admin_key: string | undefined;
  readonly public_url: string | undefined;
  /** Origins that may show our pages in a frame. */
  readonly frame_ancestors: readonly string[];
  /** Origins whose pages may read answers of the API. */
  readonly cors_origins: readonly string[];
  /** Requests a second of each key, and of all keys to one company; 0 for no limit. */
  readonly request_rates: { readonly per_key: number; readonly per_company: number };
  /** The most open connections of clients; undefined for a default below the limit of open files. */
  readonly connections_max: number | undefined;
  /** The NATS servers that carry messages between nodes; undefined: this process serves all companies alone. */
  readonly nats_url: string | undefined;
  /** This node's name for people; undefined: the host's. */
  readonly node_name: string | undefined;
  readonly test_clock: boolean;
  /** Whether statuses are read for what Meta charges. */
  readonly meta_costs: boolean;
  /** Days that facts, and rows with the same retention, are stored after the end of their UTC month. */
  readonly facts_kept_days: number;
  readonly log_level: LogLevel;
}

/** The lowest level that is logged. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** Generated only with the embedded Postgres: processes that share a database must have the same. */
const REQUIRED_WITH_DATABASE = ["META_APP_SECRET", "META_VERIFY_TOKEN", "ADMIN_KEY"] as const;

/** Fewer connections than this could not serve a proxy, its health checks and a viewer. */
const CONNECTIONS_MIN = 16;

/**
 * Describes a variable for the table of `docs/reference.md`, which `deno task environment` writes.
 *
 * @param default_text the default in words, where the schema has none
 */
function about(description: string, default_text?: string) {
  return default_text === undefined ? { description } : { description, default_text };
}

const rate = (name: string, default_value: string) =>
  z.string().default(default_value)
    .refine(
      (text) => /^\d{1,7}$/.test(text),
      `${name} must be a whole number of requests per second, or 0 for no limit`,
    );

const file = (name: typeof IN_FILES[number]) =>
  z.string().optional().meta(about(`file with the value of \`${name}\`, instead of the variable itself`));

/** The schema of the environment. Its descriptions are the table of `docs/reference.md`. */
export const ENVIRONMENT_SCHEMA = z.object({
  PORT: z.string().default("8000")
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
      "PORT must be a whole number from 0 to 65535",
    ).meta(about("TCP port to listen on; 0 picks a free one")),
  HOST: z.string().min(1).default("0.0.0.0").meta(about("address to listen on")),
  DATABASE_URL: z.string().refine(
    isDatabaseUrl,
    "DATABASE_URL must be postgres://user:password@host:5432/database; in the user and the password, write @ / : ? # % " +
      "as %40 %2F %3A %3F %23 %25",
  ).optional().meta(
    about(
      "`postgres://` URL of a Postgres 14 or newer. Without it the service runs its own Postgres under `DATA_DIR`",
    ),
  ),
  DATA_DIR: z.string().min(1).default("./data").meta(
    about("folder of the embedded Postgres and of generated secrets"),
  ),
  META_APP_SECRET: z.string().transform(splitSecrets)
    .refine(
      (listed) => listed.length > 0,
      "META_APP_SECRET must be the app secret, or new,old while rotating",
    )
    .optional().meta(
      about(
        "the Meta app's secret, which signs webhooks; `new,old` while you rotate it. Required with `DATABASE_URL`",
        "generated",
      ),
    ),
  META_VERIFY_TOKEN: z.string().optional().meta(
    about(
      "the token that Meta's verification request must contain. Required with `DATABASE_URL`",
      "generated",
    ),
  ),
  ADMIN_KEY: z.string().min(16, "ADMIN_KEY must have at least 16 characters; a shorter one can be guessed")
    .regex(
      BEARER_TOKEN_PATTERN,
      "ADMIN_KEY must be visible ASCII without spaces; an Authorization: Bearer header allows nothing else",
    )
    .optional().meta(
      about(
        "the root key: every scope, every company; creates other keys. At least 16 ASCII characters without spaces. " +
          "Required with `DATABASE_URL`",
        "generated",
      ),
    ),
  DATABASE_URL_FILE: file("DATABASE_URL"),
  META_APP_SECRET_FILE: file("META_APP_SECRET"),
  META_VERIFY_TOKEN_FILE: file("META_VERIFY_TOKEN"),
  ADMIN_KEY_FILE: file("ADMIN_KEY"),
  NATS_URL_FILE: file("NATS_URL"),
  PUBLIC_URL: z.url("PUBLIC_URL must be a URL such as https://credits.example.com").optional().meta(
    about("the URL that users and Meta reach the service by; used in links and cookies"),
  ),
  FRAME_ANCESTORS: z.string().default("").transform(splitList)
    .refine(
      (origins) => origins.every(isOrigin),
      "FRAME_ANCESTORS must be origins such as https://app.example.com, separated by spaces",
    ).meta(about("origins whose pages may frame the report, separated by spaces", "none")),
  CORS_ORIGINS: z.string().default("").transform(splitList)
    .refine(
      (origins) => origins.every(isExactOrigin),
      "CORS_ORIGINS must be origins such as https://app.example.com, without a path or a *, separated by spaces",
    ).meta(
      about(
        "origins whose pages may call the API with a key, separated by spaces. See " +
          "[pages of other origins](#pages-of-other-origins)",
        "none",
      ),
    ),
  FACTS_KEPT_DAYS: z.string().default("100").refine(
    (text) => /^\d{1,5}$/.test(text) && Number(text) >= FACTS_KEPT_DAYS_MIN,
    `FACTS_KEPT_DAYS must be a whole number of days, at least ${FACTS_KEPT_DAYS_MIN}`,
  ).meta(
    about(
      `days that facts are stored after the end of their UTC month, at least ${FACTS_KEPT_DAYS_MIN}. See ` +
        "[retention](security.md#personal-data-lgpd)",
    ),
  ),
  RATE_LIMIT_PER_KEY: rate("RATE_LIMIT_PER_KEY", "1000").meta(
    about(
      "requests a second by one key, on each of [several nodes](operations.md#run-several-nodes); 0 for no limit",
    ),
  ),
  RATE_LIMIT_PER_COMPANY: rate("RATE_LIMIT_PER_COMPANY", "5000").meta(
    about("requests a second for one company, by all keys, on each node; 0 for no limit"),
  ),
  MAX_CONNECTIONS: z.string().refine(
    (text) => /^\d{1,7}$/.test(text) && Number(text) >= CONNECTIONS_MIN,
    `MAX_CONNECTIONS must be a whole number of connections, at least ${CONNECTIONS_MIN}`,
  ).optional().meta(
    about(
      `open connections of clients, at least ${CONNECTIONS_MIN}. The default leaves 256 open files and an eighth of the ` +
        "limit, and is at most 32,768",
      "from the limit of open files",
    ),
  ),
  TEST_CLOCK: z.enum(["0", "1"], "TEST_CLOCK must be 0 or 1").default("0").meta(
    about(
      '`1` enables `POST /v1/test_clock`, which moves the time forward by `{"advance":"PT1H"}` or to ' +
        '`{"now":"2026-12-01T03:00:00Z"}`',
    ),
  ),
  META_COSTS: z.enum(["0", "1"], "META_COSTS must be 0 or 1").default("1").meta(
    about(
      "`0` does not read what Meta charges for messages: their prices are neither stored nor counted. See " +
        "[what Meta charges](#what-meta-charges)",
    ),
  ),
  LOG_LEVEL: z.enum(["debug", "info", "warning", "error"], "LOG_LEVEL must be debug, info, warning or error")
    .default("info").meta(
      about(
        "`debug`, `info`, `warning` or `error`. At `info` a call logs a hundred answers below 400 a second, and counts " +
          "the rest",
      ),
    ),
  NATS_URL: z.string().refine(
    isNatsUrl,
    "NATS_URL must be nats://user:password@host:4222, or several of these separated by commas; tls:// encrypts",
  ).optional().meta(
    about(
      "`nats://` or `tls://` URL of the NATS server, or of several servers of one cluster separated by commas: " +
        "[several nodes](operations.md#run-several-nodes) share the companies of one database. Without it one process " +
        "serves all companies",
    ),
  ),
  NODE_NAME: z.string().regex(
    /^[\x21-\x7e]{1,64}$/,
    "NODE_NAME must have 1 to 64 visible ASCII characters",
  ).optional().meta(
    about("what people call this node, in `GET /v1/nodes` and the log", "the host's name and the port"),
  ),
});

/** Splits a list at spaces and commas. */
function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

/** Splits a list at commas. */
function splitSecrets(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** The names of all variables that {@link readConfig} reads. */
export const ENVIRONMENT: readonly string[] = Object.keys(ENVIRONMENT_SCHEMA.shape);

/**
 * Returns the process's variables of {@link ENVIRONMENT}, with the contents of secret files. No other variable needs to
 * be permitted.
 *
 * @throws {ConfigError} when a secret file cannot be read
 */
export function processEnvironment(): Record<string, string | undefined> {
  return withSecretFiles(Object.fromEntries(ENVIRONMENT.map((name) => [name, Deno.env.get(name)])));
}

/**
 * Validates an environment.
 *
 * @throws {ConfigError} with every fault
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable counts as absent: compose files and shells leave them so.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = ENVIRONMENT_SCHEMA.safeParse(given);
  const missing = [...missingFrom(given), ...conflictsIn(given)];
  if (!parsed.success || missing.length > 0) {
    const faults = [...parsed.error?.issues.map((issue) => issue.message) ?? [], ...missing];
    throw new ConfigError(`invalid environment:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
  const { data } = parsed;
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
    cors_origins: data.CORS_ORIGINS,
    facts_kept_days: Number(data.FACTS_KEPT_DAYS),
    request_rates: {
      per_key: Number(data.RATE_LIMIT_PER_KEY),
      per_company: Number(data.RATE_LIMIT_PER_COMPANY),
    },
    nats_url: data.NATS_URL,
    node_name: data.NODE_NAME,
    connections_max: data.MAX_CONNECTIONS === undefined ? undefined : Number(data.MAX_CONNECTIONS),
    test_clock: data.TEST_CLOCK === "1",
    meta_costs: data.META_COSTS === "1",
    log_level: data.LOG_LEVEL,
  };
}

/** Lists settings that several nodes cannot have. */
function conflictsIn(
  { NATS_URL, DATABASE_URL, TEST_CLOCK }: Readonly<Record<string, string | undefined>>,
): string[] {
  if (NATS_URL === undefined) return [];
  return [
    ...DATABASE_URL === undefined
      ? [
        "NATS_URL requires DATABASE_URL: several nodes cannot share the embedded Postgres; set it, or unset NATS_URL",
      ]
      : [],
    ...TEST_CLOCK === "1"
      ? [
        "NATS_URL must not be set with TEST_CLOCK=1: each node would have a time of its own; unset one of the two",
      ]
      : [],
  ];
}

/** Lists required variables that are missing. Not in the schema: zod skips checks across fields when one is invalid. */
function missingFrom(given: Readonly<Record<string, string | undefined>>): string[] {
  if (given.DATABASE_URL === undefined) return [];
  return REQUIRED_WITH_DATABASE.filter((name) => given[name] === undefined)
    .map((name) => `${name} is required with DATABASE_URL: set it, or ${fileVariable(name)}`);
}
