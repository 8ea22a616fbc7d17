-- Companies, and their versioned settings, contracts and rates. `company_id` leads every key, so that a distributed
-- Postgres can shard the tables by company. No column has a sequence or a default that reads a clock: every stored
-- value is decided by the actor.

create table companies (
  company_id      text collate "C" primary key,
  -- The first eight bytes of the SHA-256 of the id. Rows that grow with traffic name their company by it: every row and
  -- index entry of theirs has it.
  key             bigint not null unique generated always as (
    ('x' || encode(substr(sha256(company_id::bytea), 1, 8), 'hex'))::bit(64)::bigint
  ) stored,
  name            text not null,
  locale          text not null,
  -- ISO 3166-1 alpha-2. National numbers given by callers are of this country; null: only international ones are read.
  country         text check (country ~ '^[A-Z]{2}$'),
  -- Keys the hashes of the company's contacts and messages.
  contact_secret  bytea not null,
  -- Raised by each activation: an owner with an older epoch cannot write.
  epoch           bigint not null,
  version         bigint not null,
  ledger_seq      bigint not null,
  closed_through  date not null,
  -- The end of the current local date, when the scheduler activates the company.
  due_at          timestamptz not null,
  -- The latest instant of any charge: immediate changes take effect after it.
  latest_charged_at  timestamptz,
  created_at      timestamptz not null
) with (fillfactor = 50);

-- All companies of a time zone are due at once, so the index includes the company.
create index companies_due on companies (due_at, company_id);

create table company_settings (
  company_id               text collate "C" not null references companies,
  version                  int not null,
  effective_from           date not null,
  time_zone                text not null,
  template_in_open_window  text not null check (template_in_open_window in ('charge', 'free')),
  recorded_at              timestamptz not null,
  recorded_by              text not null,
  primary key (company_id, version)
);

-- The companies that own Meta's phone numbers, and that owned them. Claims of one number do not overlap, and only the
-- last can be open. A number is claimed by different companies, so the table has no company to be sharded by: on a
-- distributed Postgres it is a reference table.
create table phone_numbers (
  phone_number_id  text collate "C" not null,
  -- Counts the number's claims from 1.
  claim            int not null check (claim > 0),
  company_id       text collate "C" not null,
  -- When the company's events begin. Null: since the beginning.
  owned_from       timestamptz,
  claimed_at       timestamptz not null,
  -- Null while the company owns the number.
  released_at      timestamptz check (released_at >= owned_from),
  -- The owner's name for the number, such as the phone. Null: none.
  name             text,
  primary key (phone_number_id, claim)
);

create unique index phone_numbers_owner on phone_numbers (phone_number_id) where released_at is null;
create index phone_numbers_company on phone_numbers (company_id) where released_at is null;
create index phone_numbers_released on phone_numbers (released_at) where released_at is not null;

create table contract_versions (
  company_id           text collate "C" not null references companies,
  version              int not null,
  effective_from       date not null,
  package_credits      bigint,
  package_price        numeric(15, 6),
  excess_credit_price  numeric(15, 6),
  currency             text not null,
  starts_on            date not null,
  first_month          text not null check (first_month in ('full', 'prorated')),
  withdraws            int[] not null,
  reason               text not null check (reason in ('agreed', 'cancelled', 'taken_back')),
  recorded_at          timestamptz not null,
  recorded_by          text not null,
  primary key (company_id, version)
);

-- Names of features on the rate card. Their prices are the rate versions of the company ''.
create table features (
  feature  text collate "C" primary key,
  name_pt  text not null,
  name_en  text not null
);

create table rate_versions (
  company_id      text collate "C" not null,
  feature         text collate "C" not null,
  version         int not null,
  credits         bigint not null check (credits >= 0),
  -- Null: since the beginning.
  effective_from  date,
  from_at         timestamptz,
  recorded_at     timestamptz not null,
  recorded_by     text not null,
  primary key (company_id, feature, version)
);

insert into features (feature, name_pt, name_en) values
  ('whatsapp.inbound', 'Conversa iniciada pelo cliente', 'Conversation opened by the customer'),
  ('whatsapp.outbound', 'Conversa iniciada pela empresa', 'Conversation opened by the business');

insert into rate_versions (company_id, feature, version, credits, effective_from, from_at, recorded_at, recorded_by)
values
  ('', 'whatsapp.inbound', 1, 1, null, null, timestamptz 'epoch', 'built-in'),
  ('', 'whatsapp.outbound', 1, 1, null, null, timestamptz 'epoch', 'built-in');
