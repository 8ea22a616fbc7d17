/** Checks of addresses: the port of the service, NATS, and the public URL as Meta calls it. */

import type { Config } from "../../src/config/environment.ts";
import { NatsBus } from "../../src/nats/nats_bus.ts";
import { type Finding, ok, problem, skipped, warning } from "./finding.ts";

const ANSWER_DEADLINE_MS = 5_000;
/** A loopback address, which needs no TLS. */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Checks whether the service listens on its port, or the port is free for it. */
export async function checkPort({ port, host }: Config): Promise<Finding> {
  const name = "port";
  if (port === 0) return ok(name, "the system chooses a free one");
  const address = `http://${reachable(host)}:${port}`;
  const answer = await ask(`${address}/healthz`);
  if (answer?.status === 200 && answer.text.includes('"status":"ok"')) {
    return ok(name, `the service answers at ${address}`);
  }
  if (answer !== undefined) {
    return problem(name, `another program answers at ${address}`, "Stop it, or set PORT to a free port.");
  }
  try {
    Deno.listen({ hostname: host, port }).close();
    return ok(name, `${host}:${port} is free, and the service is not running`);
  } catch (error) {
    return problem(
      name,
      `${host}:${port} cannot be used: ${(error as Error).message}`,
      "Stop the program that uses it, set HOST to an address of this machine, or set PORT to a free port.",
    );
  }
}

/** Checks the public URL: TLS, and Meta's verification request with the token of the environment. */
export async function checkPublicUrl(
  { public_url, meta_verify_token }: Config,
): Promise<Finding | Finding[]> {
  const name = "public URL";
  if (public_url === undefined) {
    return warning(
      name,
      "PUBLIC_URL is not set: links are those of localhost",
      "Set it to the URL that users and Meta reach.",
    );
  }
  const { protocol, hostname } = new URL(public_url);
  if (protocol !== "https:" && !LOCAL.test(hostname)) {
    return problem(
      name,
      `${public_url} has no TLS`,
      "Set PUBLIC_URL to an https URL: Meta delivers to no other.",
    );
  }
  const webhook = new URL("/webhooks/whatsapp", public_url).href;
  if (meta_verify_token === undefined) {
    return skipped(name, `${webhook} was not asked: there is no META_VERIFY_TOKEN`);
  }
  const challenge = crypto.randomUUID();
  const query = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.verify_token": meta_verify_token,
    "hub.challenge": challenge,
  });
  const answer = await ask(`${webhook}?${query}`);
  if (answer?.text === challenge) return ok(name, `${webhook} answers Meta's verification request`);
  if (answer === undefined) {
    return problem(
      name,
      `${webhook} does not answer`,
      "Start the service; check its name in the DNS, its certificate, and that the proxy reaches the service.",
    );
  }
  return problem(
    name,
    `${webhook} answers ${answer.status}, and not Meta's verification request`,
    "Let the proxy forward this path to the service, and give the service the same META_VERIFY_TOKEN.",
  );
}

/** Checks whether the NATS server takes the connection of a node. */
export async function checkNats({ nats_url }: Config): Promise<Finding> {
  const name = "NATS";
  if (nats_url === undefined) return ok(name, "NATS_URL is not set: one process serves all companies");
  let reason = "it does not answer";
  const bus = new NatsBus({
    url: nats_url,
    prefix: "poli-credits.doctor",
    onChange: () => {},
    onRefused: (error) => reason = error instanceof Error ? error.message : reason,
    report: () => {},
  });
  await bus.start();
  const { is_connected } = bus;
  await bus.close();
  const servers = nats_url.split(",").map((url) => new URL(url).host).join(", ");
  if (is_connected) return ok(name, `${servers} takes connections`);
  return problem(
    name,
    `${servers}: ${reason}`,
    "Start nats-server, or correct NATS_URL: a node without NATS gives its companies to the nodes that reach it.",
  );
}

/** Returns the answer; undefined when there is none in time, or its certificate is not trusted. */
async function ask(url: string): Promise<{ readonly status: number; readonly text: string } | undefined> {
  try {
    // A redirect could carry the token to another host.
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    });
    return { status: response.status, text: (await response.text()).slice(0, 1_000) };
  } catch {
    return undefined;
  }
}

/** Returns an address that reaches a server on `host`. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
