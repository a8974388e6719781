-- By which provider somebody showed the first step who is asked by another one for the second.
alter table identity_challenges add column after_provider_id uuid;
alter table identity_challenges add constraint identity_challenges_after_fk foreign key (tenant_id, after_provider_id)
  references identity_providers (tenant_id, identity_provider_id) on delete cascade;
create index identity_challenges_after_ix on identity_challenges (tenant_id, after_provider_id)
  where after_provider_id is not null;
comment on column identity_challenges.after_provider_id is 'Who showed the first step, if it was a provider: one that is switched off meanwhile has shown nothing';
