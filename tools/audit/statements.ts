/** The SQL of the audit. Each statement reads a small page by key; `$1` is the company, unless it reads companies. */

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::int8`;

/** The key of the company, by which every row of its names it. */
const KEY = "company_key($1)";

/** Counts all companies. */
export const COUNT_COMPANIES = "select count(*) from companies";

/** Reads a page of company ids. */
export const COMPANIES_AFTER = `
  select company_id from companies where company_id > $1 order by company_id limit $2`;

/** Reads the head of a company. */
export const HEAD = `
  select version, ledger_seq, closed_through, ${ms("due_at")} as due_ms, ${ms("created_at")} as created_ms
  from companies where key = ${KEY}`;

/** Reads all versions of the settings. */
export const SETTINGS = `
  select version, effective_from, time_zone, template_in_open_window
  from company_settings where company = ${KEY} order by version`;

/** Reads the stored ends of local days. */
export const LOCAL_DAYS = `
  select local_date, ${ms("ends_at")} as ends_ms from local_days where company = ${KEY} order by local_date`;

/** Whether anything happened from an instant on, or was charged on a date or later. */
export const IS_DATED_SINCE = `
  select exists (select from facts where company = ${KEY} and occurred_at >= $2::timestamptz)
    or exists (select from usages where company = ${KEY} and occurred_at >= $2::timestamptz)
    or exists (select from day_totals where company = ${KEY} and local_date >= $3::date) as dated`;

/** Reads the company's own prices and those of the rate card. */
export const RATES = `
  select company_id, feature, version, credits, effective_from, ${ms("from_at")} as from_ms,
    ${ms("recorded_at")} as recorded_ms
  from rate_versions where company in (${KEY}, company_key('')) order by company_id, feature, version`;

/** Reads all versions of the contract. */
export const CONTRACT = `
  select version, effective_from, package_credits, starts_on, first_month, withdraws, reason
  from contract_versions where company = ${KEY} order by version`;

/** Reads the start of the oldest UTC month whose facts are stored; null while none were dropped. */
export const FACTS_RETAINED_FROM = `select ${ms("kept_from")} as kept_from_ms from retention`;

/** Whether a company was charged, or a message of it counted, before a date. */
export const WAS_CHARGED_BEFORE = `
  select exists (select from day_totals where company = ${KEY} and local_date < $2)
    or exists (select from cost_days where company = ${KEY} and local_date < $2) as charged`;

/** Reads the Meta accounts of the company's numbers. */
export const NUMBER_ACCOUNTS = `
  select phone_number_id, ${ms("from_at")} as from_ms, time_zone
  from number_accounts where company = ${KEY} order by from_at`;

/** Reads the stored ends of dates in the time zones of accounts. */
export const ACCOUNT_DAYS = `
  select time_zone, local_date, ${ms("ends_at")} as ends_ms
  from account_days where company = ${KEY} order by time_zone, local_date`;

/** Reads a page of the counts of messages that Meta prices. */
export const COST_DAYS = `
  select local_date, account_date, phone_number_id, country, category, pricing_type, billable, messages
  from cost_days
  where company = ${KEY} and (local_date, account_date, phone_number_id, country, category, pricing_type, billable) >
    ($2::date, $3::date, $4, $5, $6::meta_category, $7::pricing_type, $8::boolean)
  order by local_date, account_date, phone_number_id, country, category, pricing_type, billable limit $9`;

/** Reads a page of facts by contact key, so that the facts of a contact come together. */
export const FACTS = `
  select contact, occurred_at, id, ${ms("occurred_at")} as at_ms, kind, message, template, category, callback,
    phone_number_id, pricing, ${ms("recorded_at")} as recorded_ms
  from facts
  where company = ${KEY} and (contact, occurred_at, id) > ($2::uuid, $3::timestamptz, $4::bigint)
    and kind <> 'noted'
  order by contact, occurred_at, id limit $5`;

/** Reads the facts of keys, for contacts with several keys. */
export const FACTS_OF = `
  select contact, ${ms("occurred_at")} as at_ms, kind, message, template, category, callback,
    phone_number_id, pricing, ${ms("recorded_at")} as recorded_ms
  from facts where company = ${KEY} and contact = any ($2::uuid[]) and kind <> 'noted'`;

/** Reads the contact of each key, and all keys of that contact. */
export const KEYS_OF = `
  with seen as (select key, coalesce(contact_id, key) as contact_id from contacts where company = ${KEY} and key = any ($2::uuid[]))
  select s.key as seen, s.contact_id, c.key
  from seen s join contacts c on c.company = ${KEY} and c.key = s.contact_id
  union all
  select s.key, s.contact_id, c.key
  from seen s join contacts c on c.company = ${KEY} and c.contact_id = s.contact_id`;

const FEATURE_OF_WINDOW =
  "case direction when 'inbound' then 'whatsapp.inbound' when 'outbound' then 'whatsapp.outbound' end";

const WINDOW = `w.local_date, w.contact, w.direction, ${FEATURE_OF_WINDOW} as feature, ${
  ms("w.opened_at")
} as opened_ms, w.credits,
  w.message`;

/** Reads the windows of dates and contact keys. */
export const WINDOWS_OF = `
  select ${WINDOW}
  from unnest($2::date[], $3::uuid[]) as requested(local_date, contact)
  join windows w on w.company = ${KEY} and w.local_date = requested.local_date and w.contact = requested.contact`;

/** Counts windows by date and direction. */
export const WINDOW_COUNTS = `
  select local_date, direction, count(*) as windows
  from windows where company = ${KEY} and local_date between $2 and $3 group by 1, 2`;

/** Reads windows of a date whose contact has no fact on that date. */
export const WINDOWS_WITHOUT_FACTS = `
  select ${WINDOW}
  from windows w
  where w.company = ${KEY} and w.local_date = $2 and w.direction = $3 and not exists (
    select from facts f
    where f.company = ${KEY} and f.kind <> 'noted' and f.occurred_at >= $4 and f.occurred_at < $5
      and f.contact in (
        select w.contact
        union all
        select person.contact_id from contacts person
        where person.company = ${KEY} and person.key = w.contact
        union all
        select other.key from contacts person
        join contacts other on other.company = ${KEY} and other.contact_id = coalesce(person.contact_id, person.key)
        where person.company = ${KEY} and person.key = w.contact
      )
  )
  order by w.contact limit 1000`;

/** Reads a page of usages. */
export const USAGES = `
  select id, feature, quantity, credits, local_date, ${ms("occurred_at")} as at_ms
  from usages where company = ${KEY} and id > $2 order by id limit $3`;

/** Reads a page of ledger entries. The feature of a window is not stored: its direction implies it. */
export const LEDGER = `
  select seq, type, local_date, direction, credits, prepaid, credits - prepaid as excess, available_after,
    excess_after, late, coalesce(feature, ${FEATURE_OF_WINDOW}) as feature, ${
  ms("recorded_at")
} as recorded_ms
  from ledger where company = ${KEY} and seq > $2 order by seq limit $3`;

/** Reads a page of day totals. */
export const DAY_TOTALS = `
  select local_date, feature, direction, units, credits
  from day_totals
  where company = ${KEY} and (local_date, feature, direction) > ($2::date, $3, $4)
  order by local_date, feature, direction limit $5`;

/** Reads a page of closed days. */
export const CLOSED_DAYS = `
  select local_date, totals from closed_days
  where company = ${KEY} and local_date > $2::date order by local_date limit $3`;

/** Reads when each date was closed. */
export const CLOSINGS = `
  select local_date, ${ms("closed_at")} as closed_ms from closed_days where company = ${KEY}`;

/** Reads the reopenings of days that a wrong clock had closed. */
export const REOPENINGS = `
  select ledger_seq, closed_through, ${ms("reopened_at")} as reopened_ms
  from reopenings where company = ${KEY} order by ledger_seq, reopened_at`;

/** Reads all periods, each with the consumption of its entries up to its closing. */
export const PERIODS = `
  select month, granted, consumed, closed, at_close, (
    select -coalesce(sum(credits), 0)::bigint from ledger
    where ledger.company = ${KEY} and local_date >= (month || '-01')::date
      and local_date < (month || '-01')::date + interval '1 month'
      and type in ('consumption', 'reversal') and seq <= closed_seq
  ) as consumed_until_closing
  from periods where company = ${KEY} order by month`;

/** Computes a balance from the ledger and the windows, in one statement and so at one moment. */
export const BALANCE = `
  select c.version, c.closed_through, ${ms("c.due_at")} as due_ms,
    to_char(c.closed_through + 1, 'YYYY-MM') as period,
    (select coalesce(sum(credits), 0)::int8 from ledger l
      where l.company = c.key and l.local_date >= date_trunc('month', c.closed_through + 1)::date
        and l.local_date < (date_trunc('month', c.closed_through + 1) + interval '1 month')::date
        and l.type = 'grant') as granted,
    (select coalesce(-sum(credits), 0)::int8 from ledger l
      where l.company = c.key and l.local_date >= date_trunc('month', c.closed_through + 1)::date
        and l.local_date < (date_trunc('month', c.closed_through + 1) + interval '1 month')::date
        and l.type in ('consumption', 'reversal')) as consumed,
    (select count(*) from windows w
      where w.company = c.key and w.local_date = c.closed_through + 1 and w.direction = 'inbound') as inbound,
    (select count(*) from windows w
      where w.company = c.key and w.local_date = c.closed_through + 1 and w.direction = 'outbound') as outbound
  from companies c where c.key = ${KEY}`;
