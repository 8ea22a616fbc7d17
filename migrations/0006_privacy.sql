-- Erasing a person: nothing readable of them is left, and nothing of before brings it back.

-- When the person was erased last: what happened before then may not name them again.
alter table contacts add column erased_at timestamptz;

-- Keyed hashes of everybody a kept event speaks of, by which an erasure finds it. A company's own events are
-- hashed under its secret, all others under that of the service.
alter table quarantine add column people uuid[] not null default '{}';
create index quarantine_people on quarantine using gin (people);

-- Keys the hashes and ids of what no company's secret could: in the database, because every process on it must
-- find the same ones, and because a copy of the database without it could not be served.
create table service_secrets (
  name    text collate "C" primary key,
  secret  bytea not null
);

-- Who was erased, under the secret of the service: an event of no company that tells of before is not kept again.
create table erased_people (
  person     uuid primary key,
  erased_at  timestamptz not null
);
