/** Alerts on a memory store, for tests. */

import { Alerts } from "../../src/alerts/alerts.ts";
import type { OwnWork } from "../../src/alerts/finder.ts";
import type { Message } from "../../src/alerts/message.ts";
import type { RaisedAlert } from "../../src/alerts/store.ts";
import type { AlertType } from "../../src/domain/alerts.ts";
import { type CompanyId, credits, type Month } from "../../src/domain/types.ts";
import { MemoryAlertStore } from "../support/alert_store.ts";

/** A company. */
export const ACME = "acme" as CompanyId;
/** Another company. */
export const BRAVO = "bravo" as CompanyId;
/** The address of a receiver. */
export const URL = "https://platform.example/hooks";

/** Alerts on a memory store, with receivers whose responses the test sets. */
export class TestAlerts {
  readonly store = new MemoryAlertStore();
  /** Both clocks. Receivers verify the time, so it starts at the present. */
  now_ms = Date.now();
  /** The next responses of receivers, by URL; 200 by default. */
  readonly answers = new Map<string, number | Error>();
  readonly posted: { url: string; message: Message; body: Record<string, unknown> }[] = [];
  readonly abandoned: string[] = [];
  /** Failures of deliveries that a request started. */
  readonly reported: unknown[] = [];
  /** The companies with open streams, and the alerts that they got. */
  readonly watched: CompanyId[] = [];
  readonly streamed: string[] = [];
  readonly streams = {
    watchedCompanies: () => this.watched,
    publishAlert: (company: CompanyId, { type }: RaisedAlert) =>
      void this.streamed.push(`${company} ${type}`),
  };
  readonly alerts = this.inAnotherProcess((url, message) => {
    this.posted.push({ url, message, body: JSON.parse(message.body) });
    const answer = this.answers.get(url) ?? 200;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });

  /** Alerts of another process, on the same store. */
  inAnotherProcess(
    post: ConstructorParameters<typeof Alerts>[0]["post"],
    work: OwnWork = { shards: undefined, leads: true },
  ): Alerts {
    return new Alerts({
      store: this.store,
      work,
      clock: { now_ms: () => this.now_ms },
      system_clock: { now_ms: () => this.now_ms },
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      post,
      streams: this.streams,
      report: (error) => void this.reported.push(error),
      onAbandoned: (_delivery, failure) => void this.abandoned.push(failure),
    });
  }

  async endpoint(more: { url?: string; company?: CompanyId; types?: readonly AlertType[] } = {}) {
    const request = { url: URL, company: undefined, types: undefined, created_by: "a test", ...more };
    const made = await this.alerts.create(request);
    if (typeof made === "string") throw new Error(`no endpoint was created: ${made}`);
    return made;
  }

  /** Sets the month of a company; `closed_ago_ms` when it is closed. */
  setMonth(company: CompanyId, consumed: number, granted: number, closed_ago_ms?: number): void {
    const month = new Date(this.now_ms).toISOString().slice(0, 7) as Month;
    const closed = closed_ago_ms !== undefined;
    const period = { month, consumed: credits(consumed), granted: credits(granted), closed };
    this.store.months = this.store.months.filter((other) => other.company !== company);
    const closed_at_ms = this.now_ms - (closed_ago_ms ?? 0);
    this.store.months.push({ company, period, ...closed ? { closed_at_ms } : {} });
  }

  /** Runs once and returns the messages posted meanwhile, each as `url type company`. */
  async run(): Promise<string[]> {
    const before = this.posted.length;
    await this.alerts.raiseAndDeliver();
    return this.posted.slice(before).map(({ url, body }) => {
      return `${url} ${body.type} ${(body.data as { company: string }).company}`;
    });
  }

  /** Returns the first listed endpoint. */
  async firstListed() {
    return (await this.alerts.list({ before: undefined, limit: 1 }))[0]!;
  }
}
