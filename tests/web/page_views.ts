/** Example data for the page: a package of 100 credits, 30 of them used on three days of November 2026. */

import { type CompanyId, credits, type LocalDate, type Month } from "../../src/domain/types.ts";
import type {
  AlertView,
  Entry,
  FeatureUsage,
  KnownForecast,
  PageView,
  Receipt,
  StatementView,
} from "../../src/web/report/view.ts";

const ACME = "acme" as CompanyId;

/** An alert of each type that the page shows, newest first. */
export const ALERTS: readonly AlertView[] = [
  alert("2026-11-03T11:59:00Z", {
    type: "package.used_up",
    data: { ...monthFigures(1_012), available: credits(0), excess: credits(12) },
  }),
  alert("2026-11-03T11:30:00Z", {
    type: "package.nearly_used",
    data: { ...monthFigures(950), threshold: { credits_left: 50 } },
  }),
  alert("2026-11-02T15:00:00Z", {
    type: "package.nearly_used",
    data: { ...monthFigures(800), threshold: { used_percent: 80 } },
  }),
  alert("2026-11-02T14:00:00Z", {
    type: "usage.spike",
    data: {
      company: ACME,
      date: "2026-11-02" as LocalDate,
      consumed: credits(1_640),
      usual: credits(41),
      times: 40,
      reason: null,
    },
  }),
  alert("2026-11-02T03:00:00Z", {
    type: "forecast.runs_out",
    data: {
      ...monthFigures(400),
      runs_out_on: "2026-11-09" as LocalDate,
      runs_out_between: [null, null],
      days_left: 7,
    },
  }),
  alert("2026-11-01T03:00:00Z", {
    type: "commitment.ending",
    data: { company: ACME, ends_on: "2026-11-30" as LocalDate, days_left: 29, cancels_on: null },
  }),
];

/** Builds an alert. Its id names its time and type. */
function alert(raised_at: string, content: Pick<AlertView, "type" | "data">): AlertView {
  return { ...content, id: `al_${raised_at}_${content.type}`, raised_at } as AlertView;
}

/** The figures of a package of 1,000 credits. */
function monthFigures(consumed: number) {
  return {
    company: ACME,
    period: "2026-11" as Month,
    granted: credits(1_000),
    consumed: credits(consumed),
    available: credits(Math.max(0, 1_000 - consumed)),
    excess: credits(0),
  };
}

const FIGURES = { granted: 100, consumed: 30, prepaid_used: 30, expired: 0, excess: 0 } as const;

/** Builds a statement. */
export function statement(changed: Partial<StatementView> = {}): StatementView {
  return {
    period: "2026-11",
    status: "open",
    ...FIGURES,
    package_price: "50.00",
    excess_credit_price: "0.75",
    excess_amount: "0.00",
    total: "50.00",
    currency: "BRL",
    late_entries: null,
    ...changed,
  };
}

/** Builds a ledger entry. */
export function entry(changed: Partial<Entry> = {}): Entry {
  return {
    seq: 2,
    type: "consumption",
    period: "2026-11",
    local_date: "2026-11-03",
    feature: "whatsapp.inbound",
    direction: "inbound",
    credits: -1,
    available_after: 70,
    excess_after: 0,
    late: false,
    after_close: false,
    occurred_at: "2026-11-03T12:00:00Z",
    recorded_at: "2026-11-03T12:00:01Z",
    window: {
      contact: "+55 11 •••••-7777",
      opened_at: "2026-11-03T12:00:00Z",
      closes_at: "2026-11-04T03:00:00Z",
    },
    ...changed,
  };
}

/** Builds a receipt. */
export function receipt(changed: Partial<Receipt> = {}): Receipt {
  return {
    ...entry(),
    sentence: "Cobramos 1 crédito porque o cliente escreveu.",
    prepaid: -1,
    excess: 0,
    fact: { kind: "wrote", attribution: { department: "sales" } },
    rate: { feature: "whatsapp.inbound", version: 1, own: false, credits: 1 },
    contract: { version: 1, effective_from: "2026-11-01" },
    excess_amount: null,
    excess_credit_price: null,
    currency: null,
    message: { key: "0b5e7d3c-0000-4000-8000-000000000001" },
    message_id: null,
    ...changed,
  };
}

/** Builds a forecast. */
export function forecast(changed: Partial<KnownForecast> = {}): KnownForecast {
  return {
    runs_out_on: "2026-11-10",
    runs_out_between: ["2026-11-09", "2026-11-12"],
    expected_excess: 0,
    expected_excess_amount: "0.00",
    expected_total: "50.00",
    today: { consumed: 8, usual: 10, times: 0.8, is_unusual: false, reason: null },
    last_month: null,
    expected_left: 0,
    left_between: [0, 0],
    closed_days: 28,
    ...changed,
  };
}

/** Builds the data of a page at 09:00 on 3 November in São Paulo. */
export function view(changed: Partial<PageView> = {}): PageView {
  return {
    language: "pt-BR",
    company: {
      id: "acme",
      name: "Acme",
      locale: "pt-BR",
      today: "2026-11-03",
      phone_numbers: 1,
      zoneOn: () => "America/Sao_Paulo",
      zoneAt: () => "America/Sao_Paulo",
    },
    balance: balance(),
    contract: {
      package: { credits: 100, price: "50.00" },
      excess_credit_price: "0.75",
      currency: "BRL",
      scheduled: null,
      cancels_on: null,
    },
    scheduled_grant: null,
    statement: statement(),
    statements: [statement()],
    usage: [
      { day: "2026-11-01", feature: "whatsapp.inbound", direction: "inbound", units: 10, credits: 10 },
      { day: "2026-11-02", feature: "whatsapp.outbound", direction: "outbound", units: 12, credits: 12 },
      { day: "2026-11-03", feature: "sms.sent", direction: "none", units: 4, credits: 8 },
    ],
    by_feature: {
      rows: [
        { ...used("whatsapp.outbound", "outbound", 12, 12), amount: "20.00" },
        { ...used("whatsapp.inbound", "inbound", 10, 10), amount: "16.67" },
        { ...used("sms.sent", "none", 4, 8), amount: "13.33" },
      ],
      compared: null,
    },
    by_label: null,
    grants: [granted("2026-11-01", 100, 100)],
    day_balances: dayBalances("2026-11", [90, 78, 70]),
    unusual_cause: null,
    alerts: [],
    number_names: new Map(),
    forecast: { insufficient_data: true, closed_days_missing: 5 },
    open_windows: {
      data: [{
        contact: "+55 11 •••••-7777",
        direction: "inbound",
        local_date: "2026-11-03",
        opened_at: "2026-11-03T12:00:00Z",
        closes_at: "2026-11-04T03:00:00Z",
        credits: 1,
      }],
      next_cursor: null,
    },
    history: history(entry()),
    receipt: null,
    features: new Map([["whatsapp.inbound", "Conversa recebida"], ["sms.sent", "SMS enviado"]]),
    is_viewer: true,
    sees_contacts: false,
    search: null,
    parameters: {},
    ...changed,
  };
}

/** Builds the usage of a feature, without an amount and without a comparison. */
export function used(
  feature: string,
  direction: FeatureUsage["direction"],
  units: number,
  credits: number,
): FeatureUsage {
  return { feature, direction, units, credits, amount: null, compared: null };
}

/** Builds a balance. */
export function balance(changed: Partial<PageView["balance"]> = {}): PageView["balance"] {
  return {
    version: 7,
    as_of: "2026-11-03T12:00:00Z",
    time_zone: "America/Sao_Paulo",
    period: "2026-11",
    granted: 100,
    consumed: 30,
    available: 70,
    excess: 0,
    consumed_today: 8,
    excess_amount: "0.00",
    total: "50.00",
    currency: "BRL",
    renews_on: "2026-12-01",
    commitment_ends_on: "2027-01-31",
    closed_through: "2026-11-02",
    open_windows: { inbound: 1, outbound: 0, closes_at: "2026-11-04T03:00:00Z" },
    ...changed,
  };
}

/** Builds a grant with the balance after it. */
export function granted(
  local_date: string,
  credits: number,
  available_after: number,
  excess_after = 0,
): PageView["grants"][number] {
  return { local_date, credits, available_after, excess_after };
}

/** Builds the balances of the first days of a month. A negative number is excess. */
export function dayBalances(month: string, ends: readonly number[]): PageView["day_balances"] {
  return ends.map((end, i) => ({
    local_date: `${month}-${String(i + 1).padStart(2, "0")}`,
    available_after: Math.max(0, end),
    excess_after: Math.max(0, -end),
  }));
}

/** Builds a page without a package: all 30 credits are excess. */
export function postPaid(): PageView {
  const figures = { granted: 0, prepaid_used: 0, excess: 30, package_price: null, excess_amount: "22.50" };
  return view({
    balance: balance({ granted: 0, available: 0, excess: 30, renews_on: null, commitment_ends_on: null }),
    contract: null,
    statement: statement({ ...figures, total: "22.50" }),
    grants: [],
    day_balances: dayBalances("2026-11", [-10, -22, -30]),
  });
}

/** Returns the visible text of a page, with each run of white space as one space. */
export function textOf(html: string): string {
  return html.replaceAll(/<(svg|script|style)\b.*?<\/\1>/gs, " ").replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&amp;", "&")
    .replaceAll(/[\s\u00a0\u202f]+/g, " ");
}

/** Builds a page of the history, with the sums of its entries by date. */
export function history(...data: Entry[]): PageView["history"] {
  const by_date = Map.groupBy(data, ({ local_date }) => local_date);
  const days = [...by_date].map(([local_date, entries]) => ({
    local_date,
    entries: entries.length,
    credits: entries.reduce((sum, { credits }) => sum + credits, 0),
  }));
  return { data, days, next_cursor: null };
}
