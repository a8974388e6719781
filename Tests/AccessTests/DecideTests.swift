import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct DecideTests {
    @Test func `without a grant nothing is open, and the reason says so`() async throws {
        let estate = try await Estate()
        let decision = try await estate.decide()
        #expect(!decision.isAllowed && decision.codes == [.noGrant])
        #expect(decision.reasons[0].text == "Nothing grants you root on web-1.")
    }

    @Test func `a grant opens what it names: every action, account and person apart`() async throws {
        let estate = try await Estate()
        let grant = try await estate.grant(actions: [.connect, .upload, .copy])
        for action in AccessAction.allCases {
            let decision = try await estate.decide(as: "root", action)
            #expect(decision.isAllowed == [.connect, .upload, .copy].contains(action), "\(action)")
            if !decision.isAllowed { #expect(decision.codes == [.otherAction]) }
            #expect(!decision.isAllowed || decision.opening?.grant == grant.id)
        }
        #expect(try await estate.decide(as: "deploy").codes == [.otherAccount])
        #expect(try await estate.decide(estate.admin).codes == [.noGrant])
        let other = try await estate.stage.makeAsset("web-2", in: estate.scope)
        #expect(try await estate.decide(on: other).codes == [.noGrant])
    }

    @Test func `what is denied or out of service bars the way for everything else than sessions too`() async throws {
        let estate = try await Estate()
        func isBarred(_ user: UserID? = nil, _ account: String = "root", after: TimeInterval = 0) async throws -> Bool {
            let name = try AccountName(parsing: account)
            return try await estate.stage.database.transaction(in: estate.scope) { transaction in
                try await estate.access.isBarred(
                    user ?? estate.rita, from: name, on: estate.asset, at: estate.stage.now.addingTimeInterval(after),
                    in: estate.scope, transaction)
            }
        }
        // Nothing is granted, nor denied.
        #expect(try await !isBarred())
        try await estate.grant()
        #expect(try await !isBarred())
        try await estate.grant(effect: .deny, endsAt: estate.stage.now.addingTimeInterval(3_600))
        #expect(try await isBarred())
        #expect(try await !isBarred(after: 3_600))
        #expect(try await !isBarred(nil, "deploy"))
        #expect(try await !isBarred(estate.admin))
        try await estate.stage.database.execute(
            "update assets set state = 'disabled' where tenant_id = \(estate.scope.tenant)", in: estate.scope)
        #expect(try await isBarred(estate.admin))
        #expect(try await isBarred(.new()))
    }

    static let rules: [([AccountRule], String, Bool)] = {
        do {
            let (root, rita, deploy) = ("root", "rita", "deploy")
            return [
                ([try .name(root)], root, true), ([try .name(root)], deploy, false), ([.all], root, true),
                ([.all], rita, true), ([.all, try .exclude(root)], root, false),
                ([.all, try .exclude(root)], deploy, true), ([.same], rita, true), ([.same], root, false),
                ([.same, try .exclude(rita)], rita, false), ([try .exclude(root)], deploy, false),
                ([try .name(root), try .exclude(root)], root, false),
                ([try .name(root), .same], rita, true), ([try .name("ROOT")], root, false),
            ]
        } catch { return [] }
    }()

    @Test(arguments: rules)
    func `account rules open what they say, and exclusions win`(
        _ rules: [AccountRule], _ account: String, _ isOpen: Bool
    ) async throws {
        let name = try AccountName(parsing: account)
        #expect(AccountRule.allow(rules, name, login: "rita") == isOpen)
        #expect(AccountRule.allow(rules.reversed(), name, login: "rita") == isOpen)
    }

    @Test func `account rules come back from the database as they went in`() async throws {
        let estate = try await Estate()
        let rules: [AccountRule] = [.all, .same, try .name("svc-ö"), try .exclude("root"), try .exclude("deploy")]
        let grant = try await estate.grant(accounts: rules)
        #expect(Set(grant.accounts) == Set(rules))
        #expect(try await estate.decide(as: "root").codes == [.otherAccount])
        #expect(try await estate.decide(as: "rita").isAllowed)
        #expect(try await estate.decide(as: "nobody").codes == [.noSuchAccount])
    }

    @Test func `a grant is open from its start up to its end`() async throws {
        let estate = try await Estate()
        let now = estate.stage.now
        let (start, end) = (now.addingTimeInterval(60), now.addingTimeInterval(120))
        try await estate.grant(startsAt: start, endsAt: end)
        let moments: [(TimeInterval, DecisionReason.Code)] = [
            (0, .grantNotStarted), (59.999, .grantNotStarted), (60, .allowed), (119.999, .allowed),
            (120, .grantEnded), (9999, .grantEnded),
        ]
        for (seconds, code) in moments {
            let decision = try await estate.decide(at: now.addingTimeInterval(seconds))
            #expect(decision.codes == [code], "\(seconds)")
            if decision.isAllowed { #expect(decision.opening?.until == end) }
        }
    }

    /// The stage's clock shows Wednesday 11:06:40 in UTC.
    @Test(arguments: [
        ("UTC", 3, 660, 720, true), ("UTC", 3, 667, 720, false), ("UTC", 3, 600, 666, false),
        ("UTC", 2, 0, 1440, false), ("Asia/Shanghai", 3, 1140, 1200, true), ("Asia/Shanghai", 3, 660, 720, false),
        ("Pacific/Kiritimati", 4, 60, 120, true), ("Pacific/Kiritimati", 3, 0, 1440, false),
        ("America/Los_Angeles", 3, 180, 240, true), ("Asia/Kathmandu", 3, 1010, 1020, true),
    ])
    func `weekly hours are those of the tenant's wall clock`(
        _ zone: String, _ day: Int, _ from: Int, _ to: Int, _ isOpen: Bool
    ) async throws {
        let estate = try await Estate()
        try await estate.stage.database.execute("update tenants set time_zone = \(zone)", in: estate.scope)
        try await estate.grant(weekly: [WeeklyHours(days: [day], from: from, to: to)])
        let decision = try await estate.decide()
        #expect(decision.codes == [isOpen ? .allowed : .outsideHours])
    }

    @Test func `the hours of a grant are those of the organization that it belongs to, and of no other`() async throws {
        let estate = try await Estate()
        let (scope, database) = (estate.scope, estate.stage.database)
        let europe = try await estate.stage.makeOrganization("Europe", in: scope)
        let statements: [SQL] = [
            "update assets set org_id = \(europe) where tenant_id = \(scope.tenant)",
            """
            insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
            values (\(scope.tenant), \(europe), 'locale.time-zone', '"Asia/Shanghai"', \(estate.admin))
            """,
        ]
        for statement in statements { try await database.execute(statement, in: scope) }
        func reach() async throws -> [ReachableAccount] {
            try await estate.access.reach(
                of: estate.rita, among: [estate.asset], at: estate.stage.now, in: scope
            ).flatMap(\.accounts)
        }
        // It is 11:06 in UTC and 19:06 in Shanghai. The grant is of Europe, since all of it lies there.
        let grant = try await estate.grant(weekly: [WeeklyHours(days: [3], from: 1140, to: 1200)])
        #expect(try await estate.decide().codes == [.allowed])
        #expect(
            try await estate.decide().opening?.until == estate.stage.now.addingTimeInterval(53 * 60 + 20))
        #expect(try await reach().count == 1)
        // The same of the tenant as a whole is meant by the tenant's clock, wherever the asset lies.
        try await database.execute(
            "update grants set org_id = tenant_id where grant_id = \(grant.id) and tenant_id = \(scope.tenant)",
            in: scope)
        #expect(try await estate.decide().codes == [.outsideHours])
        #expect(try await reach().isEmpty)
        let denial = try await estate.grant(
            "Night", effect: .deny, accounts: [.all], weekly: [WeeklyHours(days: [3], from: 660, to: 720)])
        #expect(try await estate.decide().reasons.first?.grant == denial.id)
    }

    @Test func `what lets more be done is taken before what stands for good, and of equal ones the longer`()
        async throws
    {
        let estate = try await Estate()
        let now = estate.stage.now
        let standing = try await estate.grant()
        let hour = try await estate.grant("Hour", actions: [.connect, .upload], endsAt: now.addingTimeInterval(3600))
        #expect(try await estate.decide().opening?.grant == hour.id)
        #expect(try await estate.decide().opening?.actions.contains(.upload) == true)
        let day = try await estate.grant("Day", actions: [.connect, .download], endsAt: now.addingTimeInterval(86_400))
        #expect(try await estate.decide().opening?.grant == day.id)
        #expect(try await estate.decide(at: now.addingTimeInterval(86_400)).opening?.grant == standing.id)
    }

    @Test func `the way closes when the hours end, to the second`() async throws {
        let estate = try await Estate()
        try await estate.grant(weekly: [WeeklyHours(days: [3], from: 0, to: 720)])
        // 11:06:40 and 53 minutes and 20 seconds.
        #expect(try await estate.decide().opening?.until == estate.stage.now.addingTimeInterval(53 * 60 + 20))
        let end = estate.stage.now.addingTimeInterval(600)
        try await estate.grant("Short", endsAt: end, weekly: [WeeklyHours(days: [3], from: 0, to: 1440)])
        // The one that stays open longer is taken, with its own end.
        #expect(try await estate.decide().opening?.until == estate.stage.now.addingTimeInterval(53 * 60 + 20))
    }

    @Test func `a denial beats every allowance, wherever it comes from`() async throws {
        let estate = try await Estate()
        try await estate.grant("Allow")
        let group = try await estate.stage.makeGroup("all", of: [estate.rita], in: estate.scope)
        let node = try await estate.node("Servers")
        try await estate.put(estate.asset, into: node)
        let denial = try await estate.grant("Night", effect: .deny, groups: [group], nodes: [node], accounts: [.all])
        let decision = try await estate.decide()
        #expect(decision.codes == [.denied] && decision.reasons[0].grant == denial.id)
        #expect(decision.reasons[0].text == "The rule “Night” denies this.")
        _ = try await estate.access.revoke(
            denial.id, RevokeGrant(reason: "over"), by: estate.admin, at: estate.stage.now, audit: .discarding,
            in: estate.scope)
        #expect(try await estate.decide().isAllowed)
    }

    @Test func `a denial that is about something else denies nothing`() async throws {
        let estate = try await Estate()
        let now = estate.stage.now
        try await estate.grant("Allow")
        try await estate.grant("Other account", effect: .deny, accounts: [.name("deploy")])
        try await estate.grant("Other action", effect: .deny, actions: [.upload])
        try await estate.grant("Tomorrow", effect: .deny, startsAt: now.addingTimeInterval(86_400))
        try await estate.grant("Sundays", effect: .deny, weekly: [WeeklyHours(days: [7], from: 0, to: 1440)])
        try await estate.grant("Somebody else", effect: .deny, users: [estate.admin])
        #expect(try await estate.decide().isAllowed)
        #expect(try await estate.decide(at: now.addingTimeInterval(86_400)).codes == [.denied])
        #expect(try await estate.decide(at: now.addingTimeInterval(4 * 86_400)).codes == [.denied])
    }

    @Test func `a grant on a node holds for what lies below, and follows moves`() async throws {
        let estate = try await Estate()
        let top = try await estate.node("Top")
        let middle = try await estate.node("Middle", below: top)
        let low = try await estate.node("Low", below: middle)
        let elsewhere = try await estate.node("Elsewhere")
        try await estate.put(estate.asset, into: low)
        try await estate.grant(nodes: [top])
        #expect(try await estate.decide().isAllowed)
        try await estate.move(middle, below: elsewhere)
        #expect(try await estate.decide().codes == [.noGrant])
        try await estate.move(elsewhere, below: top)
        #expect(try await estate.decide().isAllowed)
        try await estate.move(low, below: nil)
        #expect(try await estate.decide().codes == [.noGrant])
    }

    @Test func `a grant to a group holds for its members while they are members`() async throws {
        let estate = try await Estate()
        let group = try await estate.stage.makeGroup("ops", of: [estate.rita], in: estate.scope)
        try await estate.grant(groups: [group])
        #expect(try await estate.decide().isAllowed)
        #expect(try await estate.decide(estate.admin).codes == [.noGrant])
        try await estate.stage.database.execute("delete from group_members", in: estate.scope)
        #expect(try await estate.decide().codes == [.noGrant])
    }

    @Test func `who or what is out of service is refused before any grant counts`() async throws {
        let estate = try await Estate()
        let database = estate.stage.database
        try await estate.grant()
        try await database.execute("update assets set state = 'disabled'", in: estate.scope)
        #expect(try await estate.decide().codes == [.assetDisabled])
        try await estate.stage.disable(estate.rita, in: estate.scope)
        #expect(try await estate.decide().codes == [.userDisabled])
        for state in ["suspended", "closing", "deleted"] {
            let isClosed = state != "suspended"
            try await database.execute(
                """
                update tenants set state = \(state), grace_ends_at = case when \(isClosed) then now() end,
                  closed_from = case when \(isClosed) then 'active' end
                """, in: estate.scope)
            #expect(try await estate.decide().codes == [.tenantInactive])
        }
    }

    @Test func `a person or an asset of another tenant does not exist here`() async throws {
        let estate = try await Estate()
        try await estate.grant()
        let theirs = try await estate.stage.makeTenant("bolt")
        let eve = try await estate.stage.makeUser("eve", in: theirs)
        let server = try await estate.stage.makeAsset("web-1", in: theirs)
        await #expect(throws: AccessError.notFound) { try await estate.decide(eve) }
        await #expect(throws: AccessError.notFound) { try await estate.decide(on: server) }
        await #expect(throws: AccessError.notFound) { try await estate.decide(.new()) }
        let question = AccessQuestion(
            user: estate.rita, asset: estate.asset, account: try AccountName(parsing: "root"), protocol: .ssh,
            action: .connect, at: estate.stage.now)
        await #expect(throws: AccessError.notFound) { try await estate.access.decide(question, in: theirs) }
    }

    @Test func `the reason that misses least comes first, and the chain is short`() async throws {
        let estate = try await Estate()
        let now = estate.stage.now
        for number in 0..<10 {
            try await estate.grant("Far \(number)", accounts: [.name("deploy")], actions: [.upload])
        }
        try await estate.grant("Near", startsAt: now.addingTimeInterval(60))
        let decision = try await estate.decide()
        #expect(decision.reasons.count == 5)
        #expect(decision.reasons[0].code == .grantNotStarted)
        #expect(decision.reasons[0].text.hasPrefix("“Near” starts at 2026-11-18T11:07:40.000Z"))
    }

    @Test func `an explanation says what would have to be asked for, and no more`() async throws {
        let estate = try await Estate()
        func explain(_ action: String) async throws -> Answer {
            try await estate.stage.call(
                estate.endpoints, "access.decide",
                body: [
                    "user": .string(estate.rita.text), "asset": .string(estate.asset.text), "account": "root",
                    "action": .string(action),
                ], by: estate.admin, in: estate.scope)
        }
        let refused = try await explain("upload")
        #expect(refused.json["allowed"] == false)
        #expect(refused.json["request"]?["actions"] == ["connect", "upload"])
        try await estate.grant(actions: [.connect, .upload])
        let allowed = try await explain("upload")
        #expect(allowed.json["allowed"] == true && allowed.json["request"] == .null)
        // Nobody is sent to ask for what no request opens, as at the gateway.
        try await estate.grant("Stop", effect: .deny)
        func expectHopeless(_ code: String) async throws {
            let refused = try await explain("connect")
            guard case .array(let reasons)? = refused.json["reasons"] else {
                Issue.record("\(refused.json)")
                return
            }
            #expect(reasons.map { $0["code"]?.text } == [code] && refused.json["request"] == .null)
        }
        try await expectHopeless("denied")
        try await estate.stage.database.execute(
            "update assets set state = 'disabled' where asset_id = \(estate.asset)", in: estate.scope)
        try await expectHopeless("asset-disabled")
    }
}
