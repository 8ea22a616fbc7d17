-- Lists are read a page at a time, newest first, by whatever they are filtered by: each such page is a piece of one
-- index. What the meter writes all day is a consumption of a window in time, which of these touches `ledger_feature`
-- alone; the others hold what is rare.

-- With the lateness: entries in time stand in the ledger by their dates, late ones anywhere after.
drop index ledger_dates;
create index ledger_dates on ledger (company_id, local_date, late, seq);

-- Serves a direction too: the windows of each have a feature of their own.
create index ledger_feature on ledger (company_id, feature, seq);
create index ledger_without_direction on ledger (company_id, seq) where direction = 'none';
create index ledger_type on ledger (company_id, type, seq) where type <> 'consumption';
create index ledger_late on ledger (company_id, seq) where late;

create index quarantine_reason on quarantine (reason, received_at, id);
create index quarantine_any_number on quarantine (phone_number_id, received_at, id);
