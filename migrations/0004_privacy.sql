-- What the service keeps beside all companies: its own secrets, and who was erased.

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
