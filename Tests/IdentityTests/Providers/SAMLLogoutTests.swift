import Foundation
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import Identity

/// A session that ends at its provider of SAML ends here, and whoever leaves here is shown the way out there.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs signxml (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(2)))
struct SAMLLogoutTests {
    struct Scene {
        var scene: SAMLSignInTests.Scene
        let alice: Visitor

        init() async throws {
            scene = try await SAMLSignInTests.Scene()
            alice = Visitor(house: scene.house, scope: scene.admin.scope, login: "alice@example.com")
            let first = try await scene.answer(scene.documents.accepted["both"])
            #expect(first.step == "enrol", "\(first.json)")
            try await alice.enrol(first["token"])
        }

        mutating func comeAgain() async throws {
            try await scene.rewind()
            let begun = try await scene.answer(scene.documents.accepted["both"])
            #expect(begun.step == "second-factor", "\(begun.json)")
            let done = try await alice.open(
                "auth.second-factor", ["token": .string(begun["token"]), "code": .string(alice.freshCode())])
            alice.keep(cookie: done.cookie)
        }

        func isIn() async throws -> Bool { try await alice.call("me.show").status == 200 }

        func say(_ query: String, at provider: String? = nil) async throws -> Answer {
            try await scene.house.call(
                "auth.saml-logout", [provider ?? scene.provider], in: scene.admin.scope, site: "cross-site",
                rawQuery: query)
        }

        func post(_ request: String) async throws -> Answer {
            let form = FormText.encode([(name: "SAMLRequest", value: request), (name: "RelayState", value: "here")])
            return try await scene.house.call(
                "auth.saml-logout-form", [scene.provider], in: scene.admin.scope, form: form, site: "cross-site")
        }
    }

    @Test(arguments: ["alice's session", "alice's sessions"], [false, true])
    func `the provider's word ends everything of the person, and nothing that began later`(
        _ name: String, inForm: Bool
    ) async throws {
        var scene = try await Scene()
        #expect(try await scene.isIn())
        let documents = scene.scene.documents
        func hand(_ scene: Scene) async throws -> Answer {
            inForm
                ? try await scene.post(try #require(documents.forms[name]))
                : try await scene.say(try #require(documents.queries[name]))
        }
        let said = try await hand(scene)
        #expect(said.status == 303, "\(said.json)")
        let location = said.headers[.location] ?? ""
        #expect(location.hasPrefix("https://idp.example.com/slo?SAMLResponse="), "\(location)")
        #expect(location.contains("&RelayState=here&SigAlg="))
        #expect(try await !scene.isIn())
        let events = try await scene.scene.house.test.database.query(
            "select count(*) from events where tenant_id = \(scene.scene.admin.scope.tenant) and type = 'user.signed-out-by-provider'",
            in: scene.scene.admin.scope
        ) { try $0.next(Int.self) }
        #expect(events == [1])
        // The same once more, after Alice has come in again.
        try await scene.comeAgain()
        #expect(try await scene.isIn())
        #expect(try await hand(scene).status == 303)
        #expect(try await scene.isIn())
        #expect(try await scene.scene.admin.call("me.show").status == 200)
    }

    @Test func `no other word ends anything`() async throws {
        let scene = try await Scene()
        let documents = scene.scene.documents
        let good: Set = [
            "request", "request without state", "request with a curve", "request with sha512", "alice's session",
            "alice's sessions", "alice's other session", "bob's sessions", "alice of another kind",
        ]
        for (name, query) in documents.queries where !good.contains(name) {
            #expect(try await scene.say(query).status == 400, "\(name)")
        }
        for name in ["unsigned", "wrongly keyed", "sha1", "changed", "wrapped", "another address", "document type"] {
            #expect(try await scene.post(try #require(documents.forms[name])).status == 400, "\(name)")
        }
        // Rightly signed, and about somebody or something else.
        for name in ["alice's other session", "bob's sessions", "alice of another kind"] {
            #expect(try await scene.say(try #require(documents.queries[name])).status == 303, "\(name)")
            #expect(try await scene.post(try #require(documents.forms[name])).status == 303, "\(name)")
        }
        let query = try #require(documents.queries["alice's sessions"])
        let other = try await scene.scene.admin.addSAML(documents, ["name": "Another"])
        #expect(try await scene.say(query, at: other).status == 400)
        #expect(try await scene.say("").status == 400)
        #expect(try await scene.isIn())
        #expect(try await scene.say(query).status == 303)
        #expect(try await !scene.isIn())
    }

    @Test func `whoever signs out is shown where they are signed in besides`() async throws {
        let scene = try await Scene()
        let answer = try await scene.alice.call("me.farewells")
        guard case .array(let items)? = answer.json["items"] else { throw Unexpected() }
        #expect(items.map { $0["name"]?.text } == ["SAML"])
        #expect(items.first?["url"]?.text?.hasPrefix("https://idp.example.com/slo?SAMLRequest=") == true)
        #expect(try await scene.scene.admin.call("me.farewells").json["items"] == [])
    }
}
