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

@Suite(.timeLimit(.minutes(3)), .serialized) struct HostileTests {
    @Test func `a client that stops reading costs little and holds up nobody`() async throws {
        // In a process of its own: what other tests take would be counted as well.
        await #expect(processExitsWith: .success) { try await StoppedReader.run() }
    }

    @Test func `a target that floods a terminal does not keep a revocation waiting`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let probe = Probe(on: try SSHLoopGroup.started())
            try await probe.open(
                client, user: "acme+lin+\(target.user)+web-1", hostKey: gateway.ssh.hostKeys[0], command: "yes")
            try await probe.expect("y\r\ny\r\n")
            let session = try #require(gateway.server.lastSession)
            let begun = ContinuousClock.now
            gateway.server.send(WorkerEvent(kind: .end, session: session, reason: .terminated, text: "enough"))
            _ = try await probe.end(within: .seconds(6))
            #expect(ContinuousClock.now - begun < .seconds(2))
            await probe.close()
        }
    }

    @Test func `a spool that cannot be written refuses the session and relays nothing`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            try FileManager.default.removeItem(atPath: gateway.spool)
            let result = try await client.run("acme+lin+\(target.user)+web-1", "echo leaked")
            #expect(result.status == 255)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("recording-failed"))
            let session = try #require(gateway.server.lastSession)
            try await eventually("the end is reported") { gateway.server.end(of: session)?.reason == .recordingFailed }
            try FileManager.default.createDirectory(atPath: gateway.spool, withIntermediateDirectories: true)
            #expect(try await client.run("acme+lin+\(target.user)+web-1", "echo again").text == "again\n")
        }
    }

    @Test func `a gateway that is drained takes no session and says so`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            gateway.core.registry.close("this gateway is being taken out of service")
            let result = try await client.run("acme+lin+\(target.user)+web-1", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("taken out of service"))
        }
    }

    @Test func `stopping the gateway ends sessions with a word and leaves nothing unsaid`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        let running = try await gateway.whileRunning {
            let client = try await gateway.client()
            let session = try ChildProcess(client.command("acme+lin+\(target.user)+web-1", "echo up; sleep 60"))
            try await eventually("it runs") { session.output.contains("up") }
            return session
        }
        #expect(await running.wait() == 255)
        #expect(running.output.contains("this gateway is being stopped"))
        let session = try #require(gateway.server.lastSession)
        #expect(gateway.server.end(of: session)?.reason == .workerStopped)
        let recording = try #require(gateway.server.state.withLock { $0.grants[session]?.recording.id })
        #expect(gateway.server.state.withLock { $0.chains[recording]?.isComplete } == true)
    }
}

/// A worker with a client that is frozen in the middle of a flood.
private enum StoppedReader {
    static func run() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let name = "acme+lin+\(target.user)+web-1"
            try check("a first session works", try await client.run(name, "true").status == 0)
            let before = residentBytes
            let stuck = try ChildProcess(client.command(name, "cat /dev/urandom"), output: "/dev/null")
            try await Task.sleep(for: .milliseconds(1500))
            stuck.signal(SIGSTOP)
            try await Task.sleep(for: .seconds(6))
            var (settled, kept, growth) = (0, 0, Int.max)
            // What is on its way is recorded and uploaded, which the stand-in for the server keeps in memory. A busy
            // machine takes its time for that.
            for _ in 0..<6 where growth >= 8 << 20 {
                settled = residentBytes
                kept = gateway.server.state.withLock { $0.files.values.reduce(0) { $0 + $1.count } }
                try await Task.sleep(for: .seconds(3))
                growth = residentBytes - settled
            }
            try check("memory stays as it is", growth < 8 << 20)
            try check("memory is bounded", settled - before < 48 << 20 + 3 * kept)
            let begun = ContinuousClock.now
            for _ in 0..<5 { try check("others go on", try await client.run(name, "echo ok").text == "ok\n") }
            try check("others are not slowed", ContinuousClock.now - begun < .seconds(15))
            stuck.signal(SIGKILL)
            await stuck.wait()
        }
    }

    private static func check(_ what: String, _ isTrue: Bool) throws {
        if !isTrue { throw NotShown(description: what) }
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

extension SSHLoopGroup {
    /// A loop of a test's own, so that what it measures is not its own reading.
    static func started() throws -> SSHLoop {
        let group = try SSHLoopGroup(count: 1, name: "probe")
        group.start()
        return group.next()
    }
}
