-- Replies may have a price: a feature of the rate card, free until a platform sets one. Its first version has no
-- beginning, so a later one begins on a date that has not begun, and charges no reply that was delivered before.

insert into features (feature, name_pt, name_en) values
  ('whatsapp.service_message', 'Resposta entregue ao cliente', 'Reply delivered to the customer');

insert into rate_versions
  (company, company_id, feature, version, credits, effective_from, from_at, recorded_at, recorded_by)
values
  (company_key(''), '', 'whatsapp.service_message', 1, 0, null, null, timestamptz 'epoch', 'built-in');

-- The ledger stores a charged reply in the columns of a window: `contact`, `message`, `phone_number_id`, and `opened_at` for
-- when it was delivered. Its direction is 'none'.
