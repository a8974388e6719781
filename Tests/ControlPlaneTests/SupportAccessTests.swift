import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Operators
import Outbound
import Postgres
import Support
import TestSupport
import Testing

@testable import ControlPlane

/// Somebody of the provider gets into a tenant: asked for, agreed to, marked, and out again at once.
@Suite(.serialized) struct SupportAccessTests {
    private struct Scene {
        let installation: Installation
        let house: Household
        let sven: SignedInOperator
        let tenant: String

        init() async throws {
            installation = try await Installation()
            house = try await Household(installation.makeTenant("acme"))
            sven = try await installation.makeOperator("sven", roles: [.support])
            tenant = try await installation.provider(.get, "/tenants").items.first?["id"]?.text ?? ""
        }

        func ask(_ role: String = "auditor", seconds: Int64 = 3600) async throws -> String {
            let asked = try await sven.call(
                .post, "/tenants/\(tenant)/support-accesses",
                ["reason": "Ticket 4711: sessions are slow", "role": .string(role), "durationSeconds": .int(seconds)],
                expecting: 201)
            return asked["id"]
        }

        func consent(_ access: String, _ body: JSON = [:]) async throws -> Answer {
            try await house.person.call(.post, "/support-accesses/\(access)/consent", body)
        }

        /// Follows the link, and returns the cookie of the session inside.
        func enter(_ access: String) async throws -> String {
            let link = try await sven.call(.post, "/support-accesses/\(access)/entry", expecting: 200)["url"]
            #expect(link.hasPrefix("http://acme.localhost") && link.contains("/support#token="))
            let entered = try await spend(link)
            #expect(entered.status == 204, "\(entered.text)")
            return try #require(entered.supportCookie)
        }

        func spend(_ link: String, on host: String = "acme") async throws -> Answer {
            let token = link.split(separator: "=").last.map(String.init) ?? ""
            return try await installation.call(.post, "/api/v1/auth/support", ["token": .string(token)], on: host)
        }

        func inside(
            _ cookie: String, _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil,
            on host: String = "acme", headers: [String: String] = [:]
        ) async throws -> Answer {
            try await installation.call(
                method, "/api/v1" + path, body, on: host,
                headers: headers.merging(["Cookie": "gatehouse-support=\(cookie)"]) { $1 })
        }
    }

    @Test func `an administrator agrees, and the operator is inside, marked, until it is revoked`() async throws {
        let scene = try await Scene()
        let access = try await scene.ask("administrator")
        // Not before somebody agreed.
        let early = try await scene.sven.call(.post, "/support-accesses/\(access)/entry")
        #expect(early.status == 409 && early.text.contains("support-not-open"), "\(early.text)")
        let again = try await scene.sven.call(
            .post, "/tenants/\(scene.tenant)/support-accesses",
            ["reason": "again", "role": "auditor", "durationSeconds": 600])
        #expect(again.status == 409, "\(again.text)")

        let agreed = try await scene.consent(access, ["durationSeconds": 1800])
        #expect(agreed.status == 200 && agreed["state"] == "consented", "\(agreed.text)")
        let cookie = try await scene.enter(access)
        let me = try await scene.inside(cookie, .get, "/me")
        #expect(me.status == 200 && me["supportUntil"] != "", "\(me.text)")
        #expect(me.json["user"]?["name"] == "Sven")
        let listed = try await scene.house.person.call(.get, "/support-accesses").items.first
        #expect(listed?["isInside"] == true && listed?["decidedBy"] == "Ada")

        // What is done inside is in the tenant's own trail, under the operator's name.
        let made = try await scene.inside(cookie, .post, "/groups", ["name": "Made by support"])
        #expect(made.status == 201, "\(made.text)")
        let trail = try await scene.house.person.call(.get, "/audit-events?limit=100").items
        let line = trail.first { $0["action"] == "group.created" && $0["target"]?["name"] == "Made by support" }
        #expect(line?["actor"]?["kind"] == "provider" && line?["actor"]?["name"] == "Sven")
        for action in ["support.asked", "support.consented", "support.entry-made", "support.entered"] {
            #expect(trail.contains { $0["action"]?.text == action }, "\(action)")
        }
        let provider = try await scene.installation.provider(.get, "/audit-events?limit=100")
        #expect(provider.items.contains { $0["action"] == "support.asked" && $0["actor"]?["name"] == "Sven" })
        #expect(!provider.text.contains("Ada"), "the provider learns who agreed")
        #expect(!(try await scene.sven.call(.get, "/support-accesses").text.contains("Ada")))

        let revoked = try await scene.house.person.call(
            .post, "/support-accesses/\(access)/revoke", expecting: 200)
        #expect(revoked["state"] == "revoked")
        #expect(try await scene.inside(cookie, .get, "/me").status == 401)
        let late = try await scene.sven.call(.post, "/support-accesses/\(access)/entry")
        #expect(late.status == 409, "\(late.text)")
    }

    @Test func `support people get what their role has, and never what is the tenant's people's alone`() async throws {
        let scene = try await Scene()
        for role in SupportRole.allCases {
            let access = try await scene.ask(role.rawValue)
            #expect(try await scene.consent(access).status == 200)
            let cookie = try await scene.enter(access)
            let allowed = role.permissions(Catalogue.permissions)
            #expect(!allowed.contains { ["accounts.reveal", "assets.mine", "users.manage"].contains($0.code) })
            for operation in Catalogue.tenant {
                let path = String(operation.path.dropFirst(TenantAPI.base.count)).replacing(/\{[a-zA-Z-]+\}/, with: "x")
                let method = try #require(OutboundRequest.Method(rawValue: operation.method.rawValue))
                let body: JSON? = if case .nothing = operation.body { nil } else { [:] }
                if operation.name == "events.stream" {
                    #expect(!allowed.contains(operation.permission))
                }
                let answer = try await scene.inside(
                    cookie, method, path, body,
                    headers: operation.precondition == .ifMatch ? ["If-Match": "\"1\""] : [:])
                let isRefused = answer.status == 403 && answer.text.contains("permission-missing")
                #expect(
                    isRefused == !allowed.contains(operation.permission),
                    "\(role) \(operation.name): \(answer.status) \(answer.text)")
                #expect(answer.status < 500 || answer.status == 503, "\(operation.name): \(answer.text)")
            }
            try await scene.house.person.call(.post, "/support-accesses/\(access)/revoke", expecting: 200)
        }
    }

    @Test func `a link works once, for a minute, at its own tenant, and a cookie nowhere else`() async throws {
        let scene = try await Scene()
        _ = try await scene.installation.makeTenant("bolt")
        let access = try await scene.ask()
        #expect(try await scene.consent(access).status == 200)
        func link() async throws -> String {
            try await scene.sven.call(.post, "/support-accesses/\(access)/entry", expecting: 200)["url"]
        }
        let first = try await link()
        #expect(try await scene.spend(first, on: "bolt").status == 401)
        let second = try await link()
        // A new link takes the place of the one before.
        #expect(try await scene.spend(first).status == 401)
        let entered = try await scene.spend(second)
        #expect(entered.status == 204)
        #expect(try await scene.spend(second).status == 401)
        let cookie = try #require(entered.supportCookie)
        #expect(try await scene.inside(cookie, .get, "/assets").status == 200)
        #expect(try await scene.inside(cookie, .get, "/assets", on: "bolt").status == 401)
        #expect(try await scene.inside(cookie, .get, "/assets", on: "provider").status == 404)
        // As the cookie of a user it is nothing.
        #expect(try await scene.installation.call(.get, "/api/v1/me", on: "acme", cookie: cookie).status == 401)

        // Too old.
        let third = try await link()
        let superuser = try await scene.installation.test.superuser()
        _ = try await superuser.execute("update support_accesses set entry_until = now() - interval '1 second'")
        #expect(try await scene.spend(third).status == 401)
        // Going in again ends what was open before.
        let fourth = try await scene.enter(access)
        #expect(try await scene.inside(cookie, .get, "/assets").status == 401)
        #expect(try await scene.inside(fourth, .get, "/assets").status == 200)

        // A colleague's consent is not one's own, and a wrong id is nothing.
        let tom = try await scene.installation.makeOperator("tom", roles: [.support])
        #expect(try await tom.call(.post, "/support-accesses/\(access)/entry").status == 404)
        #expect(try await tom.call(.post, "/support-accesses/\(access)/withdraw").status == 404)
        let left = try await scene.installation.call(
            .post, "/api/v1/auth/support/leave", on: "acme", headers: ["Cookie": "gatehouse-support=\(fourth)"])
        #expect(left.status == 204)
        #expect(try await scene.inside(fourth, .get, "/assets").status == 401)
    }

    @Test func `the time runs out, the operator is shut out, the company closes: each ends it`() async throws {
        let scene = try await Scene()
        let superuser = try await scene.installation.test.superuser()
        let first = try await scene.ask()
        #expect(try await scene.consent(first).status == 200)
        let cookie = try await scene.enter(first)
        #expect(try await scene.inside(cookie, .get, "/assets").status == 200)
        _ = try await superuser.execute("update support_accesses set ends_at = now() - interval '1 second'")
        #expect(try await scene.inside(cookie, .get, "/assets").status == 401)
        #expect(try await scene.sven.call(.post, "/support-accesses/\(first)/entry").status == 409)

        // A wish that waited too long cannot be agreed to any more.
        let second = try await scene.ask()
        _ = try await superuser.execute(
            "update support_accesses set ends_at = now() - interval '1 second' where state = 'asked'")
        #expect(try await scene.consent(second).status == 409)

        let third = try await scene.ask()
        #expect(try await scene.consent(third).status == 200)
        let again = try await scene.enter(third)
        #expect(try await scene.inside(again, .get, "/assets").status == 200)
        _ = try await superuser.execute("update provider_operators set state = 'disabled' where login = 'sven'")
        #expect(try await scene.inside(again, .get, "/assets").status == 401)
        _ = try await superuser.execute("update provider_operators set state = 'active' where login = 'sven'")
        #expect(try await scene.inside(again, .get, "/assets").status == 200)
        _ = try await superuser.execute("update provider_operators set roles = '{billing}' where login = 'sven'")
        #expect(try await scene.inside(again, .get, "/assets").status == 401)
        _ = try await superuser.execute("update provider_operators set roles = '{support}' where login = 'sven'")
        #expect(
            try await scene.installation.provider(.post, "/tenants/\(scene.tenant)/suspend").status == 200)
        #expect(try await scene.inside(again, .get, "/assets").status == 401)
    }

    @Test func `nobody but an administrator of the tenant agrees, and support does not agree to itself`() async throws {
        let scene = try await Scene()
        let first = try await scene.ask("administrator")
        #expect(try await scene.consent(first).status == 200)
        let cookie = try await scene.enter(first)
        let tom = try await scene.installation.makeOperator("tom", roles: [.support])
        let asked = try await tom.call(
            .post, "/tenants/\(scene.tenant)/support-accesses",
            ["reason": "me too", "role": "administrator", "durationSeconds": 600], expecting: 201)
        let own = try await scene.inside(cookie, .post, "/support-accesses/\(asked["id"])/consent", [:])
        #expect(own.status == 403, "\(own.text)")
        let bolt = try await scene.installation.makeTenant("bolt")
        #expect(try await bolt.call(.post, "/support-accesses/\(asked["id"])/consent", [:]).status == 404)
        #expect(try await bolt.call(.get, "/support-accesses").items.isEmpty)
        #expect(
            try await scene.house.person.call(.post, "/support-accesses/\(asked["id"])/refuse").status == 200)
        #expect(try await scene.consent(asked["id"]).status == 409)
        let tooLong = try await tom.call(
            .post, "/tenants/\(scene.tenant)/support-accesses",
            ["reason": "me too", "role": "auditor", "durationSeconds": 90_000])
        #expect(tooLong.status == 422)
    }
}
