-- Who may ask. These few stand by keys of their own: they are looked for before any company is known.

-- Counts the changes below. Every change locks this row until it is committed, so that none is committed behind a
-- later one, and a process that asks for what came after the last number it saw has all of it.
create table access_changes (
  only_row  boolean primary key default true check (only_row),
  revision  bigint not null
);

insert into access_changes (revision) values (0);

create table keys (
  id             text collate "C" primary key,
  -- SHA-256 of the whole key, which is kept nowhere.
  hash           bytea not null,
  name           text not null,
  scope          text not null check (scope in ('read', 'ingest', 'admin')),
  -- Null: it reaches all of them.
  company_id     text collate "C",
  sees_contacts  boolean not null,
  created_at     timestamptz not null,
  created_by     text not null,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  revision       bigint not null
);

create index keys_revision on keys (revision);
create index keys_newest on keys (created_at, id);
create index keys_company on keys (company_id, created_at, id);

-- People in browsers. A row is made with a link, and has a hash of its own once that was opened; both are SHA-256.
create table viewer_sessions (
  link             bytea primary key,
  hash             bytea unique,
  company_id       text collate "C" not null,
  -- The key that asked for it; null for the root key.
  key_id           text collate "C",
  ttl_ms           bigint not null,
  created_at       timestamptz not null,
  link_expires_at  timestamptz not null,
  -- Of the link until it is opened, of the session from then on.
  expires_at       timestamptz not null,
  ends_by          timestamptz,
  ended_at         timestamptz,
  -- The change that ended it.
  revision         bigint
);

create index viewer_sessions_company on viewer_sessions (company_id, expires_at);
create index viewer_sessions_expired on viewer_sessions (expires_at);
create index viewer_sessions_ended on viewer_sessions (revision) where revision is not null;
