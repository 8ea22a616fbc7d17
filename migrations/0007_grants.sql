-- Two roles: the owner, who migrates, and the service, which has exactly the grants of src/postgres/grants.ts. The
-- functions here run as the owner; the service may execute them.

-- Ledger entries are immutable. The owner loses these privileges too: it must grant them to itself before it can change
-- a row. This needs no trigger, so inserts cost nothing and the table can be distributed.
revoke update, delete, truncate on ledger from current_user;

-- The progress of retention: where the stored facts begin.
create table retention (
  only_row        boolean primary key default true check (only_row),
  -- Facts and usages from before this instant are deleted; null: none was ever deleted.
  kept_from       timestamptz,
  -- All other rows with the same retention time from before this instant are deleted too.
  deleted_before  timestamptz
);

insert into retention (kept_from, deleted_before) values (null, null);

-- Usages and sends have no partitions, because their ids must be unique over time. BRIN indexes find their old rows by
-- insertion order, at almost no cost to writes.
create index usages_age on usages using brin (occurred_at);
create index sends_age on sends using brin (sent_at);

-- The planner's statistics contain values of a column, which an erasure does not reach.
alter table contacts alter column identifier set statistics 0;
alter table quarantine alter column event set statistics 0;
alter table label_sets alter column labels set statistics 0;

-- The latest instant before which the service may delete: the start of the UTC month of 35 days ago, by the test clock
-- if there is one.
create function deletable_before() returns timestamptz language sql stable as $$
  select date_trunc('month', (now() + coalesce((select max(offset_ms) from test_clock), 0) * interval '1 millisecond'
    - interval '35 days') at time zone 'UTC') at time zone 'UTC'
$$;

-- Drops the partitions of facts that end by an instant, which must begin a UTC month. Other statements wait for the
-- table at most as long as this function waits for its lock.
create function drop_facts_before(instant timestamptz) returns int language plpgsql security definer as $$
declare
  name text;
  dropped int := 0;
begin
  if instant > deletable_before() or date_trunc('month', instant at time zone 'UTC') <> instant at time zone 'UTC' then
    raise exception 'facts are deleted by whole months, at the earliest 35 days after the month';
  end if;
  -- Another process is dropping partitions: return null, and check again at the next run.
  if not pg_try_advisory_xact_lock(7033842111) then return null; end if;
  for name in
    select part.relname from pg_inherits join pg_class part on part.oid = inhrelid
    where inhparent = 'facts'::regclass
      and part.relname < 'facts_' || to_char(instant at time zone 'UTC', 'YYYY_MM')
    order by 1
  loop
    execute format('drop table %I', name);
    dropped := dropped + 1;
  end loop;
  if dropped > 0 then update retention set kept_from = greatest(kept_from, instant); end if;
  return dropped;
end
$$;

-- Deletes up to `rows_max` rows of each table with the retention time of facts. Returns the number of deleted rows.
create function delete_before(instant timestamptz, rows_max int) returns bigint language plpgsql security definer as $$
declare
  deleted bigint := 0;
  affected bigint;
begin
  if instant > deletable_before() then raise exception 'rows are deleted at the earliest after 35 days'; end if;
  delete from usages where ctid = any (array(select ctid from usages where occurred_at < instant limit rows_max));
  get diagnostics affected = row_count;
  if affected > 0 then update retention set kept_from = greatest(kept_from, instant); end if;
  deleted := deleted + affected;
  delete from sends where ctid = any (array(select ctid from sends where sent_at < instant limit rows_max));
  get diagnostics affected = row_count;
  deleted := deleted + affected;
  delete from quarantine
  where ctid = any (array(select ctid from quarantine where received_at < instant limit rows_max));
  get diagnostics affected = row_count;
  return deleted + affected;
end
$$;

alter function create_facts_partition(date) security definer;

-- A fixed search path: the functions use this schema's tables only. A short lock timeout: other statements queue behind
-- a lock request.
do $$
declare
  name text;
begin
  foreach name in array array['create_facts_partition(date)', 'drop_facts_before(timestamptz)',
    'delete_before(timestamptz, int)', 'deletable_before()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
    execute format('revoke execute on function %s from public', name);
  end loop;
  alter function drop_facts_before(timestamptz) set lock_timeout = '100ms';
end
$$;
