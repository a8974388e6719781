import Cryptography
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// Passwords at a server and a worker that are programs of their own, with the system's ssh and sftp.
@Suite(.serialized) struct PasswordProcessTests {
    private static let options = [
        "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=INFO",
        "-o", "PreferredAuthentications=keyboard-interactive", "-o", "NumberOfPasswordPrompts=1",
    ]

    private func run(_ program: String, _ visitor: Visitor, _ server: RealServer, _ password: String, _ port: Int)
        async throws -> Command
    {
        let answers = try Answers(password: password, code: try await visitor.person.unusedCode())
        defer { withExtendedLifetime(answers) {} }
        let address = "\(visitor.person.slug)+\(visitor.person.login)+\(server.target.user)+web-1@127.0.0.1"
        let batch = answers.folder.file("batch")
        try Data("pwd\n".utf8).write(to: URL(filePath: batch))
        // A batch is asked nothing, unless that was said before.
        let command =
            program == "sftp"
            ? ["sftp", "-o", "BatchMode=no", "-P", String(port)] + Self.options + ["-b", batch, address]
            : ["ssh", "-p", String(port)] + Self.options + [address, "echo in"]
        return try await Command.run(answers.environment + command)
    }

    @Test func `a temporary password opens ssh once, and one that must be changed opens nothing`() async throws {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let worker = try await WorkerProcess(installation, name: "one")
        let server = try await RealServer(ada)
        let bob = try await Visitor("bob", of: ada, to: server)
        func temporary() async throws -> String {
            let made = try await bob.person.call(.post, "/me/temporary-password", expecting: 201)
            return made["password"]
        }
        let own = try await run("ssh", bob, server, bob.person.password, worker.port)
        #expect(own.status == 0 && own.text == "in\n", "\(own.errors)")

        let first = try await temporary()
        let once = try await run("ssh", bob, server, first, worker.port)
        #expect(once.status == 0 && once.text == "in\n", "\(once.errors)")
        let twice = try await run("ssh", bob, server, first, worker.port)
        #expect(twice.status == 255 && twice.text.isEmpty)
        // Also where files are carried; whether the target serves them is its affair.
        let second = try await temporary()
        _ = try await run("sftp", bob, server, second, worker.port)
        let used = try await installation.test.superuser().query(
            "select count(*) from audit_events where action = 'temporary-password.used'"
        ) { try $0.next(Int.self) }
        #expect(used == [2])
        let third = try await run("ssh", bob, server, second, worker.port)
        #expect(third.status == 255 && third.text.isEmpty)

        try await ada.call(.post, "/users/\(bob.id.text)/require-password-change", expecting: 200)
        let forced = try await run("ssh", bob, server, bob.person.password, worker.port)
        #expect(forced.status == 255 && forced.text.isEmpty)
        #expect(forced.errors.contains("Your password has to be changed"), "\(forced.errors)")
        // A wrong password is told nothing of it, and the key opens as little.
        let wrong = try await run("ssh", bob, server, "wrong wrong wrong", worker.port)
        #expect(wrong.status == 255 && !wrong.errors.contains("has to be changed"), "\(wrong.errors)")
        let key = try await bob.run("echo in", through: worker.port)
        #expect(key.status == 255 && key.text.isEmpty)
        #expect(key.errors.contains("Your password has to be changed"), "\(key.errors)")
        try await keys(of: bob, worker.port)
    }

    /// Where no rule lets keys alone in, the client shows its key and is asked for a code.
    private func keys(of bob: Visitor, _ port: Int) async throws {
        let superuser = try await bob.person.installation.test.superuser()
        _ = try await superuser.execute("update users set must_change_password = false")
        let before = try await bob.run("echo in", through: port)
        #expect(before.status == 0 && before.text == "in\n", "\(before.errors)")
        _ = try await superuser.execute("delete from tenant_factor_rules")
        let alone = try await bob.run("echo in", through: port)
        #expect(alone.status == 255 && alone.text.isEmpty, "\(alone.errors)")
        let client = try await bob.patient("echo in", through: port)
        // The wrong one comes last: it counts against the account, as those before it did.
        for isRight in [true, false] {
            // It has no password to type, and a code is good for a moment only.
            let answers = try Answers(password: "", code: isRight ? try await bob.person.unusedCode() : "000000")
            defer { withExtendedLifetime(answers) {} }
            let came = try await Command.run(
                answers.environment + [client[0], "-o", "NumberOfPasswordPrompts=1"] + client.dropFirst())
            #expect(came.status == (isRight ? 0 : 255), "\(came.errors)")
            #expect(came.text == (isRight ? "in\n" : ""), "\(came.errors)")
        }
        let ways = try await superuser.query(
            """
            select details ->> 'by' from audit_events
            where action = 'sign-in.gateway' and outcome = 'success' order by audit_event_id desc limit 2
            """
        ) { try $0.next(String.self) }
        #expect(ways == ["public-key-and-code", "public-key"])
    }
}
