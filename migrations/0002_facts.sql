-- What arrived: append-only, once by its content. What a company owes is a pure function of it.

-- No foreign key from here on: a row is written only where the head of its company was moved in the same
-- statement, and the check of each row would cost a fifth of the whole write.
create table contacts (
  company_id     text collate "C" not null,
  -- One way a contact is known, and the contact it belongs to: an alias is another key of one contact.
  key            uuid not null,
  contact_id     uuid not null,
  by_phone       boolean not null,
  -- The only place where a readable number stands. Null once the person was erased, or the name is past keeping.
  identifier           text,
  -- When the person was erased last: what happened before then may not name them again.
  erased_at      timestamptz,
  primary key (company_id, key)
);

-- A contact is called by one of its own keys, so that only its other keys have to be found by it.
create index contacts_alias on contacts (company_id, contact_id) where contact_id <> key;

create table facts (
  company_id       text collate "C" not null,
  contact          uuid not null,
  occurred_at      timestamptz not null,
  id               uuid not null,
  kind             text collate "C" not null,
  message          uuid not null,
  template         boolean not null,
  category         text,
  callback         uuid,
  phone_number_id  text,
  attribution      jsonb,
  recorded_at      timestamptz not null,
  primary key (company_id, contact, occurred_at, id)
) partition by range (occurred_at);

-- Facts stand in partitions by UTC month, made when the first fact of a month is written, and dropped
-- whole when it is past keeping. Attaching one that was made apart locks nobody out who reads or writes.
create function create_facts_partition(month_start date) returns void language plpgsql as $$
declare
  name text := 'facts_' || to_char(month_start, 'YYYY_MM');
begin
  if to_regclass(name) is not null then return; end if;
  -- The lock that attaching takes: whoever makes the same partition at the same time waits here, and finds it.
  lock table facts in share update exclusive mode;
  if to_regclass(name) is not null then return; end if;
  execute format('create table %I (like facts including all)', name);
  execute format(
    'alter table facts attach partition %I for values from (%L) to (%L)',
    name,
    month_start::text || ' 00:00:00+00',
    (month_start + interval '1 month')::date::text || ' 00:00:00+00'
  );
end
$$;

create table sends (
  company_id  text collate "C" not null,
  message     uuid not null,
  content     uuid not null,
  reply       text not null,
  sent_at     timestamptz not null,
  primary key (company_id, message)
);

create table usages (
  company_id   text collate "C" not null,
  id           text collate "C" not null,
  content      uuid not null,
  feature      text collate "C" not null,
  quantity     bigint not null,
  credits      bigint not null,
  local_date   date not null,
  occurred_at  timestamptz not null,
  attributes   jsonb,
  recorded_at  timestamptz not null,
  primary key (company_id, id)
);

-- What could not be metered, kept for an operator: of no company ('') or of one.
create table quarantine (
  company_id       text collate "C" not null,
  id               uuid not null,
  reason           text not null,
  phone_number_id  text,
  event            jsonb not null,
  received_at      timestamptz not null,
  replayed_at      timestamptz,
  -- Whoever claimed the number that it came for, when nobody had it. It stays where it is, under no company: a row that
  -- stands under one cannot be moved to another where the table is distributed.
  claimed_by       text collate "C",
  -- Keyed hashes of everybody it speaks of, by which an erasure finds it. A company's own events are hashed under its
  -- secret, all others under that of the service.
  people           uuid[] not null default '{}',
  primary key (company_id, id)
);

create index quarantine_received on quarantine (received_at, id);
create index quarantine_company on quarantine (coalesce(claimed_by, company_id), received_at, id);
create index quarantine_reason on quarantine (reason, received_at, id);
create index quarantine_any_number on quarantine (phone_number_id, received_at, id);
create index quarantine_id on quarantine (id);
create index quarantine_number on quarantine (phone_number_id, received_at, id)
  where company_id = '' and claimed_by is null and replayed_at is null;
create index quarantine_people on quarantine using gin (people);
