-- API keys and viewer sessions. Their primary keys have no company: they are looked up before the company is known.

-- Numbers the changes to keys and sessions. Every change locks this row until it commits. So changes commit in order,
-- and a process that reads the changes after the last revision it knows misses none.
create table access_changes (
  only_row  boolean primary key default true check (only_row),
  revision  bigint not null
);

insert into access_changes (revision) values (0);

create table keys (
  id             text collate "C" primary key,
  -- SHA-256 of the whole key. The key itself is not stored.
  hash           bytea not null,
  name           text not null,
  scope          text not null check (scope in ('read', 'ingest', 'admin', 'platform')),
  -- Null: the key has access to all companies.
  company_id     text collate "C",
  sees_contacts  boolean not null,
  created_at     timestamptz not null,
  created_by     text not null,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  revision       bigint not null,
  check (scope <> 'platform' or company_id is null)
);

create index keys_revision on keys (revision);
create index keys_newest on keys (created_at, id);
create index keys_company on keys (company_id, created_at, id);

-- Sessions of viewers in browsers. `link` is the SHA-256 of the link's token. `hash` is the SHA-256 of the session's
-- token, set when the link is opened.
create table viewer_sessions (
  link             bytea primary key,
  hash             bytea unique,
  company_id       text collate "C" not null,
  -- The key that created the link; null for the root key.
  key_id           text collate "C",
  ttl_ms           bigint not null,
  -- Whether the viewer sees phones and BSUIDs in full.
  sees_contacts    boolean not null default false,
  created_at       timestamptz not null,
  link_expires_at  timestamptz not null,
  -- The expiry of the link until it is opened, then of the session.
  expires_at       timestamptz not null,
  ends_by          timestamptz,
  ended_at         timestamptz,
  -- The revision that ended the session.
  revision         bigint
);

create index viewer_sessions_company on viewer_sessions (company_id, expires_at);
create index viewer_sessions_expired on viewer_sessions (expires_at);
create index viewer_sessions_ended on viewer_sessions (revision) where revision is not null;

-- Answers to calls with an `Idempotency-Key`, so that a repeated call gets the first answer. Nothing here can be read
-- without the caller's API key and idempotency key, which are not stored: answers have secrets.
create table idempotent_calls (
  -- A hash of both keys and the route.
  id           bytea primary key,
  -- The attempt that runs or has run the call: one that lost the call stores nothing.
  attempt      uuid not null,
  -- A keyed hash of the body.
  fingerprint  bytea not null,
  -- Encrypted. Null while the call runs.
  answer       bytea,
  -- By the machine's clock. While the call runs: when another attempt may run it.
  expires_at   timestamptz not null
);

create index idempotent_calls_expired on idempotent_calls (expires_at);
