-- A role that somebody has for a while and that a provider's rule gives lasts while the rule gives it. When it gives it no
-- more, the loan is there again for the rest of its time, and not gone with the rule's role.
alter table identity_given_roles add column lent_until timestamptz;
alter table provisioning_given_roles add column lent_until timestamptz;
comment on column identity_given_roles.lent_until is 'Until when the person had the role on loan when the rule gave it';
comment on column provisioning_given_roles.lent_until is 'Until when the person had the role on loan when the rule gave it';
