import type { CompanyId } from "../../../src/domain/types.ts";
import { companyKey } from "../../../src/postgres/company_key.ts";
import type { Pool } from "../../../src/postgres/connection.ts";
import { FEATURE } from "../../../src/postgres/ledger_columns.ts";

/** The number of entries and dates of a ledger. Entries are spread evenly. */
export interface LedgerSize {
  readonly entries: number;
  readonly days: number;
}

/** The first date of the ledger. */
export const FIRST_DATE = "2024-01-01";
/** The company of the large ledger. Its neighbours have a tenth of its entries each. */
export const COMPANY = "large" as CompanyId;
const OTHERS = ["a-neighbour", "z-neighbour"] as CompanyId[];

/** One entry in a hundred is late, by up to eight days. */
const LATE_EVERY = 100;

/**
 * Writes the ledger of a large company directly into the tables: mostly windows, some usage, one rare feature, refunds,
 * late entries and a package each month. The same size gives the same ledger.
 */
export async function writeLedger(pool: Pool, { entries, days }: LedgerSize): Promise<void> {
  await writeEntries(pool, COMPANY, entries, days);
  for (const other of OTHERS) await writeEntries(pool, other, Math.ceil(entries / 10), days);
  await pool.query("vacuum (analyze) ledger");
  await pool.query("vacuum (analyze) day_totals");
}

async function writeEntries(pool: Pool, company: CompanyId, entries: number, days: number): Promise<void> {
  const batch = 500_000;
  const key = companyKey(company);
  await pool.query(COMPANY_ROW, [company]);
  await pool.query(LABEL_SETS, [key]);
  for (let first = 1; first <= entries; first += batch) {
    const last = Math.min(first + batch - 1, entries);
    await pool.query(ENTRIES, [key, first, last, entries, days]);
  }
  await pool.query(TOTALS, [company, key]);
  await pool.query(PERIODS, [company, key]);
}

const LABEL_SETS = `
  insert into label_sets (company, id, labels)
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
  insert into ledger (company, seq, type, local_date, direction, feature, credits, prepaid, available_after,
    excess_after, late, occurred_at, recorded_at, units, rate_version, own_rate, contact, message, phone_number_id,
    fact_kind, usage_id, labels)
  select $1, seq, type::entry_type, local_date, direction::direction, case when direction = 'none' then feature end,
    amount, 0, 0, seq, late, local_date + time '12:00', posted_on + time '12:00',
    case when feature is not null then -amount end, case when feature is not null then 1 end,
    case when feature is not null then false end,
    case when direction <> 'none' then md5('c' || seq % 100000)::uuid end,
    case when direction <> 'none' then md5('m' || seq)::uuid end,
    case when direction <> 'none' then '10654000000000' || seq % 3 end,
    case when direction <> 'none' then 'wrote'::fact_kind end,
    case when direction = 'none' and feature is not null then 'usage ' || seq end,
    case when feature is not null then md5((array['sales', 'support', 'billing'])[1 + seq % 3])::uuid end
  from kinds
  cross join lateral (select case type when 'consumption' then -1 else 1 end as amount,
    case feature when 'whatsapp.inbound' then 'inbound' when 'whatsapp.outbound' then 'outbound' else 'none' end
      as direction) computed`;

/** The company $1, so that its key is known. */
const COMPANY_ROW = `
  insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through, due_at,
    created_at)
  values (company_key($1), $1, 'One', 'pt-BR', '', 0, 0, 0, '${FIRST_DATE}', 'infinity', '${FIRST_DATE}')`;

/** Each month is closed after the last entry that was recorded in it, but the last month is open. */
const PERIODS = `
  insert into periods (company, company_id, month, granted, consumed, closed, closed_seq)
  select $2, $1, month, 0, 0, month < max(month) over (), closed_seq
  from (select to_char(recorded_at, 'YYYY-MM') as month, max(seq) as closed_seq from ledger where company = $2
    group by 1) closings`;

const TOTALS = `
  insert into day_totals (company, company_id, local_date, feature, direction, units, credits)
  select $2, $1, local_date, ${FEATURE}, direction, -sum(credits), -sum(credits) from ledger
  where company = $2 and units is not null group by local_date, ${FEATURE}, direction`;
