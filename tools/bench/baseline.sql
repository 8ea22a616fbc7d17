-- The baseline: a function that meters one message per transaction. For the events of the bench it does the same job
-- as the service: it records a fact once, opens and charges windows once per contact and local date in any order of
-- statuses, and updates the ledger with its running balance and the day totals.

create table companies (
  company_id  text collate "C" primary key,
  time_zone   text not null,
  consumed    bigint not null default 0,
  ledger_seq  bigint not null default 0
) with (fillfactor = 50);

create table phone_numbers (
  phone_number_id  text collate "C" primary key,
  company_id       text collate "C" not null references companies
);

create table facts (
  company_id   text collate "C" not null,
  message_id   text collate "C" not null,
  kind         text collate "C" not null,
  contact      text collate "C" not null,
  category     text,
  occurred_at  timestamptz not null,
  recorded_at  timestamptz not null default now(),
  primary key (company_id, message_id, kind)
);

create table windows (
  company_id  text collate "C" not null,
  contact     text collate "C" not null,
  local_date  date not null,
  direction   text collate "C" not null,
  opened_at   timestamptz not null,
  message_id  text collate "C" not null,
  primary key (company_id, contact, local_date, direction)
);

create table ledger (
  company_id      text collate "C" not null,
  seq             bigint not null,
  type            text collate "C" not null,
  direction       text collate "C" not null,
  local_date      date not null,
  contact         text collate "C" not null,
  message_id      text collate "C" not null,
  credits         bigint not null,
  consumed_after  bigint not null,
  recorded_at     timestamptz not null default now(),
  primary key (company_id, seq)
);

create table day_totals (
  company_id  text collate "C" not null,
  local_date  date not null,
  direction   text collate "C" not null,
  units       bigint not null,
  credits     bigint not null,
  primary key (company_id, local_date, direction)
) with (fillfactor = 50);

-- Posts one credit, or refunds one. The caller has locked the company's row.
create function post(
  p_company text, p_direction text, p_date date, p_contact text, p_message text, p_credits int
) returns void language plpgsql as $$
declare
  moved record;
begin
  update companies set consumed = consumed + p_credits, ledger_seq = ledger_seq + 1
  where company_id = p_company
  returning consumed, ledger_seq into moved;
  insert into ledger (company_id, seq, type, direction, local_date, contact, message_id, credits, consumed_after)
  values (
    p_company, moved.ledger_seq, case when p_credits > 0 then 'consumption' else 'reversal' end,
    p_direction, p_date, p_contact, p_message, -p_credits, moved.consumed
  );
  insert into day_totals as t (company_id, local_date, direction, units, credits)
  values (p_company, p_date, p_direction, p_credits, p_credits)
  on conflict (company_id, local_date, direction)
  do update set units = t.units + excluded.units, credits = t.credits + excluded.credits;
end
$$;

create function meter(
  p_number text, p_kind text, p_contact text, p_message text, p_category text, p_at timestamptz
) returns void language plpgsql as $$
declare
  v_company text;
  v_zone text;
  v_date date;
begin
  select n.company_id into v_company from phone_numbers n where n.phone_number_id = p_number;
  if not found then
    raise exception 'no company has the number %', p_number;
  end if;
  insert into facts (company_id, message_id, kind, contact, category, occurred_at)
  values (v_company, p_message, p_kind, p_contact, p_category, p_at)
  on conflict do nothing;
  if not found then
    return;
  end if;
  -- Locks the company: two concurrent messages would both find no window and both open one.
  select c.time_zone into v_zone from companies c where c.company_id = v_company for update;
  v_date := (p_at at time zone v_zone)::date;
  if p_kind = 'wrote' then
    perform open_inbound(v_company, v_date, p_contact, p_message, p_at);
  elsif p_kind = 'failed' then
    perform refund(v_company, p_contact, p_message);
  elsif p_category in ('marketing', 'utility', 'authentication') then
    perform open_outbound(v_company, v_date, p_contact, p_message, p_at);
  end if;
end
$$;

create function open_inbound(
  p_company text, p_date date, p_contact text, p_message text, p_at timestamptz
) returns void language plpgsql as $$
begin
  perform from windows
  where company_id = p_company and contact = p_contact and local_date = p_date and opened_at <= p_at;
  if found then
    return;
  end if;
  insert into windows as w (company_id, contact, local_date, direction, opened_at, message_id)
  values (p_company, p_contact, p_date, 'inbound', p_at, p_message)
  on conflict (company_id, contact, local_date, direction) do nothing;
  if found then
    perform post(p_company, 'inbound', p_date, p_contact, p_message, 1);
  else
    update windows set opened_at = p_at, message_id = p_message
    where company_id = p_company and contact = p_contact and local_date = p_date and direction = 'inbound';
  end if;
end
$$;

create function open_outbound(
  p_company text, p_date date, p_contact text, p_message text, p_at timestamptz
) returns void language plpgsql as $$
begin
  -- Several devices can report both: a failure counts only while no delivery is proven.
  perform from facts where company_id = p_company and message_id = p_message and kind = 'failed';
  if found and not exists (
    select from facts
    where company_id = p_company and message_id = p_message and kind in ('delivered', 'read')
  ) then
    return;
  end if;
  insert into windows (company_id, contact, local_date, direction, opened_at, message_id)
  values (p_company, p_contact, p_date, 'outbound', p_at, p_message)
  on conflict (company_id, contact, local_date, direction) do nothing;
  if found then
    perform post(p_company, 'outbound', p_date, p_contact, p_message, 1);
  else
    update windows set opened_at = p_at, message_id = p_message
    where company_id = p_company and contact = p_contact and local_date = p_date and direction = 'outbound'
      and opened_at > p_at;
    if not found then
      return;
    end if;
  end if;
  -- Replies in an open outbound window are free: removes an inbound window that opened at the same time or later.
  delete from windows
  where company_id = p_company and contact = p_contact and local_date = p_date and direction = 'inbound'
    and opened_at >= p_at;
  if found then
    perform post(p_company, 'inbound', p_date, p_contact, p_message, -1);
  end if;
end
$$;

create function refund(p_company text, p_contact text, p_message text) returns void language plpgsql as $$
declare
  v_date date;
begin
  perform from facts
  where company_id = p_company and message_id = p_message and kind in ('delivered', 'read');
  if found then
    return;
  end if;
  delete from windows
  where company_id = p_company and contact = p_contact and direction = 'outbound' and message_id = p_message
  returning local_date into v_date;
  if found then
    perform post(p_company, 'outbound', v_date, p_contact, p_message, -1);
  end if;
end
$$;
