-- Reconciliations: what Meta reports beside what is counted, as it was compared.

create table reconciliations (
  id           uuid primary key,
  created_at   timestamptz not null,
  -- Meta's id of the WhatsApp Business Account.
  account_id   text collate "C" not null,
  from_date    date not null,
  to_date      date not null,
  -- The account's currency, ISO 4217.
  currency     text not null,
  created_by   text not null,
  data_points  int not null,
  -- Totals by kind of line and by likely reason. Amounts are strings.
  totals       jsonb not null
);

create index reconciliations_created on reconciliations (created_at, id);
create index reconciliations_account on reconciliations (account_id, created_at, id);

-- One line for each number, date of the account, category, pricing type and country. It names no person.
create table reconciliation_lines (
  reconciliation   uuid not null,
  line             int not null,
  date             date not null,
  kind             text not null,
  phone_number_id  text collate "C" not null,
  category         text not null,
  pricing_type     text not null,
  -- ISO 3166-1 alpha-2; null while only BSUIDs of the recipients are known.
  country          text,
  our_messages     bigint not null,
  meta_messages    bigint not null,
  -- Millionths of the currency's unit; null: not known.
  our_cost         bigint,
  meta_cost        bigint,
  -- The likely reasons of the difference. Amounts are strings.
  parts            jsonb not null,
  primary key (reconciliation, line)
);
