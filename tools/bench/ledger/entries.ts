import type { Pool } from "../../../src/postgres/connection.ts";

/** The number of entries and dates of a ledger. Entries are spread evenly. */
export interface LedgerSize {
  readonly entries: number;
  readonly days: number;
}

/** The first date of the ledger. */
export const FIRST_DATE = "2024-01-01";
/** The company of the large ledger. Its neighbours have a tenth of its entries each. */
export const COMPANY = "large";
const OTHERS = ["a-neighbour", "z-neighbour"];

/** One entry in a hundred is late, by up to eight days. */
const LATE_EVERY = 100;

/**
 * Writes the ledger of a large company directly into the tables: mostly windows, some usage, one rare feature, refunds,
 * late entries and a package each month. The same size gives the same ledger.
 */
export async function writeLedger(pool: Pool, { entries, days }: LedgerSize): Promise<void> {
  await writeEntries(pool, COMPANY, entries, days);
  for (const other of OTHERS) await writeEntries(pool, other, Math.ceil(entries / 10), days);
  await pool.query(TOTALS);
  await pool.query(PERIODS);
  await pool.query("vacuum (analyze) ledger");
  await pool.query("vacuum (analyze) day_totals");
}

async function writeEntries(pool: Pool, company: string, entries: number, days: number): Promise<void> {
  const batch = 500_000;
  await pool.query(LABEL_SETS, [company]);
  for (let first = 1; first <= entries; first += batch) {
    const last = Math.min(first + batch - 1, entries);
    await pool.query(ENTRIES, [company, first, last, entries, days]);
  }
}

const LABEL_SETS = `
  insert into label_sets (company_id, id, labels)
  select $1, md5(department)::uuid, jsonb_build_object('department', department)
  from unnest(array['sales', 'support', 'billing']) as department`;

/** Derives each entry from its number. Every column that queries read or filter is as the service writes it. */
const ENTRIES = `
  with places as (
    select seq, ((seq - 1) * $5::bigint / $4::bigint)::int as day, (seq * 7919) % 1000 as draw,
      seq % ${LATE_EVERY} = 0 as late
    from generate_series($2::bigint, $3::bigint) as seq
  ),
  kinds as (
    select seq, late, date '${FIRST_DATE}' + day - case when late then 1 + (seq % 8)::int else 0 end as local_date,
      date '${FIRST_DATE}' + day as posted_on,
      case when draw < 600 then 'whatsapp.inbound' when draw < 900 then 'whatsapp.outbound'
        when draw < 998 then 'automation.run' when draw = 998 then 'sms.sent' end as feature,
      case when draw = 999 then 'grant' when (seq * 31) % 50 = 0 then 'reversal' else 'consumption' end as type
    from places
  )
  insert into ledger (company_id, seq, type, period, local_date, feature, direction, credits, prepaid, excess,
    available_after, excess_after, late, occurred_at, recorded_at, contact, cause, labels)
  select $1, seq, type, to_char(local_date, 'YYYY-MM'), local_date, feature,
    case feature when 'whatsapp.inbound' then 'inbound' when 'whatsapp.outbound' then 'outbound' else 'none' end,
    amount, 0, amount, 0, seq, late, local_date + time '12:00', posted_on + time '12:00',
    case when feature like 'whatsapp.%' then contact end,
    case when feature is not null then jsonb_build_object(
      'type', 'window', 'contact', contact, 'opened_at_ms', 1704110400000 + seq * 1000, 'units', -amount,
      'message', md5('m' || seq)::uuid, 'phone_number_id', '10654000000000' || seq % 3,
      'rate', jsonb_build_object('feature', feature, 'version', 1, 'own', false, 'credits', 1),
      'fact', jsonb_build_object('kind', 'wrote', 'at_ms', 1704110400000 + seq * 1000))
    end,
    case when feature is not null then md5((array['sales', 'support', 'billing'])[1 + seq % 3])::uuid end
  from kinds
  cross join lateral (select case type when 'consumption' then -1 else 1 end as amount,
    md5('c' || seq % 100000)::uuid as contact) computed`;

/** Each month is closed after the last entry that was recorded in it, but the last month is open. */
const PERIODS = `
  insert into periods (company_id, month, granted, consumed, closed, closed_seq)
  select company_id, month, 0, 0, month < max(month) over (), closed_seq
  from (select company_id, to_char(recorded_at, 'YYYY-MM') as month, max(seq) as closed_seq from ledger group by 1, 2) closings`;

const TOTALS = `
  insert into day_totals (company_id, local_date, feature, direction, units, credits)
  select company_id, local_date, feature, direction, -sum(credits), -sum(credits) from ledger
  where feature is not null group by company_id, local_date, feature, direction`;
