-- Account dates that were given stay, whichever zone data a later version has.

-- The instant at which a date ends in the time zone of a Meta account, by company: of each date on which a message was
-- counted or an account began, and of the date before it. The dates of a zone are consecutive, except after a pause of
-- weeks. No row ever changes.
-- Dates that older versions gave get their rows when the next message is counted on them.
create table account_days (
  company     bigint not null,
  ends_at     timestamptz not null,
  local_date  date not null,
  time_zone   text collate "C" not null,
  primary key (company, local_date, time_zone)
);

-- The date of `from_at` in the account's time zone. Null in rows of older versions: the zone data decides it.
alter table number_accounts add column from_date date;
