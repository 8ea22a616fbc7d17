import { showMoney } from "../domain/money.ts";
import type { Micros } from "../domain/money.ts";
import { companyKey } from "./company_key.ts";
import { ERASED_EVENTS } from "./erased_events.ts";
import { LEDGER } from "./ledger_columns.ts";
import { defineTable, onConflictUpdate, type Table } from "./write_table.ts";

const contacts = defineTable<"contacts">({
  rows: "contacts",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    key: ["uuid", (row) => row.value.key],
    contact_id: [
      "uuid",
      ({ value: { key, contact_id } }) => key as string === contact_id ? null : contact_id,
    ],
    by_phone: ["boolean", (row) => row.value.by_phone],
    identifier: ["text", (row) => row.value.identifier],
    erased_at: ["timestamptz", (row) => row.value.erased_at_ms],
    known_since: ["timestamptz", (row) => row.recorded_at_ms],
  },
  // The first time stays. An erasure clears the identifier. A row with neither an identifier nor an erasure leaves the stored values.
  on_conflict: `${onConflictUpdate("company, key", ["contact_id"])},
    identifier = case when excluded.erased_at is null then coalesce(excluded.identifier, contacts.identifier) else excluded.identifier end,
    erased_at = coalesce(excluded.erased_at, contacts.erased_at)`,
});

const label_sets = defineTable<"label_sets">({
  rows: "label_sets",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    id: ["uuid", (row) => row.value.id],
    labels: ["jsonb", (row) => row.value.labels],
  },
  // An erased set stays erased.
  on_conflict: "on conflict do nothing",
});

const facts = defineTable<"facts">({
  rows: "facts",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    contact: ["uuid", (row) => row.value.contact],
    occurred_at: ["timestamptz", (row) => row.value.at_ms],
    id: ["bigint", (row) => shortFactId(row.value.id)],
    kind: ["fact_kind", (row) => row.value.kind],
    message: ["uuid", (row) => row.value.message],
    template: ["boolean", (row) => row.value.template],
    category: ["status_category", (row) => row.value.category],
    callback: ["uuid", (row) => row.value.callback],
    phone_number_id: ["text", (row) => row.value.phone_number_id],
    labels: ["uuid", (row) => row.labels],
    recorded_at: ["timestamptz", (row) => row.recorded_at_ms],
    by_message: ["boolean", (row) => row.value.by_message],
    pricing: ["int", (row) => row.value.pricing],
  },
  on_conflict: "on conflict do nothing",
});

// A send or usage must be authorized or counted once. Without an ON CONFLICT clause a duplicate id fails the statement,
// and with it the whole change.
const sends = defineTable<"sends">({
  rows: "sends",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    message: ["uuid", (row) => row.value.send.key],
    content: ["uuid", (row) => row.value.send.content],
    reply: ["text", (row) => row.value.send.reply],
    sent_at: ["timestamptz", (row) => row.value.sent_at_ms],
  },
});

const usages = defineTable<"usages">({
  rows: "usages",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    id: ["text", (row) => row.value.id],
    content: ["uuid", (row) => row.value.content],
    feature: ["text", (row) => row.value.feature],
    quantity: ["bigint", (row) => row.value.quantity],
    credits: ["bigint", (row) => row.value.credits],
    local_date: ["date", (row) => row.value.local_date],
    occurred_at: ["timestamptz", (row) => row.value.occurred_at_ms],
    labels: ["uuid", (row) => row.labels],
    recorded_at: ["timestamptz", (row) => row.recorded_at_ms],
  },
});

const windows = defineTable<"windows">({
  rows: "windows",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    local_date: ["date", (row) => row.value.local_date],
    contact: ["uuid", (row) => row.value.contact],
    direction: ["direction", (row) => row.value.direction],
    opened_at: ["timestamptz", (row) => row.value.window.opened_at_ms],
    credits: ["bigint", (row) => row.value.window.credits],
    message: ["uuid", (row) => row.value.window.message],
  },
  on_conflict: onConflictUpdate("company, local_date, contact, direction", [
    "opened_at",
    "credits",
    "message",
  ]),
});

const deleted_windows = defineTable<"deleted_windows">({
  rows: "deleted_windows",
  name: "windows",
  statement: "delete",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    local_date: ["date", (row) => row.value.local_date],
    contact: ["uuid", (row) => row.value.contact],
    direction: ["direction", (row) => row.value.direction],
  },
});

const day_totals = defineTable<"day_totals">({
  rows: "day_totals",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    local_date: ["date", (row) => row.value.local_date],
    feature: ["text", (row) => row.value.feature],
    direction: ["text", (row) => row.value.direction],
    units: ["bigint", (row) => row.value.units],
    credits: ["bigint", (row) => row.value.credits],
  },
  on_conflict: onConflictUpdate("company, local_date, feature, direction", ["units", "credits"]),
});

// The only table to which differences are written: the head that the same statement updates makes each count once.
const cost_days = defineTable<"cost_days">({
  rows: "cost_days",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    local_date: ["date", (row) => row.value.group.local_date],
    account_date: ["date", (row) => row.value.group.account_date],
    phone_number_id: ["text", (row) => row.value.group.phone_number_id],
    country: ["text", (row) => row.value.group.country ?? ""],
    category: ["meta_category", (row) => row.value.group.category],
    pricing_type: ["pricing_type", (row) => row.value.group.pricing_type],
    billable: ["boolean", (row) => row.value.group.billable],
    messages: ["bigint", (row) => row.value.messages],
  },
  on_conflict:
    "on conflict (company, local_date, account_date, phone_number_id, country, category, pricing_type, billable) " +
    "do update set messages = cost_days.messages + excluded.messages",
});

const number_accounts = defineTable<"number_accounts">({
  rows: "number_accounts",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    phone_number_id: ["text", (row) => row.value.phone_number_id],
    from_at: ["timestamptz", (row) => row.value.from_ms],
    from_date: ["date", (row) => row.value.from_date],
    account_id: ["text", (row) => row.value.account_id],
    portfolio_id: ["text", (row) => row.value.portfolio_id],
    time_zone: ["text", (row) => row.value.time_zone],
    currency: ["text", (row) => row.value.currency],
    recorded_at: ["timestamptz", (row) => row.value.recorded_at_ms],
    recorded_by: ["text", (row) => row.value.recorded_by],
  },
});

const account_days = defineTable<"account_days">({
  rows: "account_days",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    ends_at: ["timestamptz", (row) => row.value.ended_at_ms],
    local_date: ["date", (row) => row.value.local_date],
    time_zone: ["text", (row) => row.value.time_zone],
  },
  // The end of a date never changes.
  on_conflict: "on conflict do nothing",
});

const periods = defineTable<"periods">({
  rows: "periods",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    month: ["text", (row) => row.value.period.month],
    granted: ["bigint", (row) => row.value.period.granted],
    consumed: ["bigint", (row) => row.value.period.consumed],
    closed: ["boolean", (row) => row.value.period.closed],
    at_close: ["jsonb", (row) => row.value.at_close],
    closed_at: ["timestamptz", (row) => row.value.at_close && row.recorded_at_ms],
    closed_seq: ["bigint", (row) => row.value.closed_seq],
  },
  on_conflict: `${onConflictUpdate("company, month", ["granted", "consumed", "closed"])},
    at_close = case when excluded.closed then coalesce(excluded.at_close, periods.at_close) end,
    closed_at = case when excluded.closed then coalesce(excluded.closed_at, periods.closed_at) end,
    closed_seq = case when excluded.closed then coalesce(excluded.closed_seq, periods.closed_seq) end`,
});

const closed_days = defineTable<"closed_days">({
  rows: "closed_days",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    local_date: ["date", (row) => row.value.local_date],
    totals: ["jsonb", (row) => row.value.totals],
    closed_at: ["timestamptz", (row) => row.value.closed_at_ms],
  },
});

const local_days = defineTable<"local_days">({
  rows: "local_days",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    local_date: ["date", (row) => row.value.local_date],
    ends_at: ["timestamptz", (row) => row.value.ended_at_ms],
  },
  // The end of a date is stored before the date is closed if something is dated on it early. It never changes.
  on_conflict: "on conflict do nothing",
});

const reopenings = defineTable<"reopenings">({
  rows: "reopenings",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    ledger_seq: ["bigint", (row) => row.value.ledger_seq],
    closed_through: ["date", (row) => row.value.closed_through],
    closed_before: ["date", (row) => row.value.closed_before],
    reopened_at: ["timestamptz", (row) => row.value.at_ms],
    reopened_by: ["text", (row) => row.value.by],
  },
});

const reopened_days = defineTable<"reopened_days">({
  rows: "reopened_days",
  name: "closed_days",
  statement: "delete",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    local_date: ["date", (row) => row.value.local_date],
  },
});

const reopened_ends = defineTable<"reopened_ends">({
  rows: "reopened_ends",
  name: "local_days",
  statement: "delete",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    local_date: ["date", (row) => row.value.local_date],
  },
});

const company_settings = defineTable<"company_settings">({
  rows: "company_settings",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    version: ["int", (row) => row.value.version],
    effective_from: ["date", (row) => row.value.effective_from],
    time_zone: ["text", (row) => row.value.time_zone],
    template_in_open_window: ["text", (row) => row.value.template_in_open_window],
    recorded_at: ["timestamptz", (row) => row.value.recorded_at_ms],
    recorded_by: ["text", (row) => row.value.recorded_by],
  },
});

const contract_versions = defineTable<"contract_versions">({
  rows: "contract_versions",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    version: ["int", (row) => row.value.version],
    effective_from: ["date", (row) => row.value.effective_from],
    package_credits: ["bigint", (row) => row.value.terms.package?.credits],
    package_price: ["numeric", (row) => priceText(row.value.terms.package?.price)],
    excess_credit_price: ["numeric", (row) => priceText(row.value.terms.excess_credit_price)],
    currency: ["text", (row) => row.value.terms.currency],
    starts_on: ["date", (row) => row.value.terms.starts_on],
    first_month: ["text", (row) => row.value.terms.first_month],
    withdraws: ["int[]", (row) => `{${row.value.withdraws.join(",")}}`],
    reason: ["text", (row) => row.value.reason],
    recorded_at: ["timestamptz", (row) => row.value.recorded_at_ms],
    recorded_by: ["text", (row) => row.value.recorded_by],
  },
});

const rate_versions = defineTable<"rate_versions">({
  rows: "rate_versions",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    feature: ["text", (row) => row.value.feature],
    version: ["int", (row) => row.value.version],
    credits: ["bigint", (row) => row.value.credits],
    effective_from: ["date", (row) => row.value.effective_from],
    from_at: ["timestamptz", (row) => row.value.from_ms],
    recorded_at: ["timestamptz", (row) => row.value.recorded_at_ms],
    recorded_by: ["text", (row) => row.value.recorded_by],
  },
});

const quarantine = defineTable<"quarantine">({
  rows: "quarantine",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    company_id: ["text", (row) => row.company],
    id: ["uuid", (row) => row.value.id],
    reason: ["text", (row) => row.value.reason],
    phone_number_id: ["text", (row) => row.value.phone_number_id],
    event: ["jsonb", (row) => row.value.event],
    received_at: ["timestamptz", (row) => row.value.received_at_ms],
    people: ["uuid[]", (row) => `{${row.value.people?.join(",") ?? ""}}`],
  },
  on_conflict: "on conflict do nothing",
});

/** The heads of companies, which the statement compares and updates instead of inserting. */
export const HEADS = defineTable<"heads">({
  rows: "heads",
  columns: {
    company: ["bigint", (row) => companyKey(row.change.company)],
    epoch: ["bigint", (row) => row.change.epoch],
    from_version: ["bigint", (row) => row.change.from_version],
    version: ["bigint", (row) => row.change.version],
    ledger_seq: ["bigint", (row) => row.change.ledger_seq],
    closed_through: ["date", (row) => row.change.closed_through],
    due_at: ["timestamptz", (row) => row.change.due_at_ms],
    latest_charged_at: ["timestamptz", (row) => row.change.latest_charged_ms],
    name: ["text", (row) => row.profile?.name],
    locale: ["text", (row) => row.profile?.locale],
    country: ["text", (row) => row.profile?.country],
  },
});

/**
 * Groups of tables that are written together: a statement contains a group if any of its tables has a row. Each set of
 * groups is one prepared statement, so tables that change rarely or together share a group.
 */
export const GROUPS: readonly (readonly Table[])[] = [
  [contacts],
  [facts],
  [windows],
  [LEDGER, day_totals, periods],
  [sends],
  [usages],
  [deleted_windows],
  [label_sets],
  [closed_days, local_days, company_settings, contract_versions, rate_versions, quarantine],
  [ERASED_EVENTS],
  [reopenings, reopened_days, reopened_ends],
  [cost_days],
  [number_accounts, account_days],
];

/** Returns the first 48 bits of a fact's id and its last 16, which encode the content, as a signed integer. */
function shortFactId(id: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(-4)}`));
}

function priceText(price: Micros | null | undefined): string | null {
  return price == null ? null : showMoney(price);
}
