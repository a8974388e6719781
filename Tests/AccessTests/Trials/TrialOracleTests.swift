import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

/// What a trial says is what happens when the change is made and each question is asked of the real decision.
@Suite struct TrialOracleTests {
    /// Numbers that are the same in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// People in groups, assets in folders and organizations, two clocks that are moved within the days.
    private struct Company {
        let history: History
        var people: [UserID] = []
        var groups: [GroupID] = []
        var assets: [AssetID] = []
        var nodes: [NodeID] = []

        init() async throws {
            history = try await History()
            let (estate, stage, scope) = (history.estate, history.stage, history.scope)
            people = [estate.rita]
            for login in ["deploy", "pat", "quinn"] { people.append(try await stage.makeUser(login, in: scope)) }
            groups = [
                try await stage.makeGroup("one", of: [people[0], people[1]], in: scope),
                try await stage.makeGroup("two", of: [people[1], people[2]], in: scope),
            ]
            assets = [estate.asset]
            for name in ["web-2", "db-1", "db-2"] {
                assets.append(try await stage.makeAsset(name, accounts: ["root", "deploy"], in: scope))
            }
            let europe = try await stage.makeOrganization("Europe", in: scope)
            let upper = try await estate.node("Upper")
            nodes = [upper, try await estate.node("Lower", below: upper)]
            let statements: [SQL] = [
                "update tenants set time_zone = 'Europe/Berlin' where tenant_id = \(scope.tenant)",
                """
                insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
                values (\(scope.tenant), \(europe), 'locale.time-zone', '"America/New_York"', \(estate.admin))
                """,
                """
                update assets set org_id = \(europe)
                where tenant_id = \(scope.tenant) and asset_id = any(\(Array(assets[1...2]))::uuid[])
                """,
                "update nodes set org_id = \(europe) where tenant_id = \(scope.tenant) and node_id = \(nodes[1])",
            ]
            for statement in statements { try await stage.database.execute(statement, in: scope) }
            try await estate.put(assets[0], into: nodes[0])
            try await estate.put(assets[2], into: nodes[1])
            try await estate.put(assets[3], into: nodes[1])
        }

        func contents(_ name: String, _ random: inout Numbers) -> JSON {
            func some<Kind: IDKind>(_ ids: [ID<Kind>]) -> JSON {
                .array(ids.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.map { .string($0.text) })
            }
            var (users, places) = (some(people), some(assets))
            let (crews, folders) = (some(groups), some(nodes))
            if users == [], crews == [] { users = [.string(people.randomElement(using: &random)!.text)] }
            if places == [], folders == [] { places = [.string(assets.randomElement(using: &random)!.text)] }
            return [
                "name": .string(name), "effect": Int.random(in: 0..<5, using: &random) == 0 ? "deny" : "allow",
                "users": users, "groups": crews, "assets": places, "nodes": folders, "accounts": rules(&random),
                "weekly": hours(&random), "protocols": ["ssh"], "actions": ["connect"],
            ]
        }

        func rules(_ random: inout Numbers) -> JSON {
            let rules: [JSON] = [
                [["kind": "name", "name": "root"]], [["kind": "name", "name": "deploy"]], [["kind": "all"]],
                [["kind": "same"]], [["kind": "all"], ["kind": "exclude", "name": "root"]],
            ]
            return rules.randomElement(using: &random)!
        }

        func hours(_ random: inout Numbers) -> JSON {
            guard Bool.random(using: &random) else { return [] }
            let from = Int.random(in: 0..<900, using: &random)
            return [["days": [1, 2, 3, 4, 5], "from": .int(Int64(from)), "to": .int(Int64(from + 500))]]
        }

        func make(_ body: JSON) async throws -> Grant {
            let estate = history.estate
            return try await estate.access.create(
                CreateGrant.schema.parse(body), by: estate.admin, at: history.now, audit: .discarding,
                in: history.scope)
        }

        /// When a grant began and ends, as if it had been made so.
        func window(_ grant: Grant, from start: Date, to end: Date?) async throws {
            try await history.stage.database.execute(
                """
                update grants set created_at = \(start), starts_at = \(start), ends_at = \(end)
                where tenant_id = \(history.scope.tenant) and grant_id = \(grant.id)
                """, in: history.scope)
        }
    }

    private struct Deed: Hashable {
        let user: UserID
        let asset: AssetID
        let account: String
    }

    @Test(arguments: 0..<3) func `what is tried and what is done are the same`(_ seed: Int) async throws {
        var random = Numbers(state: UInt64(seed) &* 7919 &+ 23)
        let company = try await Company()
        let (history, estate) = (company.history, company.history.estate)
        let scope = history.scope
        var standing: [Grant] = []
        for number in 0..<14 {
            let grant = try await company.make(company.contents("G\(number)", &random))
            if number % 2 == 0 {
                standing.append(grant)
                try await company.window(grant, from: history.ago(50), to: nil)
            } else {
                let start = Double.random(in: 5..<40, using: &random)
                let end = Bool.random(using: &random) ? nil : history.ago(Double.random(in: 1..<start, using: &random))
                try await company.window(grant, from: history.ago(start), to: end)
            }
        }
        var deeds: [(deed: Deed, at: Date)] = []
        for _ in 0..<60 {
            let account = ["root", "deploy"].randomElement(using: &random)!
            let deed = Deed(
                user: company.people.randomElement(using: &random)!,
                asset: company.assets.randomElement(using: &random)!, account: account)
            let at = history.ago(Double.random(in: 0.1..<29.9, using: &random)).timeIntervalSince1970.rounded()
            deeds.append((deed, Date(timeIntervalSince1970: at)))
        }
        try await enter(deeds, history)
        let (revoked, changed) = (standing[0], standing[1])
        let (weekly, accounts) = (company.hours(&random), company.rules(&random))
        let added = [company.contents("A", &random), company.contents("B", &random)]
        let member = (user: company.people[Int(seed) % 4], group: company.groups[Int(seed) % 2])
        let isMember = !(try await isIn(member.user, member.group, history))
        let trial = try await history.attempt([
            "revoke": [.string(revoked.id.text)],
            "change": [["grant": .string(changed.id.text), "weekly": weekly, "accounts": accounts]],
            "add": .array(added),
            "memberships": [
                [
                    "user": .string(member.user.text), "group": .string(member.group.text), "isMember": .bool(isMember),
                ]
            ],
        ])

        func ask() async throws -> (then: [Bool], now: [Deed: Bool]) {
            var (then, now): ([Bool], [Deed: Bool]) = ([], [:])
            for (deed, at) in deeds {
                then.append(
                    try await estate.decide(deed.user, on: deed.asset, as: deed.account, at: at).isAllowed)
                if now[deed] == nil {
                    now[deed] = try await estate.decide(deed.user, on: deed.asset, as: deed.account).isAllowed
                }
            }
            return (then, now)
        }
        let before = try await ask()
        _ = try await estate.access.revoke(
            revoked.id, RevokeGrant(reason: "for good"), by: estate.admin, at: history.now, audit: .discarding,
            in: scope)
        for body in added { try await company.window(company.make(body), from: history.ago(50), to: nil) }
        try await change(changed.id, weekly, accounts, history)
        try await set(isMember, member.user, member.group, history)
        let after = try await ask()

        var (lost, gained): ([Deed: Int], [Deed: Int]) = ([:], [:])
        for (number, deed) in deeds.map(\.deed).enumerated() {
            if before.then[number], !after.then[number] { lost[deed, default: 0] += 1 }
            if !before.then[number], after.then[number] { gained[deed, default: 0] += 1 }
        }
        // Whatever changes at this moment is told, too; what is open today as it is, is no gain.
        for (deed, isOpen) in before.now {
            let isOpenAfter = after.now[deed] ?? false
            if isOpen, !isOpenAfter, lost[deed] == nil { lost[deed] = 0 }
            if !isOpen, isOpenAfter, gained[deed] == nil { gained[deed] = 0 }
            if isOpen { gained[deed] = nil }
        }
        func told(_ rows: [TrialRow]) -> [Deed: Int] {
            Dictionary(
                uniqueKeysWithValues: rows.map {
                    (Deed(user: $0.user.id, asset: $0.asset.id, account: $0.account?.text ?? ""), $0.changed)
                })
        }
        #expect(told(trial.loses) == lost)
        #expect(told(trial.gains) == gained)
        for row in trial.loses + trial.gains {
            let deed = Deed(user: row.user.id, asset: row.asset.id, account: row.account?.text ?? "")
            #expect(row.isOpenNow == before.now[deed] && row.staysOpenNow == after.now[deed])
            #expect(!row.reasons.isEmpty)
        }
        #expect(!lost.isEmpty || !gained.isEmpty)
        #expect(trial.sessions.judged == 60 && trial.attempts.judged == 60)
    }

    /// Each of them as a session, and as an attempt that was refused.
    private func enter(_ deeds: [(deed: Deed, at: Date)], _ history: History) async throws {
        let (tenant, users, times) = (history.scope.tenant, deeds.map(\.deed.user), deeds.map(\.at))
        let statements: [SQL] = [
            """
            insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                account_name, protocol, channel, worker_id, entrance, created_at, expires_at, lease_until, recording_id,
                state, ended_at, end_reason)
            select \(tenant)::uuid, gen_random_uuid(), d.person, 'x', d.asset, 'x', gen_random_uuid(), d.account, 'ssh',
                'shell', \(history.worker)::uuid, 'ssh', d.at, d.at, d.at, gen_random_uuid(), 'ended', d.at, 'exited'
            from unnest(\(users)::uuid[], \(deeds.map(\.deed.asset))::uuid[], \(deeds.map(\.deed.account))::text[],
                \(times)::timestamptz[]) as d (person, asset, account, at)
            """,
            """
            insert into audit_events (tenant_id, at, audit_event_id, action, actor_kind, actor_id, actor_name, target_kind,
                target_name, outcome, details)
            select \(tenant)::uuid, d.at, gen_random_uuid(), 'session.granted', 'user', d.person, 'x', 'target', d.target,
                'refused', '{"reasons": ["no-grant"]}'
            from unnest(\(users.map(\.text))::text[],
                \(deeds.map { "\($0.deed.account) on \($0.deed.asset.text)" })::text[], \(times)::timestamptz[])
                as d (person, target, at)
            """,
        ]
        for statement in statements { try await history.stage.database.execute(statement, in: history.scope) }
    }

    private func isIn(_ user: UserID, _ group: GroupID, _ history: History) async throws -> Bool {
        try await history.stage.count(
            """
            select count(*) from group_members
            where tenant_id = \(history.scope.tenant) and user_id = \(user) and group_id = \(group)
            """, in: history.scope) == 1
    }

    private func set(_ isMember: Bool, _ user: UserID, _ group: GroupID, _ history: History) async throws {
        let tenant = history.scope.tenant
        try await history.stage.database.execute(
            isMember
                ? "insert into group_members (tenant_id, group_id, user_id) values (\(tenant), \(group), \(user))"
                : "delete from group_members where tenant_id = \(tenant) and group_id = \(group) and user_id = \(user)",
            in: history.scope)
    }

    private func change(_ grant: GrantID, _ weekly: JSON, _ accounts: JSON, _ history: History) async throws {
        let (tenant, database, scope) = (history.scope.tenant, history.stage.database, history.scope)
        try await database.execute(
            "update grants set weekly = \(weekly) where tenant_id = \(tenant) and grant_id = \(grant)", in: scope)
        try await database.execute(
            "delete from grant_accounts where tenant_id = \(tenant) and grant_id = \(grant)", in: scope)
        for rule in try Schema<[AccountRule]>.array(of: AccountRule.schema, 1...100).parse(accounts) {
            try await database.execute(
                """
                insert into grant_accounts (tenant_id, grant_id, kind, name)
                values (\(tenant), \(grant), \(rule.kind.rawValue), \(rule.account?.text ?? ""))
                """, in: scope)
        }
    }
}
