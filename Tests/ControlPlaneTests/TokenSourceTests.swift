import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

/// A token's addresses at a whole server, behind a proxy that is trusted.
@Suite struct TokenSourceTests {
    @Test func `what a program writes into X-Forwarded-For brings it nowhere`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let made = try await ada.call(
            .post, "/me/tokens", ["name": "ci", "sources": ["198.51.100.0/24", "2001:db8::/32"]], expecting: 201)
        func status(_ chain: String) async throws -> Int {
            try await installation.call(
                .get, "/api/v1/me", on: "acme", bearer: made["token"], headers: ["X-Forwarded-For": chain]
            ).status
        }
        // The proxy, which is 127.0.0.1, adds whom it sees on the right; further left stands what that one wrote.
        for (chain, expected) in [
            ("198.51.100.7", 200), ("203.0.113.9, 198.51.100.7", 200), ("::ffff:198.51.100.7", 200),
            ("2001:db8::1", 200), ("198.51.100.7, 127.0.0.1", 200),
            ("198.51.100.7, 203.0.113.9", 403), ("198.51.100.7,198.51.100.8,203.0.113.9", 403),
            ("::ffff:203.0.113.9", 403), ("198.51.100.7, nonsense", 403), ("nonsense", 403), ("", 403),
            ("2001:db9::1", 403), ("198.51.100.7, 127.0.0.1, 203.0.113.9", 403),
        ] {
            #expect(try await status(chain) == expected, "\(chain)")
        }
        let trail = try await ada.call(.get, "/audit-events?limit=50", expecting: 200).items
        let refused = trail.filter { $0["action"]?.text == "sign-in.token" }
        #expect(refused.count == 1 && refused.first?["clientAddress"]?.text == "203.0.113.9", "\(refused)")
    }

    @Test func `at a terminal one sees from where tokens count, and says so anew`() async throws {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let made = try await ada.call(.post, "/me/tokens", ["name": "ci"], expecting: 201)
        let origin = "http://acme.localhost:\(installation.port)"
        func gatehouse(_ words: String..., token: String? = nil) async throws -> Command {
            var environment = [
                "XDG_CONFIG_HOME": installation.folder.path, "GATEHOUSE_URL": origin,
                "GATEHOUSE_PASSWORD": ada.password, "GATEHOUSE_CODE": try await ada.unusedCode(),
            ]
            environment["GATEHOUSE_TOKEN"] = token
            return try await Command.run(
                [Repository.path(".build/debug/gatehouse")] + words, environment: environment)
        }
        let login = try await gatehouse("login", "--login", "ada")
        #expect(login.status == 0, "\(login.errors)")
        let first = try await gatehouse("tokens")
        #expect(first.text.contains("ci") && first.text.contains("anywhere"), "\(first.text)\(first.errors)")
        let limited = try await gatehouse("tokens", "limit", "ci", "--from", "10.0.0.0/8", "--from", "192.0.2.1")
        #expect(limited.text == "ci counts from 10.0.0.0/8, 192.0.2.1.\n", "\(limited.errors)")
        let listed = try await gatehouse("tokens", "list")
        #expect(listed.text.contains("10.0.0.0/8, 192.0.2.1"), "\(listed.text)")
        // From here, which is 127.0.0.1, the other one is refused.
        let refused = try await gatehouse("tokens", token: made["token"])
        #expect(
            refused.status != 0 && refused.errors.contains("does not count from where you are"), "\(refused.errors)")
        let free = try await gatehouse("tokens", "limit", made["id"], "--anywhere")
        #expect(free.text == "ci counts from anywhere.\n", "\(free.errors)")
        #expect(try await gatehouse("tokens", token: made["token"]).status == 0)
        let trail = try await ada.call(.get, "/audit-events?limit=50", expecting: 200).items
        let told = trail.filter { $0["action"]?.text == "token.changed" }
        #expect(
            told.map { $0["details"]?["sources"] } == [[], ["10.0.0.0/8", "192.0.2.1"]]
                && told.allSatisfy { $0["target"]?["name"]?.text == "ci" }, "\(told)")
        for words in [["ci"], ["ci", "--anywhere", "--from", "10.0.0.1"], ["nobody", "--anywhere"]] {
            let wrong = try await Command.run(
                [Repository.path(".build/debug/gatehouse"), "tokens", "limit"] + words,
                environment: ["XDG_CONFIG_HOME": installation.folder.path])
            #expect(wrong.status != 0, "\(words)")
        }
    }
}
