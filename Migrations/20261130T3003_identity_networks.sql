-- From where somebody has begun to sign in: one network must not take all the room that a company's people have.
alter table browser_sign_ins add column network text collate "C" not null default '';
alter table browser_sign_ins add constraint browser_sign_ins_network_ck check (length(network) <= 64);
create index browser_sign_ins_network_ix on browser_sign_ins (tenant_id, network, expires_at);

alter table device_links add column network text collate "C" not null default '';
alter table device_links add constraint device_links_network_ck check (length(network) <= 64);
create index device_links_network_ix on device_links (tenant_id, network, expires_at);
