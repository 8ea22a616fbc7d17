-- Two roles: the owner, who migrates, and the service, which has what src/postgres/grants.ts grants and no more. The
-- functions here are the owner's, lent to the service for one thing each.

-- What is owed is written once. Taken from the owner too, who would have to give it back before altering a row: no
-- trigger, so that nothing is asked of the rows that are inserted, and the table can be distributed.
revoke update, delete, truncate on ledger from current_user;

-- Where facts begin: those of before, and what is kept as long as they are, has been forgotten.
create table retention (
  only_row    boolean primary key default true check (only_row),
  -- No fact or usage of before this is kept; null: all there ever were are.
  kept_from   timestamptz,
  -- All else of before this has been forgotten too.
  swept_to    timestamptz
);

insert into retention (kept_from, swept_to) values (null, null);

-- Usages and sends have no partitions, for their ids are unique over all time kept; what is old of them is found
-- by where it was written, at no cost to those who write.
create index usages_age on usages using brin (occurred_at);
create index sends_age on sends using brin (sent_at);

-- The planner's statistics quote what stands in a column, and nobody erases them.
alter table contacts alter column identifier set statistics 0;
alter table quarantine alter column event set statistics 0;

-- The latest instant before which anything may be forgotten, whatever the service asks for: 35 days ago, by the
-- test clock where there is one.
create function forgettable_before() returns timestamptz language sql stable as $$
  select date_trunc('month', (now() + coalesce((select max(offset_ms) from test_clock), 0) * interval '1 millisecond'
    - interval '35 days') at time zone 'UTC') at time zone 'UTC'
$$;

-- Drops the partitions of facts that end by an instant, which must begin a UTC month. Whoever wants the table
-- meanwhile waits at most as long as this waits for its lock.
create function drop_facts_before(instant timestamptz) returns int language plpgsql security definer as $$
declare
  name text;
  dropped int := 0;
begin
  if instant > forgettable_before() or date_trunc('month', instant at time zone 'UTC') <> instant at time zone 'UTC' then
    raise exception 'facts are forgotten by whole months, and not before 35 days after their end';
  end if;
  -- One process drops; another is told so, and finds it done at its next look.
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

-- Forgets what is kept as long as facts are, some rows at a time, and says how many.
create function forget_before(instant timestamptz, rows_max int) returns bigint language plpgsql security definer as $$
declare
  forgotten bigint := 0;
  gone bigint;
begin
  if instant > forgettable_before() then raise exception 'nothing is forgotten before 35 days have passed'; end if;
  delete from usages where ctid = any (array(select ctid from usages where occurred_at < instant limit rows_max));
  get diagnostics gone = row_count;
  if gone > 0 then update retention set kept_from = greatest(kept_from, instant); end if;
  forgotten := forgotten + gone;
  delete from sends where ctid = any (array(select ctid from sends where sent_at < instant limit rows_max));
  get diagnostics gone = row_count;
  forgotten := forgotten + gone;
  delete from quarantine
  where ctid = any (array(select ctid from quarantine where received_at < instant limit rows_max));
  get diagnostics gone = row_count;
  return forgotten + gone;
end
$$;

alter function create_facts_partition(date) security definer;

-- They find our tables, and nobody else's of the same name. Waiting for a lock holds up all who come after.
do $$
declare
  name text;
begin
  foreach name in array array['create_facts_partition(date)', 'drop_facts_before(timestamptz)',
    'forget_before(timestamptz, int)', 'forgettable_before()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
    execute format('revoke execute on function %s from public', name);
  end loop;
  alter function drop_facts_before(timestamptz) set lock_timeout = '100ms';
end
$$;
