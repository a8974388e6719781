-- The authorities for whose authenticators a company takes the word, where it takes certain makes only.
create table passkey_roots (
  tenant_id uuid not null,
  passkey_root_id uuid not null,
  -- Whose it is, as its certificate says.
  subject text not null,
  fingerprint bytea not null,
  certificate bytea not null,
  expires_at timestamptz not null,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint passkey_roots_pk primary key (tenant_id, passkey_root_id),
  constraint passkey_roots_fingerprint_uq unique (tenant_id, fingerprint),
  constraint passkey_roots_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint passkey_roots_subject_ck check (length(subject) <= 1000),
  constraint passkey_roots_fingerprint_ck check (fingerprint = sha256(certificate)),
  constraint passkey_roots_certificate_ck check (octet_length(certificate) between 1 and 8192)
);
comment on table passkey_roots is 'Certificate authorities of makers of passkeys that a company has chosen';
select gatehouse_protect('passkey_roots');
