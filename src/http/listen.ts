import { type Config, ConfigError } from "../config/environment.ts";

/**
 * Serves where the environment says.
 *
 * @throws {ConfigError} that names the port and the remedy, when it cannot be had
 */
export function listen(
  { port, host }: Pick<Config, "port" | "host">,
  answer: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ port, hostname: host, onListen: () => {} }, answer);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      const other = port === 65_535 ? 8_000 : port + 1;
      throw new ConfigError(
        `port ${port} is taken: another program listens on it. Choose another one: set PORT, for example to ${other}.`,
      );
    }
    const why = (error as Error).message;
    throw new ConfigError(
      `it cannot listen on port ${port} of ${host}: ${why}. Set PORT and HOST to others.`,
    );
  }
}
