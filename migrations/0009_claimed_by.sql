-- What came for a number that nobody had is of whoever claims it. It stays where it is, under no company: a row that
-- stands under one cannot be moved to another where the table is distributed.
alter table quarantine add column claimed_by text collate "C";

-- What was metered before is of whoever has its number; all else is tried, and so told whose it is.
update quarantine q set claimed_by = p.company_id from phone_numbers p
where q.company_id = '' and q.replayed_at is not null and p.phone_number_id = q.phone_number_id;

drop index quarantine_company;
create index quarantine_company on quarantine (coalesce(claimed_by, company_id), received_at, id);

drop index quarantine_number;
create index quarantine_number on quarantine (phone_number_id, received_at)
  where company_id = '' and claimed_by is null and replayed_at is null;
