"""Thousands of tenants, each with people, a token and assets, written by SQL: what a hosting provider has after a while."""

import hashlib


class Crowd:
    """Tenants `crowd-1` … `crowd-N`; the ids of all they own follow from their number."""

    def __init__(self, installation, tenants, assets=50, first=1):
        self.installation, self.tenants, self.assets, self.first = installation, tenants, assets, first

    def slug(self, number):
        return f"crowd-{number}"

    def token(self, number):
        return f"ght_crowd-benchmark-token-of-tenant-{number}"

    def asset(self, number, index):
        """The UUID of an asset."""
        return self._id(f"asset{number}/{index}")

    @staticmethod
    def _id(text):
        digest = hashlib.md5(text.encode()).hexdigest()
        plain = digest[:12] + "7" + digest[13:16] + "8" + digest[17:]
        return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))

    def seed(self):
        self.installation.psql(f"""
            create function pg_temp.id(text) returns uuid language sql immutable as
              $$ select overlay(overlay(md5($1) placing '7' from 13) placing '8' from 17)::uuid $$;
            create temp table t as
              select n, pg_temp.id('tenant' || n) as tenant from
                generate_series({self.first}, {self.first + self.tenants - 1}) n;
            insert into tenants (tenant_id, slug, name) select tenant, 'crowd-' || n, 'Crowd ' || n from t;
            insert into users (tenant_id, user_id, login, name)
              select tenant, pg_temp.id('user' || n), 'ada', 'Ada' from t;
            insert into roles (tenant_id, role_id, name, built_in)
              select tenant, pg_temp.id('role' || n), 'Administrator', 'administrator' from t;
            insert into role_bindings (tenant_id, role_id, user_id)
              select tenant, pg_temp.id('role' || n), pg_temp.id('user' || n) from t;
            insert into api_tokens (tenant_id, api_token_id, user_id, name, token_hash)
              select tenant, pg_temp.id('token' || n), pg_temp.id('user' || n), 'bench',
                sha256(convert_to('ght_crowd-benchmark-token-of-tenant-' || n, 'UTF8')) from t;
            """ + self._assets("from t"))
        self.installation.psql("vacuum analyze")

    def furnish(self, slug, assets):
        """Gives assets to a tenant that came by the API."""
        self.installation.psql(f"""
            create function pg_temp.id(text) returns uuid language sql immutable as
              $$ select overlay(overlay(md5($1) placing '7' from 13) placing '8' from 17)::uuid $$;
            """ + self._assets(f"from (select 0 as n, tenant_id as tenant from tenants where slug = '{slug}') t", assets))
        self.installation.psql("vacuum analyze")

    def _assets(self, source, count=None):
        return f"""
            create temp table a as
              select n, tenant, i, 'web-' || lpad(i::text, 5, '0') as name, pg_temp.id('asset' || n || '/' || i) as asset
              {source}, generate_series(1, {count or self.assets}) i;
            insert into assets (tenant_id, asset_id, name, address, description)
              select tenant, asset, name, '10.' || i / 250 % 250 || '.0.' || i % 250, 'A server' from a order by md5(asset::text);
            insert into asset_labels (tenant_id, key, value, asset_id)
              select tenant, 'env', (array['prod', 'test', 'dev'])[1 + i % 3], asset from a order by md5(asset::text);
            drop table a;
            """


def text_id(prefix, uuid):
    """An id as the API writes it: 128 bits in Crockford's base 32."""
    number, digits = int(uuid.replace("-", ""), 16), ""
    for _ in range(26):
        digits = "0123456789abcdefghjkmnpqrstvwxyz"[number & 31] + digits
        number >>= 5
    return f"{prefix}_{digits}"
