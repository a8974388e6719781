import Foundation
import Glibc
import Kernel
import Outbound
import TestSupport
import Testing

/// Somebody signs out at a provider that others wrote (idpyoidc). The logout token with which it says so ends what they have
/// open here: with a server and a worker that are programs of their own.
@Suite(.serialized, .enabled(if: RealProvider.isThere(.pyoidc), "needs idpyoidc (GATEHOUSE_TEST_PYTHON)"))
struct ProviderLogoutTests {
    /// Alice of the provider, her browser, and what she is told there.
    private struct Scene {
        let installation: Installation
        let ada: Person
        let alice: Person
        let real = RealProvider(.pyoidc)
        let provider: String
        let process: ChildProcess

        init() async throws {
            installation = try await Installation(as: .program())
            ada = try await installation.makeTenant("acme")
            let places: JSON = [["host": "127.0.0.1", "port": .int(Int64(real.port))]]
            try await ada.call(.put, "/egress-allowances", ["items": places], expecting: 200)
            let made = try await ada.call(
                .post, "/identity-providers",
                [
                    "name": "Single sign-on", "createsUsers": .bool(true), "secret": .string(LyingProvider.secret),
                    "settings": [
                        "kind": "oidc", "issuer": .string(real.issuer), "clientId": .string(LyingProvider.clientID),
                        "clientAuthentication": "post", "signsOutBy": "form", "verifiesEmail": .bool(true),
                    ],
                ], expecting: 201)
            provider = made["id"]
            process = try await real.start(
                client: LyingProvider.clientID, secret: LyingProvider.secret,
                redirect: "http://acme.localhost:\(installation.port)/sign-in/callback/\(provider)")
            alice = Person(installation: installation, slug: "acme", login: real.login)
        }

        /// To the provider and back: what she is asked for next.
        func come() async throws -> Answer {
            let begun = try await installation.call(
                .post, "/api/v1/auth/browser", ["provider": .string(provider)], on: "acme")
            try #require(begun.status == 200, "\(begun.text)")
            let back = try await real.visit(begun["url"], host: "acme.localhost", remembering: true)
            var body: JSON = ["provider": .string(provider)]
            for item in try #require(URLComponents(string: back)).queryItems ?? [] {
                guard let name = ["code": "code", "state": "state", "iss": "issuer"][item.name] else { continue }
                body = body.merging(.object([.init(name, .string(item.value ?? ""))]))
            }
            let cookie = try #require(begun.signInCookie)
            return try await installation.call(
                .post, "/api/v1/auth/browser/finish", body, on: "acme",
                headers: ["Cookie": "gatehouse-sign-in=\(cookie)"])
        }

        /// Says by hand what the provider says.
        func say(_ token: String) async throws -> Int {
            try await installation.call(
                .post, "/api/v1/auth/identity-providers/\(provider)/logout", on: "acme",
                headers: ["Content-Type": "application/x-www-form-urlencoded"], raw: Array("logout_token=\(token)".utf8)
            ).status
        }

        func isIn(_ person: Person) async throws -> Bool { try await person.call(.get, "/me").status == 200 }
    }

    @Test func `whoever signs out at the provider is out of the portal and cut off at the gateway`() async throws {
        let scene = try await Scene()
        let (ada, alice) = (scene.ada, scene.alice)
        let first = try await scene.come()
        #expect(first["step"] == "enrol", "\(first.text)")
        try await alice.enrol(first["token"])
        let visitor = try await Visitor(alice, of: ada, to: try await RealServer(ada))
        let worker = try await WorkerProcess(scene.installation, name: "one")
        let session = try await visitor.stay(through: worker.port)

        let farewells = try await alice.call(.get, "/me/farewells", expecting: 200)
        guard let farewell = farewells.items.first, case .array(let fields)? = farewell["fields"] else {
            return #expect(Bool(false), "\(farewells.text)")
        }
        let form = JSON.object(fields.map { JSON.Member($0["name"]?.text ?? "", $0["value"] ?? .null) })
        // An ID token is signed by the same key, and ends nothing.
        #expect(try await scene.say(form["id_token_hint"]?.text ?? "") == 400)
        #expect(try await scene.isIn(alice))
        let place = try await scene.real.visit(
            farewell["url"]?.text ?? "", host: "acme.localhost", remembering: true, knowingPassword: false,
            form: String(decoding: form.bytes, as: UTF8.self))
        #expect(place == "http://acme.localhost:\(scene.installation.port)/sign-in")

        // It has told us before it sent her back.
        let told = try JSONParser.parse(Array(try await scene.real.ask("sent").utf8))
        guard case .array(let sent) = told, let token = sent.first?["token"]?.text else {
            return #expect(Bool(false), "\(told)")
        }
        #expect(sent.count == 1 && sent.first?["status"] == 204, "\(told)")
        #expect(try await !scene.isIn(alice))
        #expect(try await scene.isIn(ada))
        try await eventually("the session is cut", within: .seconds(6)) { session.hasEnded }
        #expect(try await visitor.sessions().map(\.reason) == ["terminated"])
        let trail = try await ada.call(.get, "/audit-events?limit=30", expecting: 200)
        let actions = trail.items.compactMap { $0["action"]?.text }
        #expect(actions.contains("sign-in.ended-by-provider") && actions.contains("user.signed-out"), "\(actions)")
        #expect(!trail.text.contains(token))

        // The same word again ends nothing that began later, and no other word that it is changed into does.
        let second = try await scene.come()
        try await alice.prove(second["token"])
        #expect(try await scene.isIn(alice))
        #expect(try await scene.say(token) == 204)
        let parts = token.split(separator: ".").map(String.init)
        let swapped = [parts[0], parts[1], String(parts[2].reversed())].joined(separator: ".")
        #expect(try await scene.say(swapped) == 400)
        let other = try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Another client", "secret": "s",
                "settings": ["kind": "oidc", "issuer": .string(scene.real.issuer), "clientId": "another"],
            ], expecting: 201)
        let elsewhere = try await scene.installation.call(
            .post, "/api/v1/auth/identity-providers/\(other["id"])/logout", on: "acme",
            headers: ["Content-Type": "application/x-www-form-urlencoded"], raw: Array("logout_token=\(token)".utf8))
        #expect(elsewhere.status == 400, "\(elsewhere.text)")
        #expect(try await scene.isIn(alice))
        await scene.process.stop(SIGKILL)
    }
}

extension Person {
    /// From a first step to a session, by the authenticator.
    fileprivate func prove(_ token: String) async throws {
        note(token)
        let done = try await call(
            .post, "/auth/second-factor", ["token": .string(token), "code": .string(unusedCode())], expecting: 200)
        #expect(done["step"] == "done")
    }
}
