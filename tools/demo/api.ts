import type { Delivery, UsageReport } from "./delivery.ts";
import { type Change, signedBody, webhookOf } from "../../tests/support/payloads.ts";
import { sleep } from "../../src/time/sleep.ts";

/** What the demo reads of a balance. */
export interface DemoBalance {
  /** By the service's clock, which somebody may have moved; RFC 3339. */
  readonly as_of: string;
  readonly granted: number;
  readonly consumed: number;
  readonly available: number;
  readonly excess: number;
}

/** Where the service is, and what opens it. */
export interface ServiceAddress {
  readonly url: string;
  readonly admin_key: string;
  readonly app_secret: string;
}

/** The service answered what nobody expected of it. */
export class UnexpectedResponse extends Error {
  override name = "UnexpectedAnswer";

  constructor(request: string, readonly status: number, body: string) {
    super(`${request} was answered ${status}: ${body.slice(0, 500)}`);
  }
}

const DAY_S = 86_400;
/** How often what was answered 503 is tried again before it counts as a failure; Meta goes on for days. */
const ATTEMPTS_MAX = 60;

/** The service as its users know it: over HTTP, with a key, or with Meta's signature. */
export class Api {
  readonly #address: ServiceAddress;
  readonly #signal: AbortSignal;

  /** @param signal gives up every request, and every wait for another try */
  constructor(address: ServiceAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  /** @returns undefined when there is no such thing */
  async get<Body>(path: string): Promise<Body | undefined> {
    const response = await this.#send("GET", path, this.#headers());
    if (response.status !== 404) return await jsonOf(response, `GET ${path}`);
    await response.body?.cancel();
  }

  async put(path: string, body: unknown): Promise<void> {
    await jsonOf(await this.#send("PUT", path, this.#headers(), JSON.stringify(body)), `PUT ${path}`);
  }

  /** Brings one delivery to the service, and again until it is durable there. */
  async deliver(company: string, delivery: Delivery): Promise<void> {
    if (delivery.type === "webhook") await this.#postWebhook(delivery.changes);
    else await this.#postUsages(company, delivery.usages);
  }

  /** The company's balance, and with it the service's clock. */
  async balance(company: string): Promise<DemoBalance> {
    const balance = await this.get<DemoBalance>(`/v1/companies/${company}/balance`);
    if (balance === undefined) throw new Error(`${company} is gone: remove the demo's folder to start anew`);
    return balance;
  }

  /** A link that lets a person in to the company's page for a day, once. */
  async createPageLink(company: string): Promise<string> {
    const path = `/v1/companies/${company}/viewer_sessions`;
    const response = await this.#send("POST", path, this.#headers(), JSON.stringify({ ttl_seconds: DAY_S }));
    return (await jsonOf<{ readonly url: string }>(response, `POST ${path}`)).url;
  }

  /** Moves the test clock forward to an instant, when it is not past it already. */
  async moveClockTo(at_ms: number): Promise<void> {
    const path = "/v1/test_clock";
    const to = { now: Temporal.Instant.fromEpochMilliseconds(at_ms).toString() };
    const response = await this.#send("POST", path, this.#headers(), JSON.stringify(to));
    const text = await response.text();
    const is_past_it = response.status === 409;
    if (!response.ok && !is_past_it) throw new UnexpectedResponse(`POST ${path}`, response.status, text);
  }

  async #postWebhook(changes: readonly Change[]): Promise<void> {
    const path = "/webhooks/whatsapp";
    const { body, signature } = signedBody(webhookOf(...changes), this.#address.app_secret);
    const headers = { "Content-Type": "application/json", "X-Hub-Signature-256": signature };
    const response = await this.#send("POST", path, headers, body);
    const text = await response.text();
    if (response.status !== 200) throw new UnexpectedResponse(`POST ${path}`, response.status, text);
  }

  async #postUsages(company: string, usages: readonly UsageReport[]): Promise<void> {
    const path = `/v1/companies/${company}/usage`;
    await jsonOf(await this.#send("POST", path, this.#headers(), JSON.stringify(usages)), `POST ${path}`);
  }

  async #send(method: string, path: string, headers: HeadersInit, body?: BodyInit): Promise<Response> {
    const signal = this.#signal;
    for (let tries = 1;; tries++) {
      const response = await fetch(new URL(path, this.#address.url), { method, headers, body, signal });
      if (response.status !== 503 || tries === ATTEMPTS_MAX) return response;
      await response.body?.cancel();
      await pause(1_000 * Number(response.headers.get("retry-after") ?? 1), signal);
    }
  }

  #headers(): Record<string, string> {
    return { "Authorization": `Bearer ${this.#address.admin_key}`, "Content-Type": "application/json" };
  }
}

/** Where the service's clock stood when it gave a balance, in Unix seconds. */
export function clockOf({ as_of }: DemoBalance): number {
  return Temporal.Instant.from(as_of).epochMilliseconds / 1000;
}

/** Waits, and rejects with the signal's reason when it aborts first. */
export async function pause(duration_ms: number, signal: AbortSignal): Promise<void> {
  await sleep(duration_ms, signal);
  signal.throwIfAborted();
}

async function jsonOf<Body>(response: Response, request: string): Promise<Body> {
  const text = await response.text();
  if (!response.ok) throw new UnexpectedResponse(request, response.status, text);
  return JSON.parse(text);
}
