import { ApiError, type Balance, dataOf, PoliCredits } from "../../client/mod.ts";
import type { Delivery, UsageReport } from "./delivery.ts";
import { type Change, signedBody, webhookOf } from "../../tests/support/payloads.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The fields of a balance that the demo reads. `as_of` is the time of the service's clock. */
export type DemoBalance = Pick<Balance, "as_of" | "granted" | "consumed" | "available" | "excess">;

/** The address of the service, and its credentials. */
export interface ServiceAddress {
  readonly url: string;
  readonly admin_key: string;
  readonly app_secret: string;
}

/** The service returned an unexpected status. */
export class UnexpectedResponse extends Error {
  override name = "UnexpectedAnswer";

  constructor(request: string, readonly status: number, body: string) {
    super(`${request} returned ${status}: ${body.slice(0, 500)}`);
  }
}

const DAY_S = 86_400;
/** How often a request is sent while the response is 503. Meta retries for days. */
const ATTEMPTS_MAX = 60;

/** A client of the service's HTTP API and webhook. */
export class Api {
  /** The client of the API. It repeats calls while the service is busy. */
  readonly credits: PoliCredits;
  readonly #address: ServiceAddress;
  readonly #signal: AbortSignal;

  /** @param signal aborts every request */
  constructor(address: ServiceAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
    this.credits = new PoliCredits({
      url: address.url,
      key: address.admin_key,
      retry: { attempts_max: ATTEMPTS_MAX },
      fetch: (request) => fetch(request, { signal }),
    });
  }

  /** Sends one delivery, and repeats it until it is stored. */
  async deliver(company: string, delivery: Delivery): Promise<void> {
    if (delivery.type === "webhook") await this.#postWebhook(delivery.changes);
    else await this.#postUsages(company, delivery.usages);
  }

  /** Reads a company's balance, which includes the service's clock. */
  async balance(company: string): Promise<DemoBalance> {
    const params = { path: { company } };
    const balance = this.credits.api.GET("/v1/companies/{company}/balance", { params });
    return await dataOf(balance).catch((error) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      throw new Error(`Company ${company} not found: delete the demo's folder and start the demo again`);
    });
  }

  /**
   * Creates a one-time link to the company's page, for a session of one day.
   *
   * @param sees_contacts whether the session sees phones in full, and can search by them
   */
  async createPageLink(company: string, sees_contacts: boolean): Promise<string> {
    const path = `/v1/companies/${company}/viewer_sessions`;
    const session = JSON.stringify({ ttl_seconds: DAY_S, sees_contacts });
    const response = await this.#send("POST", path, this.#headers(), session);
    return (await jsonOf<{ readonly url: string }>(response, `POST ${path}`)).url;
  }

  /** Moves the test clock forward to an instant, unless it is already past it. */
  async moveClockTo(at_ms: number): Promise<void> {
    const path = "/v1/test_clock";
    const to = { now: Temporal.Instant.fromEpochMilliseconds(at_ms).toString() };
    const response = await this.#send("POST", path, this.#headers(), JSON.stringify(to));
    const text = await response.text();
    const is_already_past = response.status === 409;
    if (!response.ok && !is_already_past) throw new UnexpectedResponse(`POST ${path}`, response.status, text);
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
    const init = { params: { path: { company } }, body: [...usages] };
    await dataOf(this.credits.api.POST("/v1/companies/{company}/usage", init));
  }

  async #send(method: string, path: string, headers: HeadersInit, body?: BodyInit): Promise<Response> {
    const signal = this.#signal;
    for (let attempts = 1;; attempts++) {
      const response = await fetch(new URL(path, this.#address.url), { method, headers, body, signal });
      if (response.status !== 503 || attempts === ATTEMPTS_MAX) return response;
      await response.body?.cancel();
      await sleep(1_000 * Number(response.headers.get("retry-after") ?? 1), signal);
    }
  }

  #headers(): Record<string, string> {
    return { "Authorization": `Bearer ${this.#address.admin_key}`, "Content-Type": "application/json" };
  }
}

/** Returns the service's time of a balance, in Unix seconds. */
export function clockOf({ as_of }: DemoBalance): number {
  return Temporal.Instant.from(as_of).epochMilliseconds / 1000;
}

async function jsonOf<Body>(response: Response, request: string): Promise<Body> {
  const text = await response.text();
  if (!response.ok) throw new UnexpectedResponse(request, response.status, text);
  return JSON.parse(text);
}
