import { type Config, ConfigError } from "../config/environment.ts";

/**
 * Serves HTTP on the configured port and host.
 *
 * @throws {ConfigError} when the port cannot be used; the message has the port and the remedy
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
        `port ${port} is taken by another program. Set PORT to another port, for example ${other}.`,
      );
    }
    const why = (error as Error).message;
    throw new ConfigError(
      `cannot listen on port ${port} of ${host}: ${why}. Set PORT and HOST to other values.`,
    );
  }
}
