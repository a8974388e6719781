-- Whoever waits at a gateway for an answer is found by their name.
create index admissions_user_ix on admissions (tenant_id, user_id) where stage = 'admitted';
