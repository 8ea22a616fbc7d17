-- The ledger, kept forever, and the totals derived from it.

create type entry_type as enum ('grant', 'consumption', 'reversal', 'expiry', 'adjustment');

-- `company` is the key of a company: see `companies.key`. Columns are in the order of their alignment, so that rows have
-- no padding. What other columns imply is null: see src/postgres/ledger_columns.ts. An entry belongs to the month of its
-- local date.
create table ledger (
  company          bigint not null,
  seq              bigint not null,
  occurred_at      timestamptz not null,
  recorded_at      timestamptz not null,
  credits          bigint not null,
  -- The part of `credits` that the package covers; the rest is excess.
  prepaid          bigint not null,
  available_after  bigint not null check (available_after >= 0),
  excess_after     bigint not null check (excess_after >= 0),
  -- Windows or units of usage that were added, or taken away (negative); 0 if only the price changed.
  units            bigint,
  -- The price of a unit. Null: the entry's credits for each of its units.
  rate_credits     bigint,
  -- When the window opened, and when the fact happened that caused the entry. Null: at `occurred_at`.
  opened_at        timestamptz,
  fact_at          timestamptz,
  local_date       date not null,
  type             entry_type not null,
  direction        direction not null,
  fact_kind        fact_kind,
  rate_version     int,
  -- Whether the price is the company's own.
  own_rate         boolean,
  late             boolean not null,
  contact          uuid,
  -- The message that opened the window.
  message          uuid,
  -- The label set of the usage or send that caused the entry.
  labels           uuid,
  -- Null for windows: their direction implies it.
  feature          text collate "C",
  -- The feature of the price. Null: that of the entry.
  rate_feature     text collate "C",
  -- The company's number that the message was sent to or from.
  phone_number_id  text collate "C",
  usage_id         text collate "C",
  -- The cause of an entry that charges nothing: a contract or a reopening.
  cause            jsonb,
  -- Postgres fills the pages of an index with ascending entries of many companies only if the entries have at most two
  -- columns of eight bytes; pages of longer ones stay half empty.
  primary key (company, seq),
  -- A charge is of a window or of a usage.
  check (units is null or (contact is null) <> (usage_id is null)),
  check (units is null or cause is null)
);

-- Each page of the ledger, newest first, is a range read of one index, for every filter. The common entry, a window
-- charged on time, has an entry in `ledger_dates` and in the index of its direction; the other indexes hold rare entries.

-- Includes lateness: entries on time are in the order of their dates, and late ones anywhere after.
create index ledger_dates on ledger (company, local_date, late, seq);

-- One index for each direction, which serve the features of windows too: with the direction as a column their entries
-- would be longer than 16 bytes and take twice the space, see above.
create index ledger_inbound on ledger (company, seq) where direction = 'inbound';
create index ledger_outbound on ledger (company, seq) where direction = 'outbound';
create index ledger_without_direction on ledger (company, seq) where direction = 'none';
create index ledger_feature on ledger (company, feature, seq) where feature is not null;
create index ledger_type on ledger (company, type, seq) where type <> 'consumption';
create index ledger_late on ledger (company, seq) where late;

-- Current windows: one per contact, local date and direction. They close by the clock, without a write.
create table windows (
  company      bigint not null,
  opened_at    timestamptz not null,
  credits      bigint not null,
  local_date   date not null,
  -- Implies the feature.
  direction    direction not null,
  contact      uuid not null,
  message      uuid,
  primary key (company, local_date, contact, direction)
);

-- Windows that opened in the same second are sorted by the query.
create index windows_newest on windows (company, opened_at);

-- Current totals by date, including late facts.
create table day_totals (
  company_id  text collate "C" not null,
  local_date  date not null,
  feature     text collate "C" not null,
  direction   text collate "C" not null,
  units       bigint not null,
  credits     bigint not null,
  primary key (company_id, local_date, feature, direction)
) with (fillfactor = 70);

-- Totals at the closing of each date: an array of { feature, direction, units, credits }.
create table closed_days (
  company_id  text collate "C" not null,
  local_date  date not null,
  totals      jsonb not null,
  closed_at   timestamptz not null,
  primary key (company_id, local_date)
);

-- The instant each local date ends, which other zone data never moves: every closed date, the dates before the creation
-- of the company on which late facts can fall, and those after the current date up to the last on which something is
-- dated. `companies.due_at` is the end of the current date.
create table local_days (
  company_id  text collate "C" not null,
  local_date  date not null,
  ends_at     timestamptz not null,
  primary key (company_id, local_date)
);

-- When days and months that a wrong clock had closed were reopened. Their rows in `closed_days` are deleted, and
-- those in `local_days` after the last charged date; the ledger has an entry for each amount that came back or was taken back.
create table reopenings (
  company_id      text collate "C" not null,
  -- The last ledger entry before.
  ledger_seq      bigint not null,
  -- The last closed date from then on, and the last one before.
  closed_through  date not null,
  closed_before   date not null,
  reopened_at     timestamptz not null,
  reopened_by     text not null,
  primary key (company_id, ledger_seq, reopened_at)
);

create table periods (
  company_id  text collate "C" not null,
  month       text collate "C" not null,
  granted     bigint not null,
  consumed    bigint not null,
  closed      boolean not null,
  -- The figures at the closing of the month.
  at_close    jsonb,
  closed_at   timestamptz,
  -- The last ledger entry before the closing: later entries of the month came after it.
  closed_seq  bigint,
  primary key (company_id, month)
) with (fillfactor = 70);

-- The test clock's offset, if there is one: it survives a restart.
create table test_clock (
  only_row   boolean primary key default true check (only_row),
  offset_ms  bigint not null
);
