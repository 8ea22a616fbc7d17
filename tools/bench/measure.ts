import type { Case } from "./cases.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { applyLoad, percentile, type Span } from "./load.ts";
import { cpuTimeOf, familyCpuTimeOf } from "./processes.ts";
import type { RequestSource } from "./requests.ts";
import type { BenchSetup, Contender, ContenderName } from "./servers.ts";

/** The number of rounds and the length of each span. */
export interface Plan {
  readonly rounds: number;
  readonly span_ms: number;
}

/** The measurement of one span. */
export interface Measurement {
  readonly contender: ContenderName;
  readonly requests_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Shares of one core. */
  readonly cpu: CpuTimes;
}

/** The processor use of each process; undefined where the system does not report it. */
export interface CpuTimes {
  readonly server: number | undefined;
  readonly postgres: number | undefined;
  readonly load: number | undefined;
}

const WARM_UP_MS = 1_000;
/** The first warm-up also covers compilation and the unsteady beginning of the streams. */
const FIRST_WARM_UP_MS = 4_000;
/** The margin over the last rate, which may have been slow. */
const RESERVE = 1.4;

/** One server and its requests in one case. */
export class ContenderRun {
  readonly contender: Contender;
  readonly #requests: RequestSource;
  readonly #setup: BenchSetup;
  readonly #plan: Plan;
  readonly #connections: number;
  #is_warm = false;
  #rate: number;

  constructor(
    contender: Contender,
    bench_case: Case,
    setup: BenchSetup,
    plan: Plan,
  ) {
    this.contender = contender;
    this.#requests = bench_case.requests(setup);
    this.#setup = setup;
    this.#plan = plan;
    this.#connections = bench_case.connections;
    this.#rate = bench_case.first_rate;
  }

  /**
   * Warms up, measures one span, and verifies that nothing was lost.
   *
   * @throws {Error} when an answer was not 200, or the stored consumption differs from the requests sent
   */
  async measure(): Promise<Measurement> {
    await checkpoint(this.#setup);
    const warm_up_ms = this.#is_warm ? WARM_UP_MS : FIRST_WARM_UP_MS;
    this.#is_warm = true;
    this.#prepare(warm_up_ms);
    await this.#load(warm_up_ms);
    this.#prepare(this.#plan.span_ms);
    const cpu_before = this.#cpuTimes();
    const span = await this.#load(this.#plan.span_ms);
    const cpu = sharesOf(cpu_before, this.#cpuTimes(), span.elapsed_ms);
    await this.#verify();
    return {
      contender: this.contender.name,
      requests_per_s: rateOf(span),
      p50_ms: percentile(span, 0.5),
      p99_ms: percentile(span, 0.99),
      cpu,
    };
  }

  #prepare(duration_ms: number): void {
    this.#requests.prepare(Math.ceil(this.#rate * RESERVE * duration_ms / 1000));
  }

  async #load(duration_ms: number): Promise<Span> {
    const connections = this.#connections;
    const take = () => this.#requests.take();
    const span = await applyLoad(this.contender.targets, take, { connections, duration_ms });
    this.#rate = rateOf(span);
    return span;
  }

  #cpuTimes(): CpuTimes {
    return {
      server: this.contender.pids.reduce((sum_ms, pid) => sum_ms + (cpuTimeOf(pid) ?? NaN), 0),
      postgres: familyCpuTimeOf(this.#setup.postgres.pid!),
      load: cpuTimeOf(Deno.pid),
    };
  }

  /** Verifies that the server metered every request. */
  async #verify(): Promise<void> {
    const expected = this.#requests.expectedConsumption();
    const consumed = await this.contender.consumed(expected.map(({ company }) => company));
    if (consumed === undefined) return;
    for (const { company: { company }, credits } of expected) {
      const found = consumed.get(company);
      if (found === credits) continue;
      throw new Error(
        `${this.contender.name}: ${company} consumed ${found} credits instead of ${credits}`,
      );
    }
  }
}

function sharesOf(before: CpuTimes, after: CpuTimes, elapsed_ms: number): CpuTimes {
  const share = (part: keyof CpuTimes) => {
    const [from_ms, to_ms] = [before[part], after[part]];
    return from_ms === undefined || to_ms === undefined ? undefined : (to_ms - from_ms) / elapsed_ms;
  };
  return { server: share("server"), postgres: share("postgres"), load: share("load") };
}

function rateOf({ answered, elapsed_ms }: Span): number {
  return answered / (elapsed_ms / 1000);
}

/** Runs a checkpoint, so that no span pays for the writes of an earlier one. */
async function checkpoint({ postgres }: BenchSetup): Promise<void> {
  const superuser = await connect(postgres.superuser_url, { application_name: "bench" });
  await superuser.query("checkpoint");
  await disconnect(superuser);
}
