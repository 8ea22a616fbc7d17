-- Every table of a company has the company's key, `company`, and begins its primary key with it: a distributed Postgres
-- (Citus) shards all of them by this one column, so that a company's rows are on one server and are committed there at
-- once. A distribution column cannot be generated and is part of every unique key, so `companies.key` becomes a stored
-- value that a check derives from the id. Rows of days and months grow by eight bytes.

create function company_key(company_id text) returns bigint language sql immutable parallel safe as $$
  select ('x' || encode(substr(sha256(convert_to(company_id, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$$;

alter table company_settings drop constraint company_settings_company_id_fkey;
alter table contract_versions drop constraint contract_versions_company_id_fkey;
alter table number_accounts drop constraint number_accounts_company_id_fkey;

alter table companies alter column key drop expression;
alter table companies
  drop constraint companies_pkey,
  drop constraint companies_key_key,
  add primary key (key),
  add constraint companies_key_check check (key = company_key(company_id));
create index companies_id on companies (company_id);

-- A generated column fills the rows in the pass that adds it. Afterwards the writer gives the value.
do $$
declare
  name text;
  further_columns text;
begin
  for name, further_columns in values
    ('company_settings', ', version'),
    ('contract_versions', ', version'),
    ('rate_versions', ', feature, version'),
    ('number_accounts', ', phone_number_id, from_at'),
    ('quarantine', ', id'),
    ('day_totals', ', local_date, feature, direction'),
    ('closed_days', ', local_date'),
    ('local_days', ', local_date'),
    ('reopenings', ', ledger_seq, reopened_at'),
    ('periods', ', month'),
    ('alert_thresholds', ''),
    ('alert_checks', ''),
    ('alerts', ', topic, level')
  loop
    execute format('alter table %1$I drop constraint %2$I,
      add column company bigint not null generated always as (company_key(company_id)) stored',
      name, name || '_pkey');
    execute format('alter table %I alter column company drop expression', name);
    execute format('alter table %I add primary key (company%s)', name, further_columns);
  end loop;
end
$$;

alter table company_settings add foreign key (company) references companies;
alter table contract_versions add foreign key (company) references companies;
alter table number_accounts add foreign key (company) references companies;

drop index alerts_newest;
create index alerts_newest on alerts (company, raised_at, id);

-- As before, but rows are found by their keys: a row of a distributed table has no `ctid`.
create or replace function delete_before(instant timestamptz, rows_max int) returns bigint language plpgsql
security definer as $$
declare
  deleted bigint := 0;
  affected bigint;
begin
  if instant > deletable_before() then raise exception 'rows are deleted at the earliest after 35 days'; end if;
  delete from usages where (company, id) in (select company, id from usages where occurred_at < instant limit rows_max);
  get diagnostics affected = row_count;
  if affected > 0 then update retention set kept_from = greatest(kept_from, instant); end if;
  deleted := deleted + affected;
  delete from sends
  where (company, message) in (select company, message from sends where sent_at < instant limit rows_max);
  get diagnostics affected = row_count;
  deleted := deleted + affected;
  delete from quarantine
  where (company, id) in (select company, id from quarantine where received_at < instant limit rows_max);
  get diagnostics affected = row_count;
  return deleted + affected;
end
$$;

do $$
begin
  execute format('alter function delete_before(timestamptz, int) set search_path = %I, pg_temp', current_schema());
end
$$;
