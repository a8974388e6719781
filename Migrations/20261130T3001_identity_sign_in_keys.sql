-- Whether a passkey alone proved the person: a sign-in that waits for somebody's word is noted as what it is.
alter table sign_ins add column by_key boolean not null default false;
