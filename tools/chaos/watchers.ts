import { Client, type StreamedBalance } from "../../tests/support/service.ts";
import type { Company } from "./deliveries.ts";
import { sleep } from "../../src/time/sleep.ts";

const RECONNECT_MS = 100;

/**
 * Viewers of every company's balance, through whatever happens. A balance that was shown is committed: so one version
 * of a company can never be seen with two different balances, and none that was seen may be missing in the end.
 */
export class Watchers {
  /** By company, the latest version that anybody saw. */
  readonly latest_versions = new Map<string, number>();
  readonly violations: string[] = [];
  balances_seen = 0;
  /** By company and version. */
  readonly #shown = new Map<string, string>();
  readonly #ending = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(companies: readonly Company[], door: () => string) {
    this.#done = Promise.all(companies.map(({ id }) => this.#watch(id, door)));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #watch(company: string, door: () => string): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const balances = new Client(door()).balances(signal, company);
        for await (const balance of balances) this.#note(company, balance);
      } catch {
        // The service is away, or the fault reached this connection.
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
