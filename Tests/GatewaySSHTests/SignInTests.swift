import Foundation
import GatewayContract
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct SignInTests {
    private func withGateway(
        _ body: @escaping @Sendable (TestGateway, OpenSSHClient, String) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            try await body(gateway, try await OpenSSHClient(port: gateway.port), target.user)
        }
    }

    /// Signs in by typing answers, through a terminal of its own, as a person does.
    private func dialogue(_ client: OpenSSHClient, _ name: String, _ answers: [(String, String)]) async throws
        -> Command
    {
        let words = client.command(name, "echo in-$((1+1))", options: ["-o", "NumberOfPasswordPrompts=1"])
            .map { ["BatchMode=yes": "BatchMode=no", "LogLevel=ERROR": "LogLevel=INFO"][$0] ?? $0 }
        let script = """
            import pty, os, sys, time, select
            answers = \(answers.map { [$0.0, $0.1] })
            pid, fd = pty.fork()
            if pid == 0: os.execvp("ssh", \(words))
            seen = b""; end = time.time() + 30
            while time.time() < end:
                r, _, _ = select.select([fd], [], [], 0.2)
                if r:
                    try: data = os.read(fd, 4096)
                    except OSError: break
                    if not data: break
                    seen += data
                if answers and answers[0][0].encode() in seen:
                    seen = seen.split(answers[0][0].encode(), 1)[1]
                    os.write(fd, (answers.pop(0)[1] + "\\n").encode())

            time.sleep(0.1); os.kill(pid, 9) if time.time() >= end else None
            _, status = os.waitpid(pid, 0)
            sys.stdout.write(seen.decode(errors="replace")); sys.exit(os.waitstatus_to_exitcode(status) & 255)
            """
        return try await Command.run(["python3", "-c", script], limit: .seconds(45))
    }

    @Test func `password and code, asked by the server's own questions, let a person in`() async throws {
        try await withGateway { gateway, client, user in
            let result = try await dialogue(
                client, "acme+lin+\(user)+web-1", [("Password: ", "correct horse"), ("Code: ", "123456")])
            #expect(result.text.contains("in-2"))
            #expect(result.status == 0)
        }
    }

    @Test func `a key of every kind that ssh-keygen makes lets its person in, and nobody with another one`()
        async throws
    {
        try await withGateway { gateway, stranger, user in
            for kind in [
                ["ed25519"], ["ecdsa"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"], ["rsa", "-b", "3072"],
            ] {
                let client = try await OpenSSHClient(port: gateway.port, kind: kind)
                let name = "acme+lin+\(user)+web-1"
                #expect(try await client.run(name, "echo in").status == 255, "\(kind)")
                try gateway.server.trust(client)
                let result = try await client.run(name, "echo in")
                #expect(result.status == 0 && result.text == "in\n", "\(kind): \(result.errors)")
            }
            #expect(try await stranger.run("acme+lin+\(user)+web-1", "echo in").status == 255)
        }
    }

    @Test func `a wrong password is refused in the server's words`() async throws {
        try await withGateway { _, client, user in
            let result = try await dialogue(client, "acme+lin+\(user)+web-1", [("Password: ", "wrong")])
            #expect(result.text.contains("Name or password is not right."))
            #expect(!result.text.contains("in-2"))
        }
    }

    @Test func `an unknown name is asked the same questions`() async throws {
        try await withGateway { _, client, user in
            let result = try await dialogue(client, "acme+nobody+\(user)+web-1", [("Password: ", "correct horse")])
            #expect(result.text.contains("Name or password is not right."))
        }
    }

    @Test func `a key that the tenant does not know is refused, and only proved keys are asked about`() async throws {
        try await withGateway { gateway, client, user in
            let result = try await client.run("acme+lin+\(user)+web-1", "id")
            #expect(result.status == 255)
            let proofs = gateway.server.state.withLock { $0.admissions }.compactMap {
                if case .publicKey(let proof) = $0.proof { proof } else { nil }
            }
            #expect(proofs.count == 1)
            #expect(proofs.first?.algorithm == "ssh-ed25519")
        }
    }

    @Test func `whose key waits for a sign-in is told so before the first question, once`() async throws {
        try await withGateway { gateway, client, user in
            let words = "Your key counts again once you have signed in."
            gateway.server.state.withLock { $0.keyNotice = words }
            let result = try await byKey(client, "acme+lin+\(user)+web-1")
            #expect(result.status == 255 && result.errors.ranges(of: words).count == 1, "\(result.errors)")
            let typed = try await dialogue(
                client, "acme+lin+\(user)+web-1", [("Password: ", "correct horse"), ("Code: ", "123456")])
            #expect(typed.text.contains("in-2"), "\(typed.text)")
        }
    }

    /// By key and without a terminal, as far as a client goes that does not refuse to be asked.
    private func byKey(_ client: OpenSSHClient, _ name: String) async throws -> Command {
        let words = client.command(name, "echo in-$((1+1))", options: ["-o", "NumberOfPasswordPrompts=1"])
            .map { ["BatchMode=yes": "BatchMode=no", "LogLevel=ERROR": "LogLevel=INFO"][$0] ?? $0 }
        return try await Command.run(words, limit: .seconds(45))
    }

    @Test func `without a control plane nobody gets in, and is told so`() async throws {
        try await withGateway { gateway, client, user in
            gateway.server.state.withLock { $0.isAway = true }
            let result = try await client.run("acme+lin+\(user)+web-1", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("signing in is not possible at the moment"))
        }
    }
}
