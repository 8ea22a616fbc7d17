-- Webhook endpoints of platforms, alerts, and their deliveries. An endpoint has its own key, because it may receive the
-- alerts of all companies.
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

-- The thresholds of companies that have their own.
create table alert_thresholds (
  company_id     text collate "C" primary key,
  -- Percentages of the package, in ascending order.
  used_percents  int[] not null,
  -- Available credits, in descending order.
  credits_left   bigint[] not null,
  -- Null: no alert before a package runs out.
  runs_out_days  int,
  set_at         timestamptz not null,
  set_by         text not null
);

-- The last closed date whose alerts were checked, and from how many credits on the date after it can be unusual.
create table alert_checks (
  company_id       text collate "C" primary key,
  checked_through  date not null,
  spike_from       bigint
) with (fillfactor = 70);

-- Raised alerts. `company_id` is '' for those of no company. Of one topic only a higher level is added: an alert is raised
-- once, by any process.
create table alerts (
  company_id  text collate "C" not null,
  topic       text collate "C" not null,
  level       bigint not null,
  id          text collate "C" not null,
  type        text collate "C" not null,
  -- As it is sent: `json` keeps the order of the fields.
  data        json not null,
  raised_at   timestamptz not null,
  primary key (company_id, topic, level)
);

create index alerts_newest on alerts (company_id, raised_at, id);

-- Alerts to be posted to endpoints, and tests. A row has its message, so that it does not depend on the alert.
create table alert_deliveries (
  endpoint_id      text collate "C" not null,
  id               text collate "C" not null,
  company_id       text collate "C" not null,
  topic            text collate "C" not null,
  level            bigint not null,
  type             text collate "C" not null,
  data             json not null,
  raised_at        timestamptz not null,
  -- The number of failed attempts since it was added or resent.
  failures         int not null default 0,
  -- By the machine's clock, as the instants of attempts. Null after delivery, or when the delivery was abandoned.
  next_attempt_at  timestamptz,
  delivered_at     timestamptz,
  -- The last attempts, in order.
  attempts         jsonb not null default '[]',
  primary key (endpoint_id, company_id, topic, level)
);

create unique index alert_deliveries_id on alert_deliveries (endpoint_id, id);
create index alert_deliveries_newest on alert_deliveries (endpoint_id, raised_at, id);
create index alert_deliveries_due on alert_deliveries (endpoint_id, next_attempt_at, raised_at)
  where next_attempt_at is not null;

-- Months are scanned for alerts every minute. Metering changes neither index.
create index periods_open on periods (month, company_id) where not closed;
create index periods_closed on periods (closed_at);
