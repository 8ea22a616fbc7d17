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
  last_delivered_at  timestamptz,
  last_failed_at     timestamptz,
  last_failure       text,
  -- By the machine's clock: one that failed is left alone for a while, so that it holds up no other.
  paused_until       timestamptz,
  -- Its receiver answered 410: it wants to hear no more.
  gone_at            timestamptz
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
  attempts         int not null default 0,
  -- By the machine's clock. Null once it was delivered or given up.
  next_attempt_at  timestamptz,
  delivered_at     timestamptz,
  primary key (company_id, month, type, granted, endpoint_id)
);

create index alert_deliveries_due on alert_deliveries (next_attempt_at) where next_attempt_at is not null;
create index alert_deliveries_endpoint on alert_deliveries (endpoint_id);
