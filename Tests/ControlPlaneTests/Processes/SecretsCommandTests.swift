import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// Secrets that are checked out by the command line of this build, at a server that is a program of its own.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SecretsCommandTests {
    private let secret = "command-secret-\(UUID().uuidString)"

    private struct Scene {
        let installation: Installation
        let ada: Person
        let bob: Person

        /// Ada has the account and agrees; Bob asks.
        init(secret: String) async throws {
            installation = try await Installation(as: .program())
            ada = try await installation.makeTenant("acme")
            let asset = try await ada.call(
                .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
            try await ada.call(
                .post, "/accounts",
                ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": .string(secret)],
                expecting: 201)
            let me = try await ada.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
            try await ada.call(
                .post, "/flows",
                ["name": "Secrets", "levels": [["name": "Lead", "approvers": [["user": .string(me)]]]]],
                expecting: 201)
            let made = try await ada.call(.post, "/users", ["login": "bob", "name": "Bob"], expecting: 201)
            bob = Person(installation: installation, slug: "acme", login: "bob")
            try await bob.comeIn(by: made["invitationUrl"])
        }

        /// The command line, as Bob and without a terminal.
        func gatehouse(_ words: String..., code: String? = nil) async throws -> Command {
            var environment = [
                "XDG_CONFIG_HOME": installation.folder.path, "GATEHOUSE_PASSWORD": bob.password,
                "GATEHOUSE_URL": "http://acme.localhost:\(installation.port)",
            ]
            environment["GATEHOUSE_CODE"] = code
            return try await Command.run(
                [Repository.path(".build/debug/gatehouse")] + words, environment: environment, limit: .seconds(60))
        }

        func approve() async throws {
            let asked = try #require(try await ada.call(.get, "/tickets", expecting: 200).items.first?["id"]?.text)
            let read = try await ada.call(.get, "/tickets/\(asked)", expecting: 200)
            try await ada.call(
                .post, "/tickets/\(asked)/decision", ["outcome": "approved", "digest": .string(read["digest"])],
                expecting: 200)
        }

        /// What Bob has shown at the terminal lies too far back from here on.
        func age() async throws {
            _ = try await installation.test.superuser().execute(
                "update api_tokens set second_factor_at = now() - interval '1 hour'")
        }

        func shown() async throws -> JSON? {
            try await bob.call(.get, "/my/check-outs", expecting: 200).items.first?["shownCount"]
        }
    }

    @Test func `a secret is asked for, shown with a fresh code, written for its reader alone, and given back`()
        async throws
    {
        let scene = try await Scene(secret: secret)
        let login = try await scene.gatehouse("login", "--login", "bob", code: scene.bob.unusedCode())
        #expect(login.status == 0, "\(login.errors)")
        let asked = try await scene.gatehouse("request-secret", "root@web-1", "--for", "1h", "--reason", "console")
        #expect(asked.status == 0, "\(asked.errors)")
        let early = try await scene.gatehouse("secrets", "show", "1")
        #expect(early.status != 0 && early.errors.contains("You have no secret by this request"), "\(early.errors)")
        try await scene.approve()
        let list = try await scene.gatehouse("secrets")
        #expect(list.text.contains("root@web-1") && list.text.contains("active"), "\(list.text)\(list.errors)")

        // Nobody is there to be asked for a code, and a wrong one is none.
        try await scene.age()
        for (code, words) in [(nil, "There is no terminal to ask on"), ("000000", "code")] as [(String?, String)] {
            let refused = try await scene.gatehouse("secrets", "show", "1", code: code)
            #expect(refused.status != 0 && refused.text.isEmpty, "\(refused.text)")
            #expect(refused.errors.contains(words) && !refused.errors.contains(secret), "\(refused.errors)")
        }
        #expect(try await scene.shown() == 0)

        let shown = try await scene.gatehouse("secrets", "show", "#1", code: scene.bob.unusedCode())
        #expect(shown.status == 0 && shown.text == secret + "\n", "\(shown.errors)")
        #expect(!shown.errors.contains(secret))
        let json = try await scene.gatehouse("secrets", "show", "1", "--json")
        #expect(try JSONParser.parse(Array(json.output))["secret"]?.text == secret, "\(json.errors)")

        let file = scene.installation.folder.file("the-secret")
        let written = try await scene.gatehouse("secrets", "show", "1", "--output-file", file)
        #expect(written.status == 0 && !written.text.contains(secret) && written.text.contains(file))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == secret + "\n")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try await scene.shown() == 3)
        let trail = try await scene.ada.call(.get, "/audit-events?limit=100", expecting: 200)
        let told = trail.items.filter { $0["action"]?.text == "account.secret-shown" && $0["outcome"] == "success" }
        #expect(told.count == 3, "\(trail.text)")
        #expect(!trail.text.contains(secret))

        let back = try await scene.gatehouse("secrets", "check-in", "1")
        #expect(back.text == "The secret of root@web-1 is back.\n", "\(back.errors)")
        let over = try await scene.gatehouse("secrets", "show", "1")
        #expect(over.status != 0 && !over.text.contains(secret) && over.errors.contains("or it is over"))
    }
}
