-- Where platforms are told of their companies' months, and what they were told. Endpoints stand by a key of their
-- own: one may be for all companies.
create table webhook_endpoints (
  id                 text collate "C" primary key,
  url                text not null,
  -- Null: it hears of all of them.
  company_id         text collate "C",
  types              text[] not null,
  -- Readable, for what it signs; the receiver has the same.
  secret             bytea not null,
  created_at         timestamptz not null,
  created_by         text not null,
  -- These three by the machine's clock.
  last_delivered_at  timestamptz,
  last_failed_at     timestamptz,
  -- Its receiver answered 410: it wants to hear no more.
  gone_at            timestamptz,
  last_failure       text
);

create index webhook_endpoints_newest on webhook_endpoints (created_at, id);

-- One row an endpoint and thing to tell. That it stands here is what makes it told once; more of a package that is
-- granted later can be used up anew.
create table alert_deliveries (
  company_id       text collate "C" not null,
  month            text collate "C" not null,
  type             text collate "C" not null,
  granted          bigint not null,
  endpoint_id      text collate "C" not null,
  consumed         bigint not null,
  raised_at        timestamptz not null,
  -- How often it was tried and failed.
  failures         int not null default 0,
  -- By the machine's clock. Null once it was delivered or given up.
  next_attempt_at  timestamptz,
  primary key (company_id, month, type, granted, endpoint_id)
);

create index alert_deliveries_due on alert_deliveries (endpoint_id, next_attempt_at);

-- What months have come to is looked for every minute. Neither is touched by what the meter changes all day.
create index periods_open on periods (month, company_id) where not closed;
create index periods_closed on periods (closed_at);
