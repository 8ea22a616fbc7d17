-- What Meta charges the platform, and what its currencies are worth. The platform gives both. Rows are never changed:
-- of one key the last revision counts, and the earlier ones show what counted before.

-- A rate card of Meta: all its prices in one currency, from a date in the zone of Meta's account on.
create table meta_rates (
  currency               text collate "C" not null,
  effective_from         date not null,
  revision               int not null,
  -- Service messages that are free each month for each business number. Null: as Meta announced.
  free_service_messages  int check (free_service_messages >= 0),
  -- By market and category, an array of tiers: the messages of the month before the tier, and the price as text. What
  -- is absent has no price.
  prices                 jsonb not null,
  -- Why the revision replaces a price that was in force; null if it does not.
  correction             text,
  recorded_at            timestamptz not null,
  recorded_by            text not null,
  primary key (currency, effective_from, revision)
);

-- What one unit of a currency is worth in another one, from a date on.
create table exchange_rates (
  from_currency   text collate "C" not null,
  to_currency     text collate "C" not null,
  effective_from  date not null,
  revision        int not null,
  rate            numeric(19, 10) not null check (rate > 0),
  -- Why the revision replaces a rate that was in force; null if it does not.
  correction      text,
  recorded_at     timestamptz not null,
  recorded_by     text not null,
  primary key (from_currency, to_currency, effective_from, revision),
  check (from_currency <> to_currency)
);
