-- What Meta charges: facts that tell the price of a message, the counts of delivered messages, and the accounts of
-- numbers.

-- What a status tells about Meta's price of its message: category, type, whether it is billable, and the country of the
-- recipient, as one number (src/domain/meta_costs/fact_pricing.ts). Null: not read. Facts of older versions have none.
alter table facts add column pricing int;

create type meta_category as enum ('marketing', 'authentication_international', 'authentication', 'utility', 'service',
  'unknown');
create type pricing_type as enum ('regular', 'free_customer_service', 'free_entry_point',
  'free_group_customer_service', 'unknown');

-- Delivered messages, counted by all that Meta's price depends on, so that no report reads facts. A change writes the
-- differences; the head of the company decides whether it is written, so each difference counts once. The counts stay
-- when facts are deleted, and hold nothing of a person. Columns are in the order of their alignment.
create table cost_days (
  company          bigint not null,
  messages         bigint not null,
  local_date       date not null,
  -- The date in the zone of Meta's account. Meta's month is the account's.
  account_date     date not null,
  category         meta_category not null,
  pricing_type     pricing_type not null,
  billable         boolean not null,
  -- ISO 3166-1 alpha-2 of the recipients; '' while it is unknown.
  country          text collate "C" not null,
  phone_number_id  text collate "C" not null,
  primary key (company, local_date, account_date, phone_number_id, country, category, pricing_type, billable)
) with (fillfactor = 70);

-- Reports on all companies.
create index cost_days_date on cost_days (local_date);

-- The Meta accounts that a number belonged to, each from an instant on.
create table number_accounts (
  company_id       text collate "C" not null references companies,
  phone_number_id  text collate "C" not null,
  from_at          timestamptz not null,
  account_id       text not null,
  portfolio_id     text not null,
  time_zone        text not null,
  currency         text not null,
  recorded_at      timestamptz not null,
  recorded_by      text not null,
  primary key (company_id, phone_number_id, from_at)
);
