import Foundation
import Kernel
import Postgres
import TestSupport
import Testing

/// Migrations over what an installation already has: the owner who runs them is held by row-level security, so a statement
/// about rows may find none of them and say nothing.
@Suite struct UpgradeTests {
    let test: TestDatabase
    private let folder = TemporaryFolder()
    private let name: String

    init() async throws {
        test = try await TestDatabase()
        name = "\(test.name)_upgraded"
        try await test.cluster.superuser("create database \(name) owner gatehouse_owner")
    }

    /// Applies the migrations whose moment is before this.
    private func migrate(before moment: String) async throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Repository.path("Migrations"))
        where file.prefix(1) == "2" && file < moment && !FileManager.default.fileExists(atPath: folder.file(file)) {
            try FileManager.default.copyItem(
                atPath: Repository.path("Migrations/\(file)"), toPath: folder.file(file))
        }
        try await Migrator(
            directory: folder.path, adminConfiguration: test.cluster.configuration(name, user: "gatehouse_owner"),
            logger: quiet
        ).run()
    }

    @Test func `codes on their way are dropped, factors and deliveries are kept`() async throws {
        try await migrate(before: "20261201")
        let person = "'00000000-0000-7000-8000-00000000000a'::uuid, '00000000-0000-7000-8000-00000000000b'::uuid"
        try await test.cluster.superuser(
            """
            set session_replication_role = replica;
            insert into email_codes (tenant_id, user_id, address, sealed_code, sent_at, expires_at)
            values (\(person), 'bob@example.org', '\\x00', now(), now());
            insert into email_factors (tenant_id, user_id, address, confirmed_at) values (\(person), 'bob@example.org', now());
            insert into webhook_deliveries (tenant_id, delivery_id, webhook_id, event_id, event_type, body, attempts)
            values (\(person), gen_random_uuid(), gen_random_uuid(), 'x', '{}', 3);
            insert into tenants (tenant_id, slug, name) values ('00000000-0000-7000-8000-00000000000a', 'acme', 'Acme');
            insert into roles (tenant_id, role_id, name, built_in) values
              ('00000000-0000-7000-8000-00000000000a', gen_random_uuid(), 'Administrator', 'administrator'),
              ('00000000-0000-7000-8000-00000000000a', gen_random_uuid(), 'Audit administrator', null);
            """, database: name)
        try await migrate(before: "3")
        let superuser = try await OwnerConnection(test.cluster.configuration(name, user: "postgres"))
        let kept = try await superuser.query(
            """
            select (select count(*) from sent_codes)::text || ' ' || (select string_agg(channel, ' ') from code_factors)
              || ' ' || (select string_agg(tried::text, ' ') from webhook_deliveries)
            """
        ) { try $0.next(String.self) }
        #expect(kept == ["0 email 3"])
        // Companies get the roles that came later, also where a role of their own has such a name.
        let roles = try await superuser.query(
            "select name || ':' || coalesce(built_in, '') from roles order by name collate \"C\""
        ) { try $0.next(String.self) }
        #expect(
            roles == [
                "Administrator:administrator", "Audit administrator:",
                "Audit administrator (built in):audit-administrator", "Security administrator:security-administrator",
                "System administrator:system-administrator",
            ])
        let unforced = try await superuser.query(
            """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity and not relforcerowsecurity
            """
        ) { try $0.next(String.self) }
        #expect(unforced == [])
        try await test.cluster.superuser("drop database \(name) with (force)")
    }

    @Test func `what waits for a disabled endpoint is parked, and roles are held as long as they were given`()
        async throws
    {
        try await migrate(before: "20261203T6020")
        let tenant = "'00000000-0000-7000-8000-00000000000a'::uuid"
        try await test.cluster.superuser(
            """
            set session_replication_role = replica;
            insert into webhooks (tenant_id, webhook_id, name, url, event_types, tenant_key_id, sealed_secret, state)
            select \(tenant), md5(state)::uuid, state, 'https://example.org', '{}', gen_random_uuid(), '\\x00', state
            from unnest(array['enabled', 'disabled']) as s (state);
            insert into webhook_deliveries (tenant_id, delivery_id, webhook_id, event_id, event_type, body, state)
            select \(tenant), gen_random_uuid(), md5(w.state)::uuid, gen_random_uuid(), w.state, '{}', d.state
            from unnest(array['enabled', 'disabled']) as w (state), unnest(array['pending', 'delivered']) as d (state);
            insert into role_bindings (tenant_id, role_id, user_id, org_id, ends_at)
            select \(tenant), gen_random_uuid(), gen_random_uuid(), \(tenant), e.ends_at
            from (values (null), (now() - interval '1 hour'), (now() + interval '1 hour')) as e (ends_at);
            """, database: name)
        try await migrate(before: "3")
        let superuser = try await OwnerConnection(test.cluster.configuration(name, user: "postgres"))
        let parked = try await superuser.query(
            "select event_type || ' ' || state from webhook_deliveries where parked order by 1"
        ) { try $0.next(String.self) }
        #expect(parked == ["disabled pending"])
        let held = try await superuser.query(
            """
            select (select count(*) from role_bindings)::text || ' ' || (select count(*) from user_roles)
              || ' ' || (select count(*) from roles_held(now() + interval '2 hours'))
            """
        ) { try $0.next(String.self) }
        #expect(held == ["3 2 1"])
        try await test.cluster.superuser("drop database \(name) with (force)")
    }

    @Test func `requests on their way go on, with the levels and the deadline that they had`() async throws {
        try await migrate(before: "20261203T1000")
        let tenant = "'00000000-0000-7000-8000-00000000000a'::uuid"
        let (flow, ticket, old) = (
            "'00000000-0000-7000-8000-00000000000f'::uuid", "'00000000-0000-7000-8000-000000000001'::uuid",
            "'00000000-0000-7000-8000-000000000002'::uuid"
        )
        try await test.cluster.superuser(
            """
            set session_replication_role = replica;
            insert into flows (tenant_id, flow_id, name) values (\(tenant), \(flow), 'Two');
            insert into flow_levels (tenant_id, flow_id, level, name)
            values (\(tenant), \(flow), 1, 'Lead'), (\(tenant), \(flow), 2, 'Security');
            insert into tickets (tenant_id, ticket_id, number, flow_id, requester_id, reason, accounts, protocols, actions,
              duration_seconds, state, level, levels, deadline, digest, created_at, org_id)
            values (\(tenant), \(ticket), 1, \(flow), gen_random_uuid(), 'x', '{root}', '{ssh}', '{connect}', 60, 'open', 2,
                2, '2026-12-04T00:00:00Z', '', '2026-12-01T00:00:00Z', \(tenant)),
              (\(tenant), \(old), 2, \(flow), gen_random_uuid(), 'x', '{root}', '{ssh}', '{connect}', 60, 'withdrawn', 1,
                2, '2026-12-04T00:00:00Z', '', '2026-12-01T00:00:00Z', \(tenant));
            insert into ticket_decisions (tenant_id, decision_id, ticket_id, level, user_id, outcome, channel, digest,
              decided_at)
            values (\(tenant), gen_random_uuid(), \(ticket), 1, gen_random_uuid(), 'approved', 'portal', '',
              '2026-12-02T00:00:00Z');
            """, database: name)
        // Two answers of one person, as could be once: on one request both agree, on another one the second one refuses.
        let (twice, refused) = (
            "'00000000-0000-7000-8000-000000000003'::uuid", "'00000000-0000-7000-8000-000000000004'::uuid"
        )
        try await test.cluster.superuser(
            """
            set session_replication_role = replica;
            insert into tickets (tenant_id, ticket_id, number, flow_id, requester_id, reason, accounts, protocols, actions,
              duration_seconds, state, level, levels, deadline, digest, created_at, org_id, decided_at)
            values (\(tenant), \(twice), 3, \(flow), gen_random_uuid(), 'x', '{root}', '{ssh}', '{connect}', 60, 'open', 3,
                3, '2026-12-04T00:00:00Z', '', '2026-12-01T00:00:00Z', \(tenant), null),
              (\(tenant), \(refused), 4, \(flow), gen_random_uuid(), 'x', '{root}', '{ssh}', '{connect}', 60, 'rejected', 2,
                2, '2026-12-04T00:00:00Z', '', '2026-12-01T00:00:00Z', \(tenant), '2026-12-03T00:00:00Z');
            insert into ticket_decisions (tenant_id, decision_id, ticket_id, level, user_id, outcome, channel, digest,
              decided_at)
            select \(tenant), gen_random_uuid(), t.ticket, t.level, t.ticket, t.outcome, 'portal', '', t.at
            from (values (\(twice), 1, 'approved', '2026-12-02T00:00:00Z'::timestamptz),
              (\(twice), 2, 'approved', '2026-12-02T00:00:01Z'), (\(refused), 1, 'approved', '2026-12-02T00:00:00Z'),
              (\(refused), 2, 'rejected', '2026-12-03T00:00:00Z')) as t (ticket, level, outcome, at);
            """, database: name)
        try await migrate(before: "3")
        let superuser = try await OwnerConnection(test.cluster.configuration(name, user: "postgres"))
        let kept = try await superuser.query(
            """
            select t.number || ' ' || t.level || ' ' || d.level || ' ' || d.outcome from ticket_decisions d
            join tickets t on t.tenant_id = d.tenant_id and t.ticket_id = d.ticket_id order by t.number, d.level
            """
        ) { try $0.next(String.self) }
        #expect(kept == ["1 2 1 approved", "3 2 1 approved", "4 2 2 rejected"])
        let levels = try await superuser.query(
            """
            select t.number || ' ' || t.flow_name || ' ' || l.level || ' ' || l.name || ' ' || l.quorum || ' '
              || l.deadline_seconds || ' ' || coalesce(to_char(l.opened_at at time zone 'utc', 'DD'), '-') || ' '
              || coalesce(to_char(l.passed_at at time zone 'utc', 'DD'), '-') || ' '
              || coalesce(to_char(t.due_at at time zone 'utc', 'DD'), '-')
            from ticket_levels l join tickets t on t.tenant_id = l.tenant_id and t.ticket_id = l.ticket_id
            order by t.number, l.level
            """
        ) { try $0.next(String.self) }
        #expect(
            levels == [
                "1 Two 1 Lead 1 259200 01 02 04", "1 Two 2 Security 1 172800 02 - 04", "2 Two 1 Lead 1 259200 01 - -",
                "2 Two 2 Security 1 259200 - - -", "3 Two 1 Lead 1 259200 01 02 04",
                "3 Two 2 Security 1 172800 02 - 04", "3 Two 3 Level 3 1 259200 - - 04", "4 Two 1 Lead 1 259200 01 - -",
                "4 Two 2 Security 1 259200 - - -",
            ])
        try await test.cluster.superuser("drop database \(name) with (force)")
    }
}
