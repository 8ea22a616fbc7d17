-- Facts: append-only, each stored once by its content. A company's charges are a pure function of its facts.
--
-- `company` is the key of a company: see `companies.key`.

-- Types of four bytes, for the rows that each opening writes.
create type direction as enum ('inbound', 'outbound', 'none');
create type status_category as enum ('marketing', 'utility', 'authentication', 'unnamed');
create type fact_kind as enum ('wrote', 'noted', 'sent', 'delivered', 'read', 'played', 'failed', 'send_recorded',
  'number_changed', 'alias_learned', 'send_failed', 'called', 'message_moved');

-- The tables from here on have no foreign keys: a row is written only if the same statement updated the head of its
-- company, and checking each row would cost a fifth of the write.
create table contacts (
  company        bigint not null,
  -- When the key was first recorded. Facts of a contact that is known for longer than facts are stored may be deleted.
  known_since    timestamptz not null default '-infinity',
  -- The latest erasure: events from before it do not restore the identifier.
  erased_at      timestamptz,
  -- A keyed hash of an identifier, and its contact. A contact has one key per identifier, and its id is one of them.
  key            uuid not null,
  -- Null: the key is the contact's id.
  contact_id     uuid check (contact_id <> key),
  by_phone       boolean not null,
  -- The phone number or BSUID, readable only here. Null after an erasure or past the retention time.
  identifier     text,
  primary key (company, key)
);

create index contacts_alias on contacts (company, contact_id) where contact_id is not null;

-- Labels of usage and sends. Facts, usages and the ledger have the id of a set only, so an erasure changes labels here
-- and nothing there.
create table label_sets (
  company  bigint not null,
  -- A keyed hash of the labels.
  id       uuid not null,
  labels   jsonb not null,
  primary key (company, id)
);

-- Columns are in the order of their alignment, so that rows have no padding.
create table facts (
  company          bigint not null,
  occurred_at      timestamptz not null,
  recorded_at      timestamptz not null,
  -- The first 48 bits of the message key and a code of the content: unique with the contact and the time.
  id               bigint not null,
  kind             fact_kind not null,
  category         status_category,
  template         boolean not null,
  -- The first fact of a message and a contact, and each message of theirs that may open a window: the contact is
  -- found by the message alone.
  by_message       boolean not null default false,
  contact          uuid not null,
  message          uuid not null,
  callback         uuid,
  -- A label set.
  labels           uuid,
  phone_number_id  text collate "C",
  primary key (company, contact, occurred_at, id)
) partition by range (occurred_at);

create index facts_message on facts (company, message) where by_message;

-- Facts are partitioned by UTC month. A partition is created for the first fact of a month, and dropped when its
-- retention time has ended. It is created apart and then attached, which blocks no reads or writes.
create function create_facts_partition(month_start date) returns void language plpgsql as $$
declare
  name text := 'facts_' || to_char(month_start, 'YYYY_MM');
begin
  if to_regclass(name) is not null then return; end if;
  -- The lock that attaching takes: a concurrent call waits here, and then finds the partition.
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
  company  bigint not null,
  message  uuid not null,
  content  uuid not null,
  reply    text not null,
  sent_at  timestamptz not null,
  primary key (company, message)
);

create table usages (
  company      bigint not null,
  id           text collate "C" not null,
  content      uuid not null,
  feature      text collate "C" not null,
  quantity     bigint not null,
  credits      bigint not null,
  local_date   date not null,
  occurred_at  timestamptz not null,
  labels       uuid,
  recorded_at  timestamptz not null,
  primary key (company, id)
);

-- Events that could not be metered, for an operator. `company_id` is '' for events without a company.
create table quarantine (
  company_id       text collate "C" not null,
  id               uuid not null,
  reason           text not null,
  phone_number_id  text,
  event            jsonb not null,
  received_at      timestamptz not null,
  replayed_at      timestamptz,
  -- The company that claimed the event's number later. `company_id` stays '': a distributed table cannot move a row to
  -- another company.
  claimed_by       text collate "C",
  -- Keyed hashes of every person in the event, for erasures. Events of a company use its secret; all others use the
  -- service's secret.
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
create index quarantine_in_the_future on quarantine (((event->>'at_ms')::numeric), id)
  where reason = 'in_the_future' and replayed_at is null;
create index quarantine_people on quarantine using gin (people);
create index quarantine_backlog on quarantine (reason) where replayed_at is null;
