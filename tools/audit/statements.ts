/** What the audit asks of Postgres: each by a key, each a small page. `$1` is the company. */

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::int8`;

export const COUNT_COMPANIES = "select count(*) from companies";

export const COMPANIES_AFTER = `
  select company_id from companies where company_id > $1 order by company_id limit $2`;

export const HEAD = `
  select version, ledger_seq, closed_through, ${ms("due_at")} as due_ms, ${ms("created_at")} as created_ms
  from companies where company_id = $1`;

export const SETTINGS = `
  select version, effective_from, time_zone, template_in_open_window
  from company_settings where company_id = $1 order by version`;

/** The company's own prices and the general ones. */
export const RATES = `
  select company_id, feature, version, credits, effective_from, ${ms("from_at")} as from_ms,
    ${ms("recorded_at")} as recorded_ms
  from rate_versions where company_id in ($1, '') order by company_id, feature, version`;

export const CONTRACT = `
  select version, effective_from, package_credits, starts_on, first_month, withdraws, reason
  from contract_versions where company_id = $1 order by version`;

/** The start of the oldest UTC month whose facts are kept; null while all there ever were are. */
export const FACTS_RETAINED_FROM = `select ${ms("kept_from")} as kept_from_ms from retention`;

export const WAS_CHARGED_BEFORE = `
  select exists (select from day_totals where company_id = $1 and local_date < $2) as charged`;

/** In order of the key they stand under, so that what is known of a contact comes together. */
export const FACTS = `
  select contact, occurred_at, id, ${ms("occurred_at")} as at_ms, kind, message, template, category, callback,
    ${ms("recorded_at")} as recorded_ms
  from facts
  where company_id = $1 and (contact, occurred_at, id) > ($2::uuid, $3::timestamptz, $4::uuid)
    and kind <> 'noted'
  order by contact, occurred_at, id limit $5`;

/** Facts under keys, for contacts that are known by several. */
export const FACTS_OF = `
  select contact, ${ms("occurred_at")} as at_ms, kind, message, template, category, callback,
    ${ms("recorded_at")} as recorded_ms
  from facts where company_id = $1 and contact = any ($2::uuid[]) and kind <> 'noted'`;

/** For each key the contact it belongs to, and every key of that contact. */
export const KEYS_OF = `
  with seen as (select key, contact_id from contacts where company_id = $1 and key = any ($2::uuid[]))
  select s.key as seen, s.contact_id, c.key
  from seen s join contacts c on c.company_id = $1 and c.key = s.contact_id
  union all
  select s.key, s.contact_id, c.key
  from seen s join contacts c on c.company_id = $1 and c.contact_id = s.contact_id and c.contact_id <> c.key`;

const WINDOW = `w.local_date, w.contact, w.direction, w.feature, ${ms("w.opened_at")} as opened_ms, w.credits,
  w.message`;

export const WINDOWS_OF = `
  select ${WINDOW}
  from unnest($2::date[], $3::uuid[]) as asked(local_date, contact)
  join windows w on w.company_id = $1 and w.local_date = asked.local_date and w.contact = asked.contact`;

export const WINDOW_COUNTS = `
  select local_date, direction, count(*) as windows
  from windows where company_id = $1 and local_date between $2 and $3 group by 1, 2`;

/** Windows of a date that no fact of that date speaks for. */
export const WINDOWS_WITHOUT_FACTS = `
  select ${WINDOW}
  from windows w
  where w.company_id = $1 and w.local_date = $2 and w.direction = $3 and not exists (
    select from facts f
    where f.company_id = $1 and f.kind <> 'noted' and f.occurred_at >= $4 and f.occurred_at < $5
      and f.contact in (
        select w.contact
        union all
        select person.contact_id from contacts person where person.company_id = $1 and person.key = w.contact
        union all
        select other.key from contacts person
        join contacts other on other.company_id = $1 and other.contact_id = person.contact_id
          and other.contact_id <> other.key
        where person.company_id = $1 and person.key = w.contact
      )
  )
  order by w.contact limit 1000`;

export const USAGES = `
  select id, feature, quantity, credits, local_date, ${ms("occurred_at")} as at_ms
  from usages where company_id = $1 and id > $2 order by id limit $3`;

export const LEDGER = `
  select seq, type, period, local_date, feature, direction, credits, prepaid, excess, available_after,
    excess_after, late, ${ms("recorded_at")} as recorded_ms
  from ledger where company_id = $1 and seq > $2 order by seq limit $3`;

export const DAY_TOTALS = `
  select local_date, feature, direction, units, credits
  from day_totals
  where company_id = $1 and (local_date, feature, direction) > ($2::date, $3, $4)
  order by local_date, feature, direction limit $5`;

export const CLOSED_DAYS = `
  select local_date, totals from closed_days
  where company_id = $1 and local_date > $2::date order by local_date limit $3`;

export const PERIODS = `
  select month, granted, consumed, closed, at_close from periods where company_id = $1 order by month`;

/** What a live balance must say, by the ledger and the windows, in one statement and so of one moment. */
export const BALANCE = `
  select c.version, c.closed_through, ${ms("c.due_at")} as due_ms,
    to_char(c.closed_through + 1, 'YYYY-MM') as period,
    (select coalesce(sum(credits), 0)::int8 from ledger l
      where l.company_id = $1 and l.local_date >= date_trunc('month', c.closed_through + 1)::date
        and l.local_date < (date_trunc('month', c.closed_through + 1) + interval '1 month')::date
        and l.type = 'grant') as granted,
    (select coalesce(-sum(credits), 0)::int8 from ledger l
      where l.company_id = $1 and l.local_date >= date_trunc('month', c.closed_through + 1)::date
        and l.local_date < (date_trunc('month', c.closed_through + 1) + interval '1 month')::date
        and l.type in ('consumption', 'reversal')) as consumed,
    (select count(*) from windows w
      where w.company_id = $1 and w.local_date = c.closed_through + 1 and w.direction = 'inbound') as inbound,
    (select count(*) from windows w
      where w.company_id = $1 and w.local_date = c.closed_through + 1 and w.direction = 'outbound') as outbound
  from companies c where c.company_id = $1`;
