-- Webhook endpoints of platforms, and the deliveries of alerts to them. An endpoint has its own key, because it may
-- receive the alerts of all companies.
create table webhook_endpoints (
  id                 text collate "C" primary key,
  url                text not null,
  -- Null: the endpoint receives the alerts of all companies.
  company_id         text collate "C",
  types              text[] not null,
  -- Stored readable, because it signs the messages; the receiver has the same secret.
  secret             bytea not null,
  created_at         timestamptz not null,
  created_by         text not null,
  -- These three instants are by the machine's clock.
  last_delivered_at  timestamptz,
  last_failed_at     timestamptz,
  -- The receiver answered 410: deliveries stop.
  gone_at            timestamptz,
  last_failure       text
);

create index webhook_endpoints_newest on webhook_endpoints (created_at, id);

-- One row per endpoint and alert, so that each alert is sent once. `granted` is in the key: a package that is enlarged
-- later can be used up again.
create table alert_deliveries (
  company_id       text collate "C" not null,
  month            text collate "C" not null,
  type             text collate "C" not null,
  granted          bigint not null,
  endpoint_id      text collate "C" not null,
  consumed         bigint not null,
  raised_at        timestamptz not null,
  -- The number of failed attempts.
  failures         int not null default 0,
  -- By the machine's clock. Null after delivery, or when the delivery was abandoned.
  next_attempt_at  timestamptz,
  primary key (company_id, month, type, granted, endpoint_id)
);

create index alert_deliveries_due on alert_deliveries (endpoint_id, next_attempt_at);

-- Months are scanned for alerts every minute. Metering changes neither index.
create index periods_open on periods (month, company_id) where not closed;
create index periods_closed on periods (closed_at);
