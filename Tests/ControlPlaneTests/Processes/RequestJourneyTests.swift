import Cryptography
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// From a refused ssh to a session and back, with the system's ssh and the command line of this build; server and worker are
/// programs of their own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RequestJourneyTests {
    private struct Scene {
        let installation: Installation
        let ada: Person
        let worker: WorkerProcess
        let server: RealServer
        let bob: Visitor
        let tokens: [String: String]

        init() async throws {
            installation = try await Installation(as: .program())
            ada = try await installation.makeTenant("acme")
            worker = try await WorkerProcess(installation, name: "one")
            server = try await RealServer(ada)
            bob = try await Visitor("bob", of: ada, to: server, granted: false)
            let me = try await ada.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
            try await ada.call(
                .post, "/flows",
                [
                    "name": "Standard", "levels": [["name": "Lead", "approvers": [["user": .string(me)]]]],
                ], expecting: 201)
            tokens = [
                "ada": try await ada.call(.post, "/me/tokens", ["name": "cli"], expecting: 201)["token"],
                "bob": try await bob.person.call(.post, "/me/tokens", ["name": "cli"], expecting: 201)["token"],
            ]
        }

        /// The command line, as one of them.
        func gatehouse(_ who: String, _ words: [String], limit: Duration = .seconds(60)) async throws -> Command {
            try await Command.run(
                [Repository.path(".build/debug/gatehouse")] + words, environment: environment(who), limit: limit)
        }

        func environment(_ who: String) -> [String: String] {
            [
                "GATEHOUSE_URL": "http://acme.localhost:\(installation.port)", "GATEHOUSE_TOKEN": tokens[who] ?? "",
                "XDG_CONFIG_HOME": installation.folder.path,
            ]
        }

        func json(_ who: String, _ words: [String]) async throws -> JSON {
            let result = try await gatehouse(who, words + ["--json"])
            #expect(result.status == 0, "\(words): \(result.errors)")
            return (try? JSONParser.parse(Array(result.output))) ?? .null
        }
    }

    /// A terminal that types each line once what it waits for has been shown.
    private func terminal(_ ssh: [String], _ dialogue: [(shown: String, typed: String)]) throws -> ChildProcess {
        let steps = dialogue.map { "(\(quoted($0.shown)), \(quoted($0.typed)))" }
        let script = """
            import os, pty, select, sys, time
            pid, fd = pty.fork()
            if pid == 0: os.execvp("ssh", \(ssh))
            steps, seen, end = [\(steps.joined(separator: ", "))], "", time.time() + 90
            while time.time() < end:
                if select.select([fd], [], [], 0.1)[0]:
                    try: data = os.read(fd, 4096)
                    except OSError: break
                    if not data: break
                    seen += data.decode(errors="replace")
                    sys.stdout.write(data.decode(errors="replace")); sys.stdout.flush()
                if steps and steps[0][0] in seen:
                    seen = seen.split(steps[0][0], 1)[1]
                    os.write(fd, (steps.pop(0)[1] + "\\r").encode())
            if time.time() >= end: os.kill(pid, 9)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
            """
        return try ChildProcess(["python3", "-c", script])
    }

    /// As a literal of Python, which reads JSON's texts.
    private func quoted(_ text: String) -> String { String(decoding: JSON.string(text).bytes, as: UTF8.self) }

    @Test func `a refused command names what to type, and that is sent, approved, used and handed back`()
        async throws
    {
        let scene = try await Scene()
        let account = scene.server.target.user
        let refused = try await scene.bob.run("echo in", through: scene.worker.port)
        #expect(refused.status == 255 && refused.text.isEmpty)
        let command = "gatehouse request \(account)@web-1 --for 1h --reason"
        #expect(refused.errors.contains(command), "\(refused.errors)")

        let preview = try await scene.gatehouse("bob", ["request", "\(account)@web-1", "--preview"])
        #expect(preview.status == 0 && preview.text.contains("Ada, by named"), "\(preview.text) \(preview.errors)")
        #expect(try await scene.json("bob", ["requests"]).isEmptyList)

        let waiting = try ChildProcess(
            [
                Repository.path(".build/debug/gatehouse"), "request", "\(account)@web-1", "--for", "30m", "--action",
                "upload", "--action", "delete", "--reason", "disk alarm", "--wait",
            ], environment: scene.environment("bob"))
        try await eventually("it waits for Ada", within: .seconds(30)) {
            waiting.hasEnded || waiting.output.contains("waits at level 1 of 1 for Ada")
        }
        // Asked again by ssh, the open request is named.
        let again = try await scene.bob.run("echo in", through: scene.worker.port)
        #expect(again.errors.contains("request #1 waits for Ada"), "\(again.errors)")
        // Nobody decides their own, and nobody what they have not read.
        let own = try await scene.gatehouse("bob", ["approve", "1", "--yes"])
        #expect(own.status == 1, "\(own.text) \(own.errors)")
        let blind = try await scene.gatehouse(
            "ada", ["approve", "1", "--digest", String(repeating: "0", count: 64)])
        #expect(blind.status == 1 && blind.errors.contains("not the one you saw"), "\(blind.errors)")
        #expect(try await scene.gatehouse("ada", ["comment", "1", "which disk?"]).status == 0)
        let shown = try await scene.json("ada", ["show", "1"])
        #expect(shown["reason"] == "disk alarm")
        let approved = try await scene.gatehouse(
            "ada",
            ["approve", "1", "--only-action", "upload", "--digest", shown["digest"]?.text ?? "", "--comment", "go"])
        #expect(approved.status == 0 && approved.text.contains("approved by Ada: go"), "\(approved.errors)")
        #expect(await waiting.wait() == 0)
        let inside = try await scene.bob.run("echo in", through: scene.worker.port)
        #expect(inside.status == 0 && inside.text == "in\n", "\(inside.errors)")

        let given = try await scene.json("ada", ["show", "1"])
        #expect(given["actions"] == ["connect", "upload"], "connecting is not taken away with the rest")
        let tried = try await scene.gatehouse("ada", ["try", "--revoke", given["grant"]?.text ?? ""])
        #expect(
            tried.status == 0 && tried.text.contains("1 of 1 sessions would have been refused (1 people)")
                && tried.text.contains("open > closed"), "\(tried.text) \(tried.errors)")

        let extended = try await scene.gatehouse("bob", ["extend", "1", "--by", "1h", "--reason", "more disks"])
        #expect(extended.status == 0, "\(extended.errors)")
        let both = try await scene.gatehouse("ada", ["reject", "2", "9", "--yes", "--comment", "enough"])
        #expect(both.status == 1 && both.text.contains("rejected by Ada: enough"), "\(both.text) \(both.errors)")
        #expect(both.errors.contains("No request with number 9"))

        // To go on with what still runs is to have its end moved, and an approver gives less of that.
        let renewed = try await scene.json("bob", ["renew", "1", "--for", "2h"])
        #expect(renewed["kind"] == "extension" && renewed["reason"] == "disk alarm", "\(renewed)")
        let shorter = try await scene.gatehouse("ada", ["approve", "3", "--for", "1h", "--yes"])
        #expect(shorter.status == 0, "\(shorter.errors)")
        let content = try await scene.json("ada", ["show", "3"])["content"]
        func moment(_ name: String) throws -> Date { try #require(Timestamp.parse(content?[name]?.text ?? "")) }
        let more = try moment("endsAt").timeIntervalSince(moment("from"))
        #expect(abs(more - 3_600) <= 1, "\(String(describing: content))")

        let secret = try await scene.gatehouse(
            "bob", ["request-secret", "\(account)@web-1", "--for", "30m", "--reason", "console"])
        #expect(secret.status == 0 && secret.text.contains("the secret of \(account)@web-1"), "\(secret.errors)")
        #expect(try await scene.gatehouse("ada", ["approve", "4", "--yes"]).status == 0)
        #expect(try await scene.gatehouse("bob", ["secrets"]).text.contains("\(account)@web-1"))
        let back = try await scene.gatehouse("bob", ["secrets", "check-in", "4"])
        #expect(back.status == 0 && back.text.contains("is back"), "\(back.errors)")
        #expect(try await scene.gatehouse("bob", ["secrets", "check-in", "4"]).errors.contains("it is over"))

        #expect(try await scene.gatehouse("bob", ["hand-back", "1"]).status == 0)
        let out = try await scene.bob.run("echo in", through: scene.worker.port)
        #expect(out.status == 255)
        let cloned = try await scene.gatehouse("bob", ["clone", "1", "--for", "5m", "--timeout", "1s"])
        #expect(cloned.status == 3, "\(cloned.errors)")
        #expect(try await scene.gatehouse("bob", ["withdraw", "5"]).text.contains("withdrawn"))
        let open = try await scene.json("bob", ["requests", "mine", "--state", "open"])
        #expect(open.isEmptyList)
    }

    @Test func `at a terminal one asks on the spot, an approver at another one agrees by a code, and one is in`()
        async throws
    {
        let scene = try await Scene()
        let refused = try await scene.bob.patient("echo in-$((1+1))", through: scene.worker.port)
        let asking = try terminal(
            [refused[0], "-tt"] + refused.dropFirst(),
            [
                ("ask for it now", "r"), ("What else", ""), ("How long", "30m"), ("Why", "disk alarm"),
                ("Send it?", "y"),
            ])
        try await eventually("Bob waits", within: .seconds(60)) {
            asking.hasEnded || asking.output.contains("Waiting for #1")
        }
        #expect(asking.output.contains("Lead: one of Ada"), "\(asking.output)")

        let client = try await OpenSSHClient(port: scene.worker.port)
        let key = try String(contentsOfFile: client.folder.file("key.pub"), encoding: .utf8)
        try await scene.ada.call(
            .post, "/me/ssh-keys", ["name": "laptop", "publicKey": .string(key.trimmingCharacters(in: .newlines))],
            expecting: 201)
        // The code of the moment was spent on coming in; the next one is good already.
        let code = TOTP.code(secret: scene.ada.authenticator, at: Date() + 30)
        let ssh = client.command("acme+ada", nil, options: [])
        let deciding = try terminal(
            [ssh[0], "-tt"] + ssh.dropFirst(),
            [
                ("no access to anything yet", "d"), ("A number to look", "1"), ("a to approve", "a"),
                ("A remark", "go ahead"),
                ("Code of your", "000000"), ("A number to look", "1"), ("a to approve", "a"), ("A remark", "go ahead"),
                ("Code of your", code), ("Ada approved", ""), ("> ", "q"),
            ])
        try await eventually("Bob is in, and out again", within: .seconds(60)) { asking.hasEnded }
        #expect(asking.output.contains("approved by Ada: go ahead"), "\(asking.output)\n\(deciding.output)")
        #expect(asking.output.contains("in-2"), "\(asking.output)")
        #expect(await asking.wait() == 0)
        await deciding.stop()
        #expect(deciding.output.contains("The code was not right"), "\(deciding.output)")
        let channels = try await scene.installation.test.superuser().query(
            "select channel from ticket_decisions"
        ) { try $0.next(String.self) }
        #expect(channels == ["ssh"])
        let trail = try await scene.installation.test.superuser().query(
            """
            select action || ' ' || outcome || ' ' || actor_name from audit_events
            where action in ('ticket.opened', 'ticket.decided') order by at
            """
        ) { try $0.next(String.self) }
        #expect(
            trail == ["ticket.opened success bob", "ticket.decided refused Ada", "ticket.decided success Ada"],
            "\(trail)")
    }
}

extension JSON {
    fileprivate var isEmptyList: Bool { self == .array([]) }
}
