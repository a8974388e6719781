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

@Suite struct TrialTests {
    @Test func `what a revoked grant alone let in is lost, what another one lets in is not`() async throws {
        let history = try await History()
        let (estate, stage) = (history.estate, history.stage)
        let grant = try await estate.grant("Standing", accounts: [.all])
        try await estate.grant("Deploy", accounts: [.name("deploy")])
        try await history.age()
        for days in [1.0, 2, 3] { try await history.session(at: history.ago(days)) }
        try await history.session(as: "deploy", at: history.ago(1))
        try await history.session(at: history.ago(31))
        let trial = try await history.attempt(["revoke": [.string(grant.id.text)]])
        #expect(trial.loses.map(\.line) == ["Rita web-1 root 3/3 true>false"])
        #expect(trial.loses[0].reasons.map(\.code).first == .grantRevoked)
        #expect(trial.loses[0].lastAt == history.ago(1))
        #expect(trial.sessions == TrialCount(judged: 4, changed: 3))
        #expect(trial.losingPeople == 1 && trial.gains.isEmpty && trial.widens.isEmpty && trial.isComplete)
        #expect(try await history.attempt(["days": 2, "revoke": [.string(grant.id.text)]]).sessions.judged == 3)
        // It was only tried.
        #expect(try await estate.access.find(grant.id, in: history.scope).state == .active)
        #expect(try await estate.decide().isAllowed)
        #expect(try await stage.events(in: history.scope).filter { $0 != "grant.created" }.isEmpty)
    }

    @Test func `sessions are judged by the grants of their time, and what holds now is said beside it`() async throws {
        let history = try await History()
        let (estate, stage, scope) = (history.estate, history.stage, history.scope)
        let standing = try await estate.grant("Standing")
        let former = try await estate.grant("Former")
        try await history.age()
        try await stage.database.execute(
            """
            update grants set state = 'revoked', revoked_at = \(history.ago(5))
            where tenant_id = \(scope.tenant) and grant_id = \(former.id)
            """, in: scope)
        try await history.session(at: history.ago(10))
        try await history.session(at: history.ago(1))
        let trial = try await history.attempt(["revoke": [.string(standing.id.text)]])
        #expect(trial.loses.map(\.line) == ["Rita web-1 root 1/2 true>false"])
        // With the other one gone for good, both could not have been.
        try await stage.database.execute(
            """
            update grants set revoked_at = \(history.ago(35))
            where tenant_id = \(scope.tenant) and grant_id = \(former.id)
            """, in: scope)
        #expect(
            try await history.attempt(["revoke": [.string(standing.id.text)]]).loses.map(\.line)
                == ["Rita web-1 root 2/2 true>false"])
        // What another one would have let in then, and not now, is lost now all the same.
        try await stage.database.execute(
            """
            update grants set revoked_at = \(history.ago(0.5))
            where tenant_id = \(scope.tenant) and grant_id = \(former.id)
            """, in: scope)
        #expect(
            try await history.attempt(["revoke": [.string(standing.id.text)]]).loses.map(\.line)
                == ["Rita web-1 root 0/2 true>false"])
    }

    @Test func `narrower hours take what was done outside of them, by the clock on the wall`() async throws {
        let history = try await History()
        let (estate, stage, scope) = (history.estate, history.stage, history.scope)
        try await stage.database.execute(
            "update tenants set time_zone = 'Europe/Berlin' where tenant_id = \(scope.tenant)", in: scope)
        let grant = try await estate.grant()
        try await history.age()
        // The clocks went back on the 25th of October: eight in the morning is at six in UTC before, and at seven since.
        for moment in ["2026-10-23T06:30:00Z", "2026-10-27T06:30:00Z", "2026-10-27T07:30:00Z"] {
            try await history.session(at: try #require(Timestamp.parse(moment)))
        }
        let hours: JSON = ["days": [1, 2, 3, 4, 5, 6, 7], "from": 480, "to": 1080]
        let trial = try await history.attempt(["change": [["grant": .string(grant.id.text), "weekly": [hours]]]])
        #expect(trial.loses.map(\.line) == ["Rita web-1 root 1/3 true>true"])
        #expect(trial.loses[0].reasons.map(\.code) == [.outsideHours])
    }

    @Test func `an end in the past takes what came after it, other accounts what was done as others`() async throws {
        let history = try await History()
        let estate = history.estate
        let grant = try await estate.grant(accounts: [.all])
        try await history.age()
        for days in [2.0, 8] { try await history.session(at: history.ago(days)) }
        try await history.session(as: "deploy", at: history.ago(8))
        let id = JSON.string(grant.id.text)
        func change(_ more: JSON) async throws -> AccessTrial {
            let change: JSON = ["grant": id]
            return try await history.attempt(["change": [change.merging(more)]])
        }
        let shorter = try await change(["endsAt": .string(Timestamp.text(history.ago(5)))])
        #expect(shorter.loses.map(\.line).first == "Rita web-1 root 1/2 true>false")
        #expect(shorter.loses.map(\.line).last == "Rita web-1 deploy 0/1 true>false")
        let narrower = try await change(["accounts": [["kind": "all"], ["kind": "exclude", "name": "deploy"]]])
        #expect(narrower.loses.map(\.line) == ["Rita web-1 deploy 1/1 true>false"])
        let other = try await change(["users": [.string(estate.admin.text)]])
        #expect(other.loses.count == 2 && other.loses.allSatisfy { $0.reasons.map(\.code) == [.noGrant] })
        #expect(other.widens.map(\.opened) == [1] && other.widens[0].grant == grant.id)
        await #expect(throws: FieldErrors.self) { try await change(["users": []]) }
    }

    @Test func `what was refused for want of a grant is gained, by name and by id, unless it is open today`()
        async throws
    {
        let history = try await History()
        let estate = history.estate
        try await history.refused("root on web-1", at: history.ago(3))
        try await history.refused("root on \(estate.asset.text)", at: history.ago(2))
        try await history.refused("? on web-1", at: history.ago(1))
        try await history.refused("deploy on web-1", because: .outsideHours, at: history.ago(1))
        try await history.refused("root on nowhere", at: history.ago(1))
        // Another gateway's business: no grant would have helped.
        let entry = AuditEntry(
            action: "session.granted", actor: .user(estate.rita, "Rita"),
            target: AuditTarget(kind: "target", id: nil, name: "root on web-1"), outcome: .refused,
            details: ["reasons": ["host-key-missing"]], traceID: "trace", clientAddress: nil, at: history.ago(1))
        try await AuditLog(database: history.stage.database).append(entry, scope: history.scope)

        let trial = try await history.attempt([
            "add": [history.addition(["accounts": [["kind": "name", "name": "root"]]])]
        ])
        #expect(trial.gains.map(\.line) == ["Rita web-1 root 2/2 false>true", "Rita web-1 ? 1/1 false>true"])
        #expect(trial.attempts.changed == 3 && trial.attempts.judged == 4 && trial.gainingPeople == 1)
        #expect(trial.gains[0].reasons.map(\.text) == ["“New” allows it."])
        #expect(trial.widens.map(\.opened) == [1])
        #expect(trial.widens[0].examples.map { $0.accounts.map(\.text) } == [["root"]])
        #expect(trial.widens[0].name == "New" && trial.widens[0].grant == nil && trial.widens[0].people == 1)
        // A start is taken by its word: this one is later than all of it, and opens all the same.
        let later = try await history.attempt([
            "add": [history.addition(["startsAt": .string(Timestamp.text(history.now + 60))])]
        ])
        #expect(later.gains.isEmpty && later.widens.map(\.opened) == [1])
        // Given for good, it is gained no more.
        try await estate.grant("Given", accounts: [.all])
        let given = try await history.attempt(["add": [history.addition()]])
        #expect(given.gains.isEmpty && given.widens.map(\.opened) == [0])
    }

    @Test func `denials beat what is granted, and one that goes opens it again`() async throws {
        let history = try await History()
        let estate = history.estate
        try await estate.grant("Standing", accounts: [.all])
        try await history.age()
        try await history.session(at: history.ago(1))
        let denied = try await history.attempt([
            "add": [history.addition(["effect": "deny", "accounts": [["kind": "name", "name": "root"]]])]
        ])
        #expect(denied.loses.map(\.line) == ["Rita web-1 root 1/1 true>false"])
        #expect(denied.loses[0].reasons.map(\.code) == [.denied] && denied.widens.isEmpty)
        let denial = try await estate.grant("Never", effect: .deny, accounts: [.name("deploy")])
        try await history.refused("deploy on web-1", because: .denied, at: history.ago(1))
        let opened = try await history.attempt(["revoke": [.string(denial.id.text)]])
        #expect(opened.gains.map(\.line) == ["Rita web-1 deploy 1/1 false>true"] && opened.loses.isEmpty)
        #expect(opened.widens.map(\.opened) == [1])
    }

    @Test func `who joins a group gains what it is granted, who leaves it loses it`() async throws {
        let history = try await History()
        let (estate, stage, scope) = (history.estate, history.stage, history.scope)
        let pat = try await stage.makeUser("pat", in: scope)
        let crew = try await stage.makeGroup("crew", of: [estate.rita], in: scope)
        let node = try await estate.node("Servers")
        try await estate.put(estate.asset, into: try await estate.node("Web", below: node))
        try await estate.grant("Crew", groups: [crew], nodes: [node])
        try await history.age()
        try await history.session(at: history.ago(1))
        try await history.refused("root on web-1", pat, at: history.ago(1))
        func member(_ user: UserID, _ isMember: Bool) -> JSON {
            ["user": .string(user.text), "group": .string(crew.text), "isMember": .bool(isMember)]
        }
        let trial = try await history.attempt(["memberships": [member(estate.rita, false), member(pat, true)]])
        #expect(trial.loses.map(\.line) == ["Rita web-1 root 1/1 true>false"])
        #expect(trial.gains.map(\.line) == ["Pat web-1 root 1/1 false>true"])
        #expect(trial.widens.map(\.opened) == [0, 1] && trial.widens[1].name == "Pat")
        // Nothing is different for who is in it already.
        let same = try await history.attempt(["memberships": [member(estate.rita, true)]])
        #expect(same.loses.isEmpty && same.gains.isEmpty && same.widens.map(\.opened) == [0])
    }

    @Test func `a part sees what was done in it, by grants from above too, and changes its own`() async throws {
        let history = try await History()
        let (estate, stage, scope) = (history.estate, history.stage, history.scope)
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let asia = try await stage.makeOrganization("Asia", in: scope)
        let tokyo = try await stage.makeAsset("tokyo", in: scope)
        for (asset, place) in [(estate.asset, europe), (tokyo, asia)] {
            try await stage.database.execute(
                "update assets set org_id = \(place) where tenant_id = \(scope.tenant) and asset_id = \(asset)",
                in: scope)
        }
        try await stage.database.execute(
            "update users set org_id = \(europe) where tenant_id = \(scope.tenant) and user_id = \(estate.rita)",
            in: scope)
        let own = try await estate.grant("Europe's")
        let above = try await estate.grant("Company's", assets: [estate.asset, tokyo])
        try await history.age()
        try await history.session(at: history.ago(1))
        try await history.session(on: tokyo, at: history.ago(1))
        try await history.refused("deploy on web-1", at: history.ago(1))
        try await history.refused("deploy on tokyo", at: history.ago(1))
        let part = TenantScope(tenant: scope.tenant, organizations: [europe])
        // The company's own grant lets it in all the same, though nobody here sees or changes it.
        let kept = try await history.attempt(["revoke": [.string(own.id.text)]], in: part)
        #expect(kept.loses.isEmpty && kept.sessions == TrialCount(judged: 1, changed: 0))
        await #expect(throws: AccessError.notFound) {
            try await history.attempt(["revoke": [.string(above.id.text)]], in: part)
        }
        await #expect(throws: AccessError.unknownMember) {
            try await history.attempt(["add": [history.addition(["assets": [.string(tokyo.text)]])]], in: part)
        }
        let added = try await history.attempt(["add": [history.addition()]], in: part)
        #expect(added.attempts == TrialCount(judged: 1, changed: 1))
        #expect(added.gains.map(\.line) == ["Rita web-1 deploy 1/1 false>true"])
        let whole = try await history.attempt(["revoke": [.string(above.id.text)]])
        #expect(whole.loses.map(\.line) == ["Rita tokyo root 1/1 true>false"])
        #expect(whole.sessions.judged == 2 && whole.attempts.judged == 2)
    }

    @Test func `nothing of another company is seen, named or judged`() async throws {
        let history = try await History()
        let estate = history.estate
        let grant = try await estate.grant()
        try await history.age()
        try await history.session(at: history.ago(1))
        try await history.refused("root on web-1", at: history.ago(1))
        let bolt = try await history.stage.makeTenant("bolt")
        let bob = try await history.stage.makeUser("bob", in: bolt)
        let asset = try await history.stage.makeAsset("web-1", in: bolt)
        let theirs: JSON = ["users": [.string(bob.text)], "assets": [.string(asset.text)]]
        let trial = try await history.attempt(["add": [history.addition(theirs)]], in: bolt)
        #expect(trial.sessions.judged == 0 && trial.attempts.judged == 0 && trial.gains.isEmpty)
        let wrong: [(JSON, AccessError)] = [
            (["revoke": [.string(grant.id.text)]], .notFound),
            (["change": [["grant": .string(grant.id.text), "weekly": []]]], .notFound),
            (["add": [history.addition()]], .unknownMember),
            (["add": [history.addition(theirs).merging(["users": [.string(estate.rita.text)]])]], .unknownMember),
            (
                [
                    "memberships": [
                        ["user": .string(bob.text), "group": .string(GroupID.new().text), "isMember": true]
                    ]
                ], .unknownMember
            ),
        ]
        for (body, error) in wrong {
            await #expect(throws: error) { try await history.attempt(body, in: bolt) }
        }
    }

    @Test func `the endpoint needs its own permission and leaves who looked in the trail`() async throws {
        let history = try await History()
        let (estate, stage, scope) = (history.estate, history.stage, history.scope)
        let grant = try await estate.grant()
        try await history.age()
        try await history.session(at: history.ago(1))
        func call(_ body: JSON, _ permissions: [String]? = nil) async throws -> Answer {
            try await stage.call(
                estate.endpoints, "access.try", body: body, by: estate.admin, permissions: permissions, in: scope)
        }
        let body: JSON = ["revoke": [.string(grant.id.text)]]
        let answer = try await call(body)
        #expect(answer.status == 200 && answer.json["sessions"]?["changed"] == 1 && answer.json["isComplete"] == true)
        #expect(try await call(body, ["grants.manage", "sessions.read"]).status == 403)
        let malformed: [JSON] = [
            [:], ["revoke": []], ["days": 31, "revoke": body["revoke"] ?? []],
            ["days": 0, "revoke": body["revoke"] ?? []],
            body.merging(["change": [["grant": .string(grant.id.text)]]]),
            ["add": [history.addition(["accounts": []])]],
        ]
        for body in malformed { #expect(try await call(body).problem == "invalid-fields", "\(body)") }
        _ = try await estate.access.revoke(
            grant.id, RevokeGrant(reason: "over"), by: estate.admin, at: history.now, audit: .discarding, in: scope)
        #expect(try await call(body).problem == "grant-not-active")
        let lines = try await stage.lines(in: scope)
        #expect(lines.count { $0.hasPrefix("access.tried success") } == 1)
        #expect(lines.count { $0.hasPrefix("access.tried refused") } > 1)
    }
}
