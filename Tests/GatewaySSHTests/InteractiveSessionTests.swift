import Foundation
import GatewayContract
import GatewayCore
import GatewaySSH
import Kernel
import Recording
import SSH
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct InteractiveSessionTests {
    /// Runs a body with a probe that is signed in to a shell of the target.
    private func withShell(
        user: String = NSUserName(), _ prepare: (TestGateway) -> Void = { _ in },
        _ body: @escaping @Sendable (TestGateway, Probe, SessionID) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer(user: user)
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        prepare(gateway)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            await probe.forget()
            try await body(gateway, probe, try #require(gateway.server.lastSession))
            await probe.close()
        }
    }

    @Test func `a shell works as if it were near, and what was on the screen is in the recording`() async throws {
        try await withShell { gateway, probe, session in
            await probe.type("echo a-$((6*7))\r")
            try await probe.expect("a-42")
            await probe.type("exit 5\r")
            let ended = try await probe.end()
            #expect(ended == .status(5))
            try await eventually("the end is reported") { gateway.server.end(of: session)?.exitStatus == 5 }
            #expect(gateway.server.commands(of: session).suffix(2) == ["echo a-$((6*7))", "exit 5"])
            let recording = try #require(gateway.server.state.withLock { $0.grants[session]?.recording.id })
            try await eventually("the recording is stored") {
                gateway.server.state.withLock { $0.chains[recording]?.isComplete == true }
            }
            let events = try gateway.server.events(of: recording)
            let output = String(decoding: events.bytes(.output), as: UTF8.self)
            let shown = await probe.shown
            #expect(output.contains(shown))
            #expect(events.bytes(.input) == Array("PS1='rea''dy> '\recho a-$((6*7))\rexit 5\r".utf8))
        }
    }

    @Test func `the window's size goes through, first and later`() async throws {
        try await withShell { _, probe, _ in
            await probe.type("stty size\r")
            try await probe.expect("24 80")
            await probe.resize(columns: 132, rows: 43)
            await probe.type("stty size\r")
            try await probe.expect("43 132")
        }
    }

    @Test func `a password typed without echo is sealed in the recording`() async throws {
        try await withShell { gateway, probe, session in
            // In two parts, so that the echo of the command is not taken for the prompt.
            await probe.type("read -s -p 'Pass''word: ' x; echo; echo length ${#x}\r")
            try await probe.expect("Password: ")
            for key in "hunter2" { await probe.type(String(key)) }
            await probe.type("\r")
            try await probe.expect("length 7")
            await probe.type("exit\r")
            _ = try await probe.end()
            let recording = try #require(gateway.server.state.withLock { $0.grants[session]?.recording.id })
            try await eventually("the recording is stored") {
                gateway.server.state.withLock { $0.chains[recording]?.isComplete == true }
            }
            let events = try gateway.server.events(of: recording)
            #expect(!String(decoding: events.bytes(.input), as: UTF8.self).contains("hunter"))
            let sealed = events.filter { $0.kind == .sealed }
            let opened = try sealed.flatMap {
                try SealedInput.open($0, with: gateway.server.redactionKey, recording: recording).data
            }
            #expect(opened == Array("hunter2".utf8))
        }
    }

    @Test func `revoking ends the session at once and says why`() async throws {
        try await withShell { gateway, probe, session in
            let begun = ContinuousClock.now
            gateway.server.send(
                WorkerEvent(
                    kind: .end, session: session, reason: .grantRevoked, text: "Ada Berg has taken the access back"))
            let ended = try await probe.end()
            #expect(ended == .status(255))
            #expect(ContinuousClock.now - begun < .seconds(2))
            let shown = await probe.shown
            #expect(shown.contains("this session has ended (grant-revoked): Ada Berg has taken the access back"))
            try await eventually("the end is reported") { gateway.server.end(of: session)?.reason == .grantRevoked }
            #expect(gateway.core.registry.count == 0)
        }
    }

    @Test func `what the event stream missed, the lease answer brings`() async throws {
        try await withShell { gateway, probe, session in
            gateway.server.state.withLock { $0.ended[session] = (.terminated, "ended by an administrator") }
            let ended = try await probe.end(within: .seconds(3))
            #expect(ended == .status(255))
            let shown = await probe.shown
            #expect(shown.contains("ended by an administrator"))
        }
    }

    @Test func `a grant that runs out ends the session within two seconds`() async throws {
        try await withShell { gateway in
            gateway.server.state.withLock { $0.lasts = 8 }
        } _: { gateway, probe, session in
            _ = try await probe.end(within: .seconds(25))
            let shown = await probe.shown
            #expect(shown.contains("grant-ended"))
            let late = try #require(gateway.server.state.withLock { $0.grants[session]?.limits.endsAt })
                .timeIntervalSinceNow
            #expect(-late < 2)
        }
    }

    @Test func `an extension keeps it open`() async throws {
        try await withShell { gateway in
            gateway.server.state.withLock { $0.lasts = 6 }
        } _: { gateway, probe, session in
            gateway.server.send(WorkerEvent(kind: .extend, session: session, endsAt: Date() + 60))
            try await Task.sleep(for: .seconds(7))
            await probe.type("echo still-$((1+1))\r")
            try await probe.expect("still-2")
        }
    }

    @Test func `an idle session ends`() async throws {
        try await withShell { gateway in
            gateway.server.state.withLock { $0.idleSeconds = 4 }
        } _: { _, probe, _ in
            _ = try await probe.end(within: .seconds(25))
            let shown = await probe.shown
            #expect(shown.contains("(idle)"))
        }
    }

    @Test func `without its control plane a session holds its input and then ends`() async throws {
        try await withShell { gateway, probe, session in
            gateway.server.state.withLock { $0.isAway = true }
            try await Task.sleep(for: .seconds(2))
            await probe.type("echo held-$((2+2))\r")
            try await Task.sleep(for: .milliseconds(500))
            let shownSoFar = await probe.shown
            #expect(!shownSoFar.contains("held-4"))
            _ = try await probe.end(within: .seconds(25))
            let shown = await probe.shown
            #expect(shown.contains("lease-lost"))
            gateway.server.state.withLock { $0.isAway = false }
            try await eventually("the end is reported", within: .seconds(10)) {
                gateway.server.end(of: session)?.reason == .leaseLost
            }
        }
    }

    @Test func `in strict mode everything still comes through`() async throws {
        try await withShell { gateway in
            gateway.server.state.withLock { $0.strict = true }
        } _: { _, probe, _ in
            await probe.type("seq 1 20000 | tail -1; echo done-$((3*3))\r")
            try await probe.expect("done-9", within: .seconds(20))
        }
    }

    @Test func `a signal reaches the program`() async throws {
        // sshd passes signals on for users other than root only.
        let user = geteuid() == 0 ? "postgres" : NSUserName()
        let target = try await OpenSSHServer(user: user, more: ["UsePAM yes"])
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.open(
                client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0],
                command: "trap 'echo caught; exit 3' USR1; echo ready; while :; do sleep 0.1; done", size: nil)
            try await probe.expect("ready")
            await probe.send(signal: "USR1")
            try await probe.expect("caught")
            let ended = try await probe.end()
            #expect(ended == .status(3))
            await probe.close()
        }
    }

    @Test func `a program that a signal ended is reported as such`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.open(
                client, user: "acme+lin+\(target.user)+web-1", hostKey: gateway.ssh.hostKeys[0],
                command: "kill -TERM $$", size: nil)
            let ended = try await probe.end()
            #expect(ended == .signal(name: "TERM", coreDumped: false))
            await probe.close()
        }
    }
}
