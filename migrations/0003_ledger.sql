-- What is owed: the ledger, for ever, and what is read off it often enough to be kept beside it.

create table ledger (
  company_id       text collate "C" not null,
  seq              bigint not null,
  type             text collate "C" not null
    check (type in ('grant', 'consumption', 'reversal', 'expiry', 'adjustment')),
  period           text collate "C" not null,
  local_date       date not null,
  feature          text collate "C",
  direction        text collate "C" not null check (direction in ('inbound', 'outbound', 'none')),
  credits          bigint not null,
  prepaid          bigint not null,
  excess           bigint not null,
  available_after  bigint not null check (available_after >= 0),
  excess_after     bigint not null check (excess_after >= 0),
  late             boolean not null,
  occurred_at      timestamptz not null,
  recorded_at      timestamptz not null,
  contact          uuid,
  cause            jsonb,
  primary key (company_id, seq),
  check (credits = prepaid + excess)
);

-- Lists are read a page at a time, newest first, by whatever they are filtered by: each such page is a piece of one
-- index. What the meter writes all day is a consumption of a window in time, which of these touches `ledger_dates` and
-- `ledger_feature` alone; the others hold what is rare.

-- With the lateness: entries in time stand in the ledger by their dates, late ones anywhere after.
create index ledger_dates on ledger (company_id, local_date, late, seq);

-- Serves a direction too: the windows of each have a feature of their own.
create index ledger_feature on ledger (company_id, feature, seq);
create index ledger_without_direction on ledger (company_id, seq) where direction = 'none';
create index ledger_type on ledger (company_id, type, seq) where type <> 'consumption';
create index ledger_late on ledger (company_id, seq) where late;

-- Windows as they stand: one a contact, local date and direction. They close by the clock.
create table windows (
  company_id   text collate "C" not null,
  local_date   date not null,
  contact      uuid not null,
  direction    text collate "C" not null,
  feature      text collate "C" not null,
  opened_at    timestamptz not null,
  credits      bigint not null,
  message      uuid,
  primary key (company_id, local_date, contact, direction)
);

create index windows_newest on windows (company_id, opened_at, contact, direction);

-- Today's truth by day, late facts included.
create table day_totals (
  company_id  text collate "C" not null,
  local_date  date not null,
  feature     text collate "C" not null,
  direction   text collate "C" not null,
  units       bigint not null,
  credits     bigint not null,
  primary key (company_id, local_date, feature, direction)
) with (fillfactor = 70);

-- What the closing of a day froze: an array of { feature, direction, units, credits }.
create table closed_days (
  company_id  text collate "C" not null,
  local_date  date not null,
  totals      jsonb not null,
  closed_at   timestamptz not null,
  primary key (company_id, local_date)
);

create table periods (
  company_id  text collate "C" not null,
  month       text collate "C" not null,
  granted     bigint not null,
  consumed    bigint not null,
  closed      boolean not null,
  -- What the closing of the month froze.
  at_close    jsonb,
  closed_at   timestamptz,
  primary key (company_id, month)
) with (fillfactor = 70);

-- The test clock's offset, where there is one: it survives a restart.
create table test_clock (
  only_row   boolean primary key default true check (only_row),
  offset_ms  bigint not null
);
