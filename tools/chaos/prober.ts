/**
 * Measures how long companies have no owner: it asks for the balance of each company ten times a second, at one node
 * after another. If that node does not answer 200 soon, it asks the other nodes too. A probe fails when no node answers
 * 200 within two seconds.
 */

import { Client } from "../../tests/support/service.ts";
import { sleep } from "../../src/time/sleep.ts";

const INTERVAL_MS = 100;
/** After this time the other nodes are asked too. */
const SOON_MS = 250;
const FAILS_AFTER_MS = 2_000;
/** How often a company is probed after the end, until a probe is answered. */
const LAST_PROBES_MAX = 10;

/** One probe of a company. */
export interface Probe {
  readonly sent_ms: number;
  /** When it was answered, or had failed. */
  readonly ended_ms: number;
  readonly is_answered: boolean;
}

/** What a prober found. */
export interface Ownership {
  /** For each company that missed a probe, its longest time without an owner. */
  readonly gaps_ms: readonly number[];
  /** The longest that a probe waited for its answer. */
  readonly slowest_ms: number;
  readonly answers: ProbeAnswers;
}

/** The answers to the requests of a prober, counted. */
export interface ProbeAnswers {
  readonly ok: number;
  readonly unavailable: number;
  /** No answer within two seconds. */
  readonly late: number;
  /** The connection was refused or cut. */
  readonly none: number;
}

/** Probes companies from its construction until {@link stop}. */
export class Prober {
  readonly answers = { ok: 0, unavailable: 0, late: 0, none: 0 };
  /** The addresses that did not answer. */
  readonly unanswered = new Set<string>();
  /** Answers that no fault explains. */
  readonly violations: string[] = [];
  readonly #service_urls: () => readonly string[];
  readonly #probes: ReadonlyMap<string, Probe[]>;
  readonly #pending = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #done: Promise<unknown>;
  #turn = 0;

  /** @param service_urls returns the nodes that can be asked now */
  constructor(companies: readonly string[], service_urls: () => readonly string[]) {
    this.#service_urls = service_urls;
    this.#probes = new Map(companies.map((company) => [company, []]));
    this.#done = Promise.all(companies.map((company, at) => this.#run(company, at / companies.length)));
  }

  /** Stops probing. A company whose last probe failed is probed some more times, until one is answered. */
  async stop(): Promise<Ownership> {
    this.#stopping.abort();
    await this.#done;
    await Promise.all(this.#pending);
    await Promise.all([...this.#probes].map(([company, probes]) => this.#probeLast(company, probes)));
    const of_companies = [...this.#probes.values()];
    const answered = of_companies.flat().filter(({ is_answered }) => is_answered);
    return {
      gaps_ms: of_companies.map(longestGap).filter((gap_ms) => gap_ms > 0),
      slowest_ms: Math.max(0, ...answered.map(({ sent_ms, ended_ms }) => ended_ms - sent_ms)),
      answers: this.answers,
    };
  }

  /** @param phase the part of an interval that passes before the first probe: all companies take turns */
  async #run(company: string, phase: number): Promise<void> {
    const { signal } = this.#stopping;
    await sleep(INTERVAL_MS * phase, signal);
    while (!signal.aborted) {
      const probe = this.#probe(company);
      this.#pending.add(probe);
      void probe.then(() => this.#pending.delete(probe));
      await sleep(INTERVAL_MS, signal);
    }
  }

  async #probeLast(company: string, probes: readonly Probe[]): Promise<void> {
    for (let more = 0; more < LAST_PROBES_MAX; more++) {
      const last = probes.toSorted((a, b) => a.sent_ms - b.sent_ms).at(-1);
      if (last === undefined || last.is_answered) return;
      await sleep(INTERVAL_MS);
      await this.#probe(company);
    }
  }

  async #probe(company: string): Promise<void> {
    const urls = this.#service_urls();
    const first = this.#turn++ % urls.length;
    const sent_ms = performance.now();
    const timeout = AbortSignal.timeout(FAILS_AFTER_MS);
    const ask = (url: string) => this.#ask(url, company, timeout);
    const asked = ask(urls[first]!);
    const others = urls.filter((_, at) => at !== first);
    const soon = new AbortController();
    const is_answered = await Promise.race([asked, sleep(SOON_MS, soon.signal).then(() => false)]) ||
      await anyOf([asked, ...others.map(ask)]);
    soon.abort();
    this.#probes.get(company)!.push({ sent_ms, ended_ms: performance.now(), is_answered });
  }

  /** Whether a node answers 200. */
  async #ask(url: string, company: string, timeout: AbortSignal): Promise<boolean> {
    const path = `/v1/companies/${company}/balance`;
    try {
      const { status, headers } = await new Client(url).call("GET", path, undefined, timeout);
      if (status === 200) this.answers.ok++;
      else if (status === 503 && headers.has("retry-after")) this.answers.unavailable++;
      else this.violations.push(`GET ${path} was answered ${status}`);
      return status === 200;
    } catch {
      if (timeout.aborted) this.answers.late++;
      else {
        this.answers.none++;
        this.unanswered.add(url);
      }
      return false;
    }
  }
}

/** Resolves true at the first that is true, and false when all are false. */
async function anyOf(attempts: readonly Promise<boolean>[]): Promise<boolean> {
  const succeeding = attempts.map(async (attempt) => {
    if (!await attempt) throw new Error("not this one");
  });
  return await Promise.any(succeeding).then(() => true, () => false);
}

/**
 * Returns the longest time from when a failed probe was sent until one that was sent later is answered; 0 when no probe
 * failed, and infinity when none is answered afterwards.
 */
export function longestGap(probes: readonly Probe[]): number {
  const in_order = probes.toSorted((a, b) => a.sent_ms - b.sent_ms);
  let longest_ms = 0;
  let over_ms = -Infinity;
  for (const [at, { sent_ms, is_answered }] of in_order.entries()) {
    if (is_answered || sent_ms < over_ms) continue;
    const answered = in_order.slice(at).filter((later) => later.is_answered);
    over_ms = Math.min(...answered.map(({ ended_ms }) => ended_ms));
    longest_ms = Math.max(longest_ms, over_ms - sent_ms);
  }
  return longest_ms;
}
