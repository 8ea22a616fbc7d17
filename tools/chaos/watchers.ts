import { Client, type StreamedBalance } from "../../tests/support/service.ts";
import type { Company } from "./deliveries.ts";
import { sleep } from "../../src/time/sleep.ts";

const RECONNECT_MS = 100;

/**
 * Viewers of every company's balance stream, reconnecting through all faults. Shown balances are committed, so a version
 * never has two different balances, and every version seen exists in the end.
 */
export class Watchers {
  /** By company, the latest version that a viewer saw. */
  readonly latest_versions = new Map<string, number>();
  readonly violations: string[] = [];
  balances_seen = 0;
  /** Balances by company and version. */
  readonly #shown = new Map<string, string>();
  readonly #abort_controller = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(companies: readonly Company[], service_url: () => string) {
    this.#done = Promise.all(companies.map(({ id }) => this.#watch(id, service_url)));
  }

  /** Closes all streams. */
  async stop(): Promise<void> {
    this.#abort_controller.abort();
    await this.#done;
  }

  async #watch(company: string, service_url: () => string): Promise<void> {
    const { signal } = this.#abort_controller;
    while (!signal.aborted) {
      try {
        const balances = new Client(service_url()).balances(signal, company);
        for await (const balance of balances) this.#note(company, balance);
      } catch {
        // The service is down, or the fault cut this connection.
      }
      if (!signal.aborted) await sleep(RECONNECT_MS);
    }
  }

  #note(company: string, { version, period, granted, consumed }: StreamedBalance): void {
    this.balances_seen++;
    this.latest_versions.set(company, Math.max(this.latest_versions.get(company) ?? 0, version));
    const shown = `${granted} granted and ${consumed} consumed in ${period}`;
    const key = `${company} ${version}`;
    const before = this.#shown.get(key);
    if (before !== undefined && before !== shown) {
      this.violations.push(
        `version ${version} of ${company} was shown with ${before}, and then with ${shown}`,
      );
    }
    this.#shown.set(key, shown);
  }
}
