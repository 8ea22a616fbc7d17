-- The service's secrets, and erased people.

-- Secrets that key hashes and ids without a company. They are in the database because all its processes need the same
-- secrets, and because a restored copy is useless without them.
create table service_secrets (
  name    text collate "C" primary key,
  secret  bytea not null
);

-- Erased people, hashed under the service's secret. Events without a company from before an erasure are stored erased.
create table erased_people (
  person     uuid primary key,
  erased_at  timestamptz not null
);
