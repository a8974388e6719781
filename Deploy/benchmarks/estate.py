"""Tenants with assets, written by SQL, because 100,000 assets over the API would take longer than what is measured.

The tenant's number is in its id and in the name of everything it owns, so pgbench can compute the one and whoever reads
an answer can tell from the other whose it is.
"""

import hashlib

FIRST = 10  # two digits each
TENANT_ID = "b0000000-0000-7000-8000-0000000000"


class Estate:
    def __init__(self, installation, tenants=50, assets=2000):
        self.installation, self.assets = installation, assets
        self.numbers = range(FIRST, FIRST + tenants)

    def slug(self, number):
        return f"bench-{number}"

    def token(self, number):
        return f"ght_benchmark-token-of-tenant-{number}"

    def token_hash(self, number):
        return hashlib.sha256(self.token(number).encode()).hexdigest()

    def host(self, number):
        return f"{self.slug(number)}.localhost:{self.installation.port}"

    def headers(self, number):
        return {"Host": self.host(number), "Authorization": f"Bearer {self.token(number)}"}

    def seed(self):
        self.installation.psql(f"""
            create function pg_temp.id(text) returns uuid language sql as
              $$ select overlay(overlay(md5($1) placing '7' from 13) placing '8' from 17)::uuid $$;
            create temp table t as
              select n, ('{TENANT_ID}' || n)::uuid as tenant from generate_series({self.numbers[0]}, {self.numbers[-1]}) n;
            insert into tenants (tenant_id, slug, name) select tenant, 'bench-' || n, 'Bench ' || n from t;
            insert into users (tenant_id, user_id, login, name) select tenant, pg_temp.id('user' || n), 'ada', 'Ada' from t;
            insert into roles (tenant_id, role_id, name, built_in)
              select tenant, pg_temp.id('role' || n), 'Administrator', 'administrator' from t;
            insert into role_bindings select tenant, pg_temp.id('role' || n), pg_temp.id('user' || n) from t;
            insert into api_tokens (tenant_id, api_token_id, user_id, name, token_hash)
              select tenant, pg_temp.id('token' || n), pg_temp.id('user' || n), 'bench',
                sha256(convert_to('ght_benchmark-token-of-tenant-' || n, 'UTF8')) from t;
            insert into nodes (tenant_id, node_id, name)
              select tenant, pg_temp.id('node' || n || '/' || i), 'node ' || i from t, generate_series(0, 9) i;
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth)
              select tenant_id, node_id, node_id, 0 from nodes;
            create temp table a as
              select n, tenant, i, 't' || n || '-web-' || lpad(i::text, 5, '0') as name,
                pg_temp.id('t' || n || '/' || i) as asset
              from t, generate_series(1, {self.assets}) i;
            insert into assets (tenant_id, asset_id, name, address, description, created_at)
              select tenant, asset, name, '10.' || n || '.' || i / 250 || '.' || i % 250, 'Serves the shop of tenant ' || n,
                timestamptz '2026-01-01' + i * interval '1 minute'
              from a order by md5(name);
            insert into asset_nodes (tenant_id, node_id, asset_id)
              select tenant, pg_temp.id('node' || n || '/' || i % 10), asset from a order by md5(name);
            insert into asset_labels (tenant_id, key, value, asset_id)
              select tenant, key, value, asset from a,
                lateral (values ('env', (array['prod', 'test', 'dev'])[1 + i % 3]), ('team', 'team-' || i % 17)) l (key, value)
              order by md5(name);
            insert into host_keys (tenant_id, host_key_id, asset_id, algorithm, fingerprint, public_key, state)
              select tenant, pg_temp.id('key' || n || '/' || i), asset, 'ssh-ed25519', 'SHA256:' || md5(name) || 'abcdefghijk',
                sha256(convert_to(name, 'UTF8')), 'pinned'
              from a order by md5(name);
            """)
        self.installation.psql("vacuum analyze")
