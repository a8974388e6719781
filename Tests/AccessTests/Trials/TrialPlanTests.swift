import Assets
import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct TrialPlanTests {
    /// A hundred thousand sessions of two thousand people, each of whom has a grant of their own and one by a group.
    @Test func `a hundred thousand sessions are read by index and in sets, and judged in one go`() async throws {
        let history = try await History()
        let (estate, scope, stage) = (history.estate, history.scope, history.stage)
        let crew = try await stage.makeGroup("crew", of: [estate.rita], in: scope)
        let owner = try await stage.test.superuser()
        let now = history.now
        let statements: [SQL] = [
            """
            insert into users (tenant_id, user_id, login, name)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'u' || n, 'U' from generate_series(1, 2000) n
            """,
            """
            insert into group_members (tenant_id, group_id, user_id)
            select tenant_id, \(crew)::uuid, user_id from users where login like 'u%' and tenant_id = \(scope.tenant)
            """,
            """
            insert into assets (tenant_id, asset_id, name, address)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'a' || n, 'a' from generate_series(1, 500) n
            """,
            """
            insert into accounts (tenant_id, account_id, asset_id, name, kind)
            select tenant_id, gen_random_uuid(), asset_id, 'root', 'password' from assets where name like 'a%'
            """,
            """
            insert into grants (tenant_id, grant_id, name, source, protocols, actions, starts_at, created_at, weekly)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'G', 'administrator', '{ssh}', '{connect}',
                \(history.ago(50)), \(history.ago(50)), '[{"days":[1,2,3,4,5],"from":480,"to":1080}]'
            from generate_series(1, 2000)
            """,
            """
            insert into grant_users (tenant_id, user_id, grant_id)
            select g.tenant_id, u.user_id, g.grant_id
            from (select *, row_number() over () n from grants) g
            join (select *, row_number() over () n from users where login like 'u%') u on u.n = g.n
            """,
            """
            insert into grant_assets (tenant_id, asset_id, grant_id)
            select g.tenant_id, a.asset_id, g.grant_id
            from (select *, row_number() over () n from grants) g
            join (select *, row_number() over () n from assets where name like 'a%') a on a.n = (g.n - 1) % 500 + 1
            """,
            "insert into grant_accounts (tenant_id, grant_id, kind) select tenant_id, grant_id, 'all' from grants",
            "analyze",
            // What this is about is not how they got there.
            "alter table sessions disable trigger all",
            """
            insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                account_name, protocol, channel, worker_id, entrance, created_at, expires_at, lease_until, recording_id,
                state, ended_at, end_reason, org_id)
            select u.tenant_id, gen_random_uuid(), u.user_id, 'U', a.asset_id, 'a', gen_random_uuid(), 'root', 'ssh',
                'shell', \(history.worker)::uuid, 'ssh', t.at, t.at, t.at, gen_random_uuid(), 'ended', t.at, 'exited',
                u.tenant_id
            from generate_series(1, 100000) as s (k)
            join (select *, row_number() over () n from users where login like 'u%') u on u.n = s.k % 2000 + 1
            join (select *, row_number() over () n from assets where name like 'a%') a on a.n = s.k % 500 + 1
            cross join lateral (select \(now)::timestamptz - interval '25 seconds' * s.k as at) t
            """,
            "alter table sessions enable trigger all",
            """
            insert into audit_events (tenant_id, at, audit_event_id, action, actor_kind, actor_id, actor_name, target_kind,
                target_name, outcome, details)
            select \(scope.tenant)::uuid, \(now)::timestamptz - interval '100 seconds' * n, gen_random_uuid(),
                case n % 2 when 0 then 'session.granted' else 'user.changed' end, 'user', 'x', 'x', 'target', 'x',
                'refused', '{"reasons": ["no-grant"]}'
            from generate_series(1, 20000) n
            """,
            "analyze",
        ]
        for statement in statements { _ = try await owner.execute(statement) }
        let node = try await estate.node("All")
        _ = try await owner.execute(
            """
            insert into asset_nodes (tenant_id, node_id, asset_id)
            select tenant_id, \(node)::uuid, asset_id from assets where name like 'a%'
            """)
        let grant = try await estate.grant("Everything", groups: [crew], nodes: [node], accounts: [.all])
        try await stage.database.execute(
            "update grants set created_at = \(history.ago(50)), starts_at = \(history.ago(50)) where name = 'Everything'",
            in: scope)

        func plan(_ statement: SQL) async throws -> String {
            try await stage.database.query("explain (costs off) \(fragment: statement)", in: scope) {
                try $0.next(String.self)
            }.joined(separator: "\n")
        }
        let (day, most) = (history.ago(1), TrialLimits.judged)
        let sessions = try await plan(TrialStore.sessions(from: day, to: now, limit: most, in: scope))
        #expect(sessions.contains("sessions_created_ix") && !sessions.contains("Seq Scan"), "\(sessions)")
        let attempts = try await plan(TrialStore.attempts(from: day, to: now, limit: most, in: scope))
        // That of the month is named after its columns.
        #expect(attempts.contains("tenant_id_action_at_idx"), "\(attempts)")
        let clock = ContinuousClock()
        let start = clock.now
        let trial = try await history.attempt(["revoke": [.string(grant.id.text)]])
        print("a trial of 100,000 sessions: \(clock.now - start)")
        #expect(trial.sessions.judged == 100_000 && trial.isComplete)
        // Each has a grant of their own for its hours; outside of them the group's was what let them in.
        #expect(trial.sessions.changed > 10_000 && trial.sessions.changed < 100_000)
        #expect(trial.loses.count == TrialLimits.rows && trial.losingPeople > 1_000 && trial.moreLoses > 1_000)
    }
}
