/** Runs the contract of the alert store on Postgres and on the memory store. */

import type { AlertStore, Delivery, Endpoint } from "../../src/alerts/store.ts";
import { type Alert, ALERT_TYPES } from "../../src/domain/alerts.ts";
import type { DayCheck } from "../../src/domain/closed_day_alerts.ts";
import {
  type CompanyId,
  credits,
  type FeatureCode,
  type LocalDate,
  type Month,
} from "../../src/domain/types.ts";
import { connect, createPool, disconnect } from "../../src/postgres/connection.ts";
import { PostgresAlerts } from "../../src/postgres/alerts.ts";
import { MemoryAlertStore } from "../support/alert_store.ts";
import { emptyCitusDatabase, testOnCitus } from "../support/citus.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

/** A company. */
export const ACME = "acme" as CompanyId;
/** Another company. */
export const BRAVO = "bravo" as CompanyId;
/** The current month. */
export const NOVEMBER = "2026-11" as Month;
/** Noon, UTC, on the 23rd. */
export const NOON = Date.UTC(2026, 10, 23, 12);
/** A minute. */
export const MINUTE_MS = 60_000;
/** Raised and due at noon. */
export const AT_NOON = { raised_at_ms: NOON, due_at_ms: NOON };

/** A stored month. */
export interface Row {
  readonly company: CompanyId;
  readonly month?: Month;
  readonly granted: number;
  readonly consumed: number;
  readonly closed_at_ms?: number;
}

/** The rows from which alerts are found. */
export interface Subject {
  readonly store: AlertStore;
  put(...rows: readonly Row[]): Promise<void>;
  /** Stores the days of a company: all in the closed ones' totals, and of the current date. */
  putDays(days: CompanyDays): Promise<void>;
  quarantine(company: CompanyId | undefined, received_at_ms: number, events: number): Promise<void>;
}

/** A company with closed days of one use each, and of its current date. */
export interface CompanyDays {
  readonly company: CompanyId;
  /** The credits of each closed date. */
  readonly closed: Readonly<Record<string, number>>;
  readonly today: LocalDate;
  readonly used_today: number;
  readonly closed_at_ms: number;
}

const AUTOMATION = "automation.run" as FeatureCode;

/** Returns the total of a day. */
export function total(amount: number) {
  return { feature: AUTOMATION, direction: "none", units: amount, credits: credits(amount) } as const;
}

/** Returns an endpoint of all companies and types. */
export function endpoint(id: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    url: `https://platform.example/${id}`,
    company: undefined,
    types: ALERT_TYPES,
    secret: new Uint8Array(32).fill(id.length),
    created_at_ms: NOON,
    created_by: "a test",
    last_delivered_at_ms: undefined,
    last_failed_at_ms: undefined,
    last_failure: undefined,
    gone_at_ms: undefined,
    ...more,
  };
}

/** Returns an alert of a month or package; its threshold is at the consumed credits. */
export function alert(
  company: CompanyId,
  type: "package.used_up" | "package.nearly_used" | "month.closed",
  granted = 10,
  consumed = 10,
): Alert {
  const is_closing = type === "month.closed";
  const data = {
    company,
    period: NOVEMBER,
    granted: credits(granted),
    consumed: credits(consumed),
    available: credits(Math.max(0, granted - consumed)),
    excess: credits(Math.max(0, consumed - granted)),
  };
  const about = {
    topic: is_closing ? `month ${NOVEMBER}` : `package ${NOVEMBER} ${granted}`,
    level: is_closing ? 0 : consumed,
    happened_at_ms: is_closing ? NOON : undefined,
  };
  return type === "package.nearly_used"
    ? { type, data: { ...data, threshold: { used_percent: 80 } }, ...about }
    : { type, data, ...about };
}

/** Returns the alert of a closed day. */
export function dayClosed(company: CompanyId, date: string, amount: number): Alert {
  const data = { company, date: date as LocalDate, consumed: credits(amount), totals: [total(amount)] };
  return { type: "day.closed", data, topic: `day ${date}`, level: 0, happened_at_ms: NOON };
}

/** Returns a check of days. */
export function check(company: CompanyId, closed_through: string, alerts: readonly Alert[] = []): DayCheck {
  return { company, closed_through: closed_through as LocalDate, spike_from: undefined, alerts };
}

/** Describes a delivery: its endpoint and its alert. */
export function describe({ endpoint, content: { type, data } }: Delivery): string {
  const figures = "granted" in data ? `${data.consumed}/${data.granted}` : "date" in data ? data.date : "";
  return `${endpoint.id}: ${"company" in data ? data.company : ""} ${type} ${figures}`;
}

/** Tests a part of the contract on each store. */
export function contract(name: string, test: (subject: Subject) => Promise<void>): void {
  Deno.test(`in memory: ${name}`, async () => {
    await test(subjectInMemory());
  });
  Deno.test(`on Postgres: ${name}`, async () => {
    await using database = await createDatabase();
    await testOnDatabase(database, test);
  });
  testOnCitus(`on Citus: ${name}`, async () => await testOnDatabase(await emptyCitusDatabase(), test));
}

async function testOnDatabase(
  { url }: TestDatabase,
  test: (subject: Subject) => Promise<void>,
): Promise<void> {
  const reads = createPool(url, { application_name: "tests", max: 3 });
  const client = await connect(url, { application_name: "tests" });
  try {
    await test(subjectOnPostgres(new PostgresAlerts(reads), client));
  } finally {
    await disconnect(client);
    await reads.end();
  }
}

function subjectInMemory(): Subject {
  const store = new MemoryAlertStore();
  return {
    store,
    put(...rows) {
      for (const { company, month = NOVEMBER, granted, consumed, closed_at_ms } of rows) {
        const closed = closed_at_ms !== undefined;
        const period = { month, granted: credits(granted), consumed: credits(consumed), closed };
        store.months = store.months.filter((other) =>
          other.company !== company || other.period.month !== month
        );
        store.months.push({ company, period, closed_at_ms });
      }
      return Promise.resolve();
    },
    putDays({ company, closed, today, used_today, closed_at_ms }) {
      const dates = Object.keys(closed) as LocalDate[];
      const totals = [
        ...dates.map((local_date) => ({ local_date, ...total(closed[local_date]!) })),
        { local_date: today, ...total(used_today) },
      ];
      store.days = store.days.filter((other) => other.company !== company);
      store.days.push({
        company,
        first_closed: dates[0],
        totals,
        closed: dates.map((date) => ({ local_date: date, totals: [total(closed[date]!)], closed_at_ms })),
        closed_through: dates.at(-1)!,
        period: undefined,
        contract: [],
      });
      const others = store.busy.filter((other) => other.company !== company);
      store.busy = [...others, { company, first_closed: dates[0], totals, date: today }];
      return Promise.resolve();
    },
    quarantine(company, received_at_ms, events) {
      const date = new Date(received_at_ms).toISOString().slice(0, 10) as LocalDate;
      store.quarantined.push({ company, date, received_at_ms, waiting: [{ reason: "too_old", events }] });
      return Promise.resolve();
    },
  };
}

function subjectOnPostgres(store: PostgresAlerts, client: Awaited<ReturnType<typeof connect>>): Subject {
  return {
    store,
    async put(...rows) {
      for (const { company, month = NOVEMBER, granted, consumed, closed_at_ms } of rows) {
        const closed_at = closed_at_ms === undefined ? null : new Date(closed_at_ms).toISOString();
        await client.query(
          `insert into periods (company, company_id, month, granted, consumed, closed, closed_at)
            values (company_key($1), $1, $2, $3, $4, $5::timestamptz is not null, $5)
            on conflict (company, month) do update set granted = excluded.granted, consumed = excluded.consumed,
              closed = excluded.closed, closed_at = excluded.closed_at`,
          [company, month, granted, consumed, closed_at],
        );
      }
    },
    async putDays({ company, closed, today, used_today, closed_at_ms }) {
      const dates = Object.keys(closed);
      await client.query(
        `insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through,
            due_at, created_at)
          values (company_key($1), $1, 'Acme', 'pt-BR', '', 1, 1, 1, $2, $3, $3)
          on conflict (key) do update set closed_through = excluded.closed_through`,
        [company, dates.at(-1), new Date(NOON).toISOString()],
      );
      await client.query("delete from closed_days where company_id = $1", [company]);
      for (const date of [...dates, today]) {
        const amount = closed[date] ?? used_today;
        await client.query(
          `insert into day_totals (company, company_id, local_date, feature, direction, units, credits)
            values (company_key($1), $1, $2, $3, 'none', $4, $4) on conflict (company, local_date, feature, direction)
            do update set units = excluded.units, credits = excluded.credits`,
          [company, date, AUTOMATION, amount],
        );
        if (date === today) continue;
        await client.query(
          `insert into closed_days (company, company_id, local_date, totals, closed_at)
            values (company_key($1), $1, $2, $3, $4)`,
          [company, date, JSON.stringify([total(amount)]), new Date(closed_at_ms).toISOString()],
        );
      }
    },
    async quarantine(company, received_at_ms, events) {
      for (let i = 0; i < events; i++) {
        await client.query(
          `insert into quarantine (company, company_id, id, reason, event, received_at)
            values (company_key($1), $1, gen_random_uuid(), 'too_old', '{}', $2)`,
          [company ?? "", new Date(received_at_ms).toISOString()],
        );
      }
    },
  };
}

/** Claims the due deliveries of an endpoint. */
export function claimDue(store: AlertStore, id: string, now_ms = NOON, until_ms = now_ms + MINUTE_MS) {
  return store.claimDue(id, now_ms, until_ms, 10);
}
