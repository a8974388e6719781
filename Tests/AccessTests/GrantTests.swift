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

@Suite struct GrantTests {
    private func body(_ estate: Estate, _ more: JSON = [:]) -> JSON {
        let body: JSON = [
            "name": "Standing", "users": [.string(estate.rita.text)], "assets": [.string(estate.asset.text)],
            "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
        ]
        return body.merging(more)
    }

    @Test func `a grant is made, listed, revoked once and told of`() async throws {
        let estate = try await Estate()
        let (stage, scope) = (estate.stage, estate.scope)
        let made = try await stage.call(
            estate.endpoints, "access.grant", body: body(estate), by: estate.admin, in: scope)
        #expect(made.status == 201 && made["source"] == "administrator" && made["state"] == "active")
        let listed = try await stage.call(
            estate.endpoints, "access.grants", by: estate.admin, query: [("filter", #"state eq "active""#)], in: scope)
        #expect(listed.items.count == 1)
        func revoke(in scope: TenantScope) async throws -> Answer {
            try await stage.call(
                estate.endpoints, "access.revoke", [made["id"]], body: ["reason": "left the team"], by: estate.admin,
                in: scope)
        }
        let theirs = try await stage.makeTenant("bolt")
        #expect(try await revoke(in: theirs).status == 404)
        stage.wait(1)
        #expect(try await revoke(in: scope)["state"] == "revoked")
        #expect(try await revoke(in: scope).problem == "grant-not-active")
        #expect(try await estate.decide().codes == [.grantRevoked])
        #expect(try await stage.events(in: scope).suffix(1) == ["grant.revoked"])
        let lines = try await stage.lines(in: scope)
        #expect(
            lines.filter { $0.contains("success") }
                == ["grant.created success Standing", "grant.revoked success Standing"])
        #expect(lines.count { $0.hasPrefix("grant.revoked refused") } == 1)
    }

    @Test func `of two revocations at once one counts, and there is one event`() async throws {
        let estate = try await Estate()
        let grant = try await estate.grant()
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (try? await estate.access.revoke(
                        grant.id, RevokeGrant(reason: "x"), by: estate.admin, at: estate.stage.now,
                        audit: .discarding, in: estate.scope)) != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0 } == 1)
        #expect(try await estate.stage.events(in: estate.scope).count { $0 == "grant.revoked" } == 1)
    }

    @Test func `what is named twice counts once, what does not exist is refused`() async throws {
        let estate = try await Estate()
        let (stage, scope) = (estate.stage, estate.scope)
        func make(_ more: JSON) async throws -> Answer {
            try await stage.call(
                estate.endpoints, "access.grant", body: body(estate, more), by: estate.admin, in: scope)
        }
        let rita = JSON.string(estate.rita.text)
        let doubled = try await make([
            "users": [rita, rita], "actions": ["connect", "connect"], "accounts": [["kind": "all"], ["kind": "all"]],
        ])
        #expect(doubled.status == 201)
        #expect(doubled.json["actions"] == ["connect"])
        let theirs = try await stage.makeTenant("bolt")
        let eve = JSON.string(try await stage.makeUser("eve", in: theirs).text)
        let wrong: [JSON] = [
            ["users": [eve]], ["assets": [.string(AssetID.new().text)]], ["nodes": [.string(NodeID.new().text)]],
            ["groups": [.string(GroupID.new().text)]],
        ]
        for more in wrong { #expect(try await make(more).problem == "unknown-grant-member") }
        let malformed: [JSON] = [
            ["users": []], ["assets": []], ["accounts": []], ["accounts": [["kind": "all", "name": "root"]]],
            ["accounts": [["kind": "name"]]], ["protocols": ["telnet"]], ["actions": []],
            ["endsAt": "2020-01-01T00:00:00Z"], ["startsAt": "2030-01-01T00:00:00Z", "endsAt": "2029-01-01T00:00:00Z"],
            ["weekly": [["days": [8], "from": 0, "to": 60]]], ["weekly": [["days": [1], "from": 60, "to": 60]]],
        ]
        for more in malformed { #expect(try await make(more).problem == "invalid-fields", "\(more)") }
        #expect(try await stage.count("select count(*) from grants", in: scope) == 1)
    }

    @Test func `grants whose end has come are ended once, for every tenant`() async throws {
        let estate = try await Estate()
        let now = estate.stage.now
        let grant = try await estate.grant(endsAt: now.addingTimeInterval(60))
        try await estate.grant("Later", endsAt: now.addingTimeInterval(61))
        try await estate.grant("Never")
        #expect(try await estate.access.endDueGrants(at: now.addingTimeInterval(59)) == 0)
        #expect(try await estate.access.endDueGrants(at: now.addingTimeInterval(60)) == 1)
        #expect(try await estate.access.endDueGrants(at: now.addingTimeInterval(60)) == 0)
        #expect(try await estate.access.find(grant.id, in: estate.scope).state == .ended)
        #expect(try await estate.stage.events(in: estate.scope).suffix(1) == ["grant.ended"])
        await #expect(throws: AccessError.notActive) {
            try await estate.access.revoke(
                grant.id, RevokeGrant(reason: "x"), by: estate.admin, at: now, audit: .discarding, in: estate.scope)
        }
    }

    @Test func `another tenant sees no grant`() async throws {
        let estate = try await Estate()
        let grant = try await estate.grant()
        let theirs = try await estate.stage.makeTenant("bolt")
        await #expect(throws: AccessError.notFound) { try await estate.access.find(grant.id, in: theirs) }
        let page = try PageRequest.parse(#"name eq "G""#, Grant.listing)
        #expect(try await estate.access.list(page, in: theirs).rows.isEmpty)
        #expect(try await estate.access.list(page, in: estate.scope).rows.count == 1)
    }

    @Test func `every filter and order of the lists runs`() async throws {
        let estate = try await Estate()
        try await estate.grant()
        for page in Grant.listing.samples { _ = try await estate.access.list(page, in: estate.scope) }
        for page in ReachableAsset.listing.samples {
            _ = try await estate.access.reach(of: estate.rita, page, at: estate.stage.now, in: estate.scope)
        }
    }
}
