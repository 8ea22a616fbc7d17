/** Plays a history into a running service, as Meta, internal services and operators would. */

import { sleep } from "../../src/time/sleep.ts";
import type { Change } from "../../tests/support/payloads.ts";
import { type Client, SECRETS, type ServiceProcess } from "../../tests/support/service.ts";

/** A running service with a test clock, and the time of its history. */
export class Story {
  readonly #service: ServiceProcess;
  readonly #client: Client;
  #now: Temporal.Instant;

  /** @param now where the test clock stands */
  constructor(service: ServiceProcess, now: Temporal.Instant) {
    this.#service = service;
    this.#client = service.client;
    this.#now = now;
  }

  /** Moves the clock to a time. Days and months that end on the way are closed. */
  async at(time: string): Promise<void> {
    const instant = Temporal.Instant.from(time);
    // The service closes at most some weeks at once within the time that a call may take.
    while (Temporal.Instant.compare(this.#now, instant) < 0) {
      const next = this.#now.add({ hours: 7 * 24 });
      this.#now = Temporal.Instant.compare(next, instant) < 0 ? next : instant;
      await this.call("POST", "/v1/test_clock", { now: this.#now.toString() });
    }
  }

  /** Waits until an alert of a company is raised. Each move of the clock lets the service check what is due. */
  async alerted(company: string, type: string): Promise<void> {
    const path = `/v1/companies/${company}/alerts?type=${type}`;
    while ((await this.#client.ok("GET", path)).data.length === 0) {
      await this.at(this.#now.add({ seconds: 1 }).toString());
      await sleep(50);
    }
  }

  /** The time of the history in Unix seconds, moved by an offset. */
  s(offset_s = 0): number {
    return Math.floor(this.#now.epochMilliseconds / 1000) + offset_s;
  }

  /** Delivers webhooks. @throws {Error} unless the service answers 200 */
  async deliver(...changes: readonly Change[]): Promise<void> {
    const status = await this.#client.deliver(...changes);
    if (status !== 200) throw new Error(`a webhook was answered ${status}`);
  }

  /**
   * Calls the API.
   *
   * @param headers further headers, such as `Idempotency-Key`
   * @throws {Error} unless it succeeds
   */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    const client = this.#service.clientBy({ authorization: `Bearer ${SECRETS.ADMIN_KEY}`, ...headers });
    return await client.ok(method, path, body);
  }
}
