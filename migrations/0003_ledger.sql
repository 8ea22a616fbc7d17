-- The ledger, kept forever, and the totals derived from it.

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
  -- The label set of the usage or send that caused the entry.
  labels           uuid,
  primary key (company_id, seq),
  check (credits = prepaid + excess)
);

-- Each page of the ledger, newest first, is a range read of one index, for every filter. The common entry, a window
-- charged on time, touches `ledger_dates` and `ledger_feature` only; the other indexes hold rare entries.

-- Includes lateness: entries on time are in the order of their dates, and late ones anywhere after.
create index ledger_dates on ledger (company_id, local_date, late, seq);

-- Serves filters by direction too: the windows of each direction have their own feature.
create index ledger_feature on ledger (company_id, feature, seq);
create index ledger_without_direction on ledger (company_id, seq) where direction = 'none';
create index ledger_type on ledger (company_id, type, seq) where type <> 'consumption';
create index ledger_late on ledger (company_id, seq) where late;

-- Current windows: one per contact, local date and direction. They close by the clock, without a write.
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
