import Foundation
import Glibc
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// Sign-in rules with a server and a worker that are programs of their own, and the system's ssh.
@Suite(.serialized) struct SignInRuleProcessTests {
    private func set(_ rules: JSON, _ ada: Person) async throws {
        guard case .int(let version)? = try await ada.call(.get, "/sign-in-rules").json["version"] else {
            throw CocoaError(.coderReadCorrupt)
        }
        try await ada.call(.put, "/sign-in-rules", ["rules": rules], version: Int(version), expecting: 200)
    }

    private func review(_ ada: Person) async throws -> JSON? {
        try await ada.call(.get, "/inbox", expecting: 200).items.first { $0["kind"]?.text == "sign-in" }
    }

    @Test func `an address that a rule names is kept out of ssh, and a review lets in or does not`() async throws {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let worker = try await WorkerProcess(installation, name: "one")
        let bob = try await Visitor("bob", of: ada, to: try await RealServer(ada))
        let before = try await bob.run("echo in", through: worker.port)
        #expect(before.status == 0 && before.text == "in\n", "\(before.errors)")

        let him: JSON = ["user": .string(bob.id.text)]
        try await set([["name": "no loopback", "who": [him], "sources": ["127.0.0.0/8"], "action": "deny"]], ada)
        let denied = try await bob.run("echo in", through: worker.port)
        #expect(denied.status == 255 && denied.text.isEmpty)
        #expect(denied.errors.contains("Signing in is not allowed here and now"), "\(denied.errors)")
        #expect(!denied.errors.contains("loopback"))
        let trail = try await installation.test.superuser().query(
            """
            select details ->> 'rule' from audit_events
            where action = 'sign-in.gateway' and outcome = 'refused' and client_address = '127.0.0.1'
            """
        ) { try $0.next(String.self) }
        #expect(trail == ["no loopback"])

        let me = try await ada.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        let asked: JSON = [["user": .string(me)]]
        try await set([["name": "four eyes", "who": [him], "action": "review", "asked": asked]], ada)
        for (outcome, status, isRestarted) in [("approved", 0, false), ("rejected", 255, false), ("approved", 0, true)]
        {
            let client = try ChildProcess(try await bob.patient("echo in", through: worker.port))
            try await eventually("the sign-in waits", within: .seconds(30)) {
                if client.hasEnded { return true }
                return try await review(ada) != nil
            }
            try #require(!client.hasEnded, "\(client.output)")
            if isRestarted {
                await installation.program?.stop()
                try await installation.program?.start()
            }
            let asked = try #require(try await review(ada))
            let digest = asked["digest"]?.text ?? ""
            try await ada.call(
                .post, "/tickets/\(asked["id"]?.text ?? "")/decision",
                ["outcome": .string(outcome), "digest": .string(digest)], expecting: 200)
            let decided = ContinuousClock.now
            try await eventually("the client knows", within: .seconds(30)) { client.hasEnded }
            // Without the stream it would be as long as somebody is looked after.
            #expect(isRestarted || ContinuousClock.now - decided < .seconds(8))
            let ended = await client.wait()
            #expect(ended == Int32(status), "\(client.output)")
            #expect(client.output.contains("Somebody has to agree"), "\(client.output)")
            #expect(client.output.contains("in\n") == (status == 0))
            #expect(client.output.contains("Nobody agreed to this sign-in.") == (status != 0), "\(client.output)")
        }

        // Whoever leaves is asked about no more.
        let client = try ChildProcess(try await bob.patient("echo in", through: worker.port))
        try await eventually("the sign-in waits", within: .seconds(30)) { try await review(ada) != nil }
        await client.stop(SIGINT)
        try await eventually("nobody is asked", within: .seconds(30)) { try await review(ada) == nil }
        let ends = try await ada.call(.get, "/tickets", expecting: 200).items.map { $0["state"]?.text ?? "" }
        #expect(ends.sorted() == ["approved", "approved", "rejected", "withdrawn"])
        try await commandLine(of: bob, ada)
    }

    private enum Word: String, CaseIterable { case approved, rejected, interrupted, signedOut }

    /// The command line waits by itself, and leaves nothing behind when it ends.
    private func commandLine(of bob: Visitor, _ ada: Person) async throws {
        let installation = ada.installation
        for word in Word.allCases {
            let login = try ChildProcess(
                [
                    Repository.path(".build/debug/gatehouse"), "login", "--url",
                    "http://acme.localhost:\(installation.port)", "--login", "bob",
                ],
                environment: [
                    "GATEHOUSE_PASSWORD": bob.person.password, "XDG_CONFIG_HOME": installation.folder.path,
                    "GATEHOUSE_CODE": try await bob.person.unusedCode(),
                ])
            try await eventually("the terminal waits", within: .seconds(30)) {
                login.hasEnded || login.output.contains("Ctrl-C takes it back")
            }
            try #require(!login.hasEnded, "\(login.output)")
            #expect(login.output.contains("is asked to agree to this sign-in, until 20"), "\(login.output)")
            let asked = try #require(try await review(ada))
            let decision = "/tickets/\(asked["id"]?.text ?? "")/decision"
            switch word {
            case .approved, .rejected:
                let digest = asked["digest"]?.text ?? ""
                try await ada.call(
                    .post, decision, ["outcome": .string(word.rawValue), "digest": .string(digest)], expecting: 200)
            case .interrupted: login.signal(SIGINT)
            case .signedOut: try await ada.call(.delete, "/users/\(bob.id.text)/sessions", expecting: 204)
            }
            try await eventually("the terminal knows", within: .seconds(30)) { login.hasEnded }
            let said: (Int32, String) =
                switch word {
                case .approved: (0, "Signed in to")
                case .rejected: (1, "Nobody agreed to this sign-in")
                case .interrupted: (1, "nobody is asked about this sign-in any more")
                case .signedOut: (1, "This sign-in is over")
                }
            #expect(await login.wait() == said.0 && login.output.contains(said.1), "\(word): \(login.output)")
            #expect(try await review(ada) == nil)
        }
    }
}
