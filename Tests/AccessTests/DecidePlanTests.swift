import Assets
import Audit
import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct DecidePlanTests {
    @Test func `a decision reads by index, however many grants a tenant has`() async throws {
        let estate = try await Estate()
        let (scope, database) = (estate.scope, estate.stage.database)
        let owner = try await estate.stage.test.superuser()
        let statements: [SQL] = [
            """
            insert into users (tenant_id, user_id, login, name)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'u' || n, 'U' from generate_series(1, 2000) n
            """,
            """
            insert into assets (tenant_id, asset_id, name, address)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'a' || n, 'a' from generate_series(1, 2000) n
            """,
            """
            insert into grants (tenant_id, grant_id, name, source, protocols, actions, starts_at)
            select \(scope.tenant)::uuid, gen_random_uuid(), 'G', 'administrator', '{ssh}', '{connect}', now()
            from generate_series(1, 20000)
            """,
            """
            insert into grant_users (tenant_id, user_id, grant_id)
            select g.tenant_id, u.user_id, g.grant_id
            from (select *, row_number() over () n from grants) g
            join (select *, row_number() over () n from users where login like 'u%') u on u.n = g.n % 2000 + 1
            """,
            """
            insert into grant_assets (tenant_id, asset_id, grant_id)
            select g.tenant_id, a.asset_id, g.grant_id
            from (select *, row_number() over () n from grants) g
            join (select *, row_number() over () n from assets where name like 'a%') a on a.n = g.n / 11 % 2000 + 1
            """,
            "insert into grant_accounts (tenant_id, grant_id, kind) select tenant_id, grant_id, 'all' from grants",
            """
            insert into accounts (tenant_id, account_id, asset_id, name, kind)
            select tenant_id, gen_random_uuid(), asset_id, 'root', 'password' from assets where name like 'a%'
            """,
            "analyze",
        ]
        for statement in statements { _ = try await owner.execute(statement) }
        try await estate.grant()
        let question = AccessQuestion(
            user: estate.rita, asset: estate.asset, account: try AccountName(parsing: "root"), protocol: .ssh,
            action: .connect, at: estate.stage.now)
        let statement = AccessStore.statement(question, in: scope)
        let plan = try await database.query("explain (analyze, costs off) \(fragment: statement)", in: scope) {
            try $0.next(String.self)
        }
        let text = plan.joined(separator: "\n")
        for table in ["grants", "grant_users", "grant_assets", "grant_accounts", "users", "assets", "accounts"] {
            #expect(!text.contains("Seq Scan on \(table)"), "\(text)")
        }
        #expect(text.contains("Index"))
        // Nor does what somebody may reach read the grants of everybody else.
        _ = try await owner.execute(
            """
            insert into grant_assets (tenant_id, asset_id, grant_id)
            select g.tenant_id, \(estate.asset)::uuid, g.grant_id from grants g where g.name = 'G'
              and exists (select from grant_users s where s.tenant_id = g.tenant_id and s.grant_id = g.grant_id
                and s.user_id <> \(estate.rita)) limit 5000
            """)
        _ = try await owner.execute("analyze")
        let candidates = AccessStore.candidates(
            for: estate.rita, on: [estate.asset], at: estate.stage.now, in: scope)
        let reach = try await database.query("explain (analyze, costs off) \(fragment: candidates)", in: scope) {
            try $0.next(String.self)
        }
        for line in reach {
            guard let rows = line.firstMatch(of: #/actual time=\S+ rows=(\d+)/#).flatMap({ Int($0.1) }) else {
                continue
            }
            #expect(rows < 100, "\(reach.joined(separator: "\n"))")
        }
        #expect(try await estate.decide().isAllowed)
        #expect(try await estate.decide(as: "deploy").codes == [.otherAccount])
    }
}
