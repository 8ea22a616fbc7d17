/** The faults of an environment with their remedies: every one that is found. */
export class ConfigError extends Error {
  override name = "ConfigError";
}
