import Foundation
import GatewayContract
import GatewayCore
import Kernel
import SSH
import Synchronization
import TestSupport
import Testing

@testable import GatewaySSH

/// People whose sign-in waits for somebody's word, with the system's ssh.
@Suite(.timeLimit(.minutes(5)), .serialized) struct SignInWaitTests {
    private struct Scene: Sendable {
        let gateway: TestGateway
        let client: OpenSSHClient
        let user: String
        var server: FakeControlPlane { gateway.server }

        /// By key and without a terminal, as far as a client goes that does not refuse to be asked.
        func come() throws -> ChildProcess {
            let words = client.command(
                "acme+lin+\(user)+web-1", "echo in-$((1+1))", options: ["-o", "NumberOfPasswordPrompts=1"])
            return try ChildProcess(
                words.map { ["BatchMode=yes": "BatchMode=no", "LogLevel=ERROR": "LogLevel=INFO"][$0] ?? $0 })
        }

        /// Somebody who waits by now.
        func wait() async throws -> ChildProcess {
            let before = gateway.core.waits.count
            let client = try come()
            try await eventually("somebody waits", within: .seconds(30)) {
                client.hasEnded || gateway.core.waits.count > before
            }
            try await eventually("the client is told so", within: .seconds(30)) {
                client.hasEnded || client.output.contains("Somebody has to agree.")
            }
            try #require(!client.hasEnded, "\(client.output)")
            return client
        }

        func end(of client: ChildProcess) async throws -> Int32 {
            try await eventually("the client's end", within: .seconds(30)) { client.hasEnded }
            return await client.wait()
        }
    }

    private func withScene(
        waits: DecisionWaits = DecisionWaits(), waiting: ReviewWait.Pace = .init(), looking: Duration = .seconds(3600),
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(waits: waits, waiting: waiting, looking: looking)
        try gateway.server.serve(target)
        gateway.server.state.withLock { $0.isReviewed = true }
        try await gateway.whileRunning {
            try await eventually("the stream is there") { !gateway.server.state.withLock { $0.listeners.isEmpty } }
            let scene = Scene(gateway: gateway, client: try await gateway.client(), user: target.user)
            try await body(scene)
            try await eventually("nobody is remembered") { gateway.core.waits.count == 0 }
        }
    }

    @Test func `who waits asks nothing, however often the client is greeted, and goes on when there is a word`()
        async throws
    {
        var pace = ReviewWait.Pace()
        pace.greeting = .milliseconds(5)
        try await withScene(waiting: pace) { scene in
            let client = try await scene.wait()
            // More greetings than a client may make attempts: waiting is none.
            try await Task.sleep(for: .seconds(1))
            #expect(!client.hasEnded && scene.server.state.withLock { $0.questions } == 0)
            // Nor does somebody else's word wake anybody.
            scene.server.send(WorkerEvent(kind: .decision, ticket: .new(), admission: .new()))
            scene.server.decide()
            #expect(try await scene.end(of: client) == 0)
            #expect(client.output.contains("in-2") && client.output.contains("Somebody has to agree."))
            #expect(scene.server.state.withLock { $0.questions } == 1)
            #expect(scene.server.state.withLock { $0.departures } == 0)
        }
    }

    @Test func `a call for nothing lets nobody in, and who waited in vain is told so`() async throws {
        try await withScene { scene in
            let client = try await scene.wait()
            let waiting = scene.server.state.withLock { $0.waiting }
            for admission in waiting { scene.server.send(WorkerEvent(kind: .decision, admission: admission)) }
            try await eventually("it is asked") { scene.server.state.withLock { $0.questions } == 1 }
            #expect(!client.hasEnded)
            scene.server.state.withLock { $0.refusal = "Nobody agreed to this sign-in." }
            scene.server.decide()
            #expect(try await scene.end(of: client) == 255)
            #expect(client.output.contains("Nobody agreed to this sign-in."), "\(client.output)")
            #expect(!client.output.contains("in-2"))
            // The client did not show its key again, which would have asked again.
            let keys = scene.server.state.withLock { state in
                state.count { if case .publicKey = $0 { true } else { false } }
            }
            #expect(keys == 1)
        }
    }

    enum Way: CaseIterable { case look, stream, clock }

    @Test(arguments: Way.allCases)
    func `a word that got lost is heard nevertheless`(_ way: Way) async throws {
        var pace = ReviewWait.Pace()
        if way == .clock { pace.asking = .milliseconds(700) ... .milliseconds(900) }
        try await withScene(waiting: pace, looking: way == .look ? .milliseconds(300) : .seconds(3600)) { scene in
            if way == .clock { scene.server.state.withLock { $0.looks = nil } }
            let client = try await scene.wait()
            scene.server.decide(telling: false)
            if way == .stream { scene.server.cut() }
            #expect(try await scene.end(of: client) == 0)
            #expect(client.output.contains("in-2"))
            #expect(scene.server.state.withLock { $0.looks?.isEmpty ?? true } == (way == .clock))
        }
    }

    @Test func `all who wait are told of in one call`() async throws {
        try await withScene(looking: .milliseconds(200)) { scene in
            let clients = [try await scene.wait(), try await scene.wait()]
            let waiting = scene.server.state.withLock { $0.waiting }
            try await eventually("both are told of") {
                scene.server.state.withLock { $0.looks?.contains { Set($0.admissions) == waiting } ?? false }
            }
            #expect(waiting.count == 2 && scene.server.state.withLock { $0.questions } == 0)
            scene.server.decide()
            for client in clients { #expect(try await scene.end(of: client) == 0) }
        }
    }

    @Test func `whoever hangs up is gone at once, without a greeting`() async throws {
        try await withScene { scene in
            let client = try await scene.wait()
            let begun = ContinuousClock.now
            client.signal(SIGKILL)
            try await eventually("it is taken back") { scene.server.state.withLock { $0.departures } == 1 }
            #expect(ContinuousClock.now - begun < .seconds(5))
            await client.wait()
        }
    }

    @Test func `while the control plane is away nobody comes in, and everybody waits on`() async throws {
        var pace = ReviewWait.Pace()
        pace.again = .milliseconds(100) ... .milliseconds(400)
        try await withScene(waiting: pace) { scene in
            let client = try await scene.wait()
            scene.server.state.withLock { $0.isAway = true }
            scene.server.decide()
            try await Task.sleep(for: .seconds(1))
            #expect(!client.hasEnded && !client.output.contains("in-2"), "\(client.output)")
            scene.server.state.withLock { $0.isAway = false }
            #expect(try await scene.end(of: client) == 0)
            #expect(client.output.contains("in-2"))
        }
    }

    @Test func `nobody waits for good`() async throws {
        var pace = ReviewWait.Pace()
        pace.longest = .seconds(2)
        try await withScene(waiting: pace) { scene in
            let client = try scene.come()
            #expect(try await scene.end(of: client) == 255)
            #expect(client.output.contains("Nobody has answered in time."), "\(client.output)")
            try await eventually("it is taken back") { scene.server.state.withLock { $0.departures } == 1 }
        }
    }

    @Test func `one too many is told so, and asked about no more`() async throws {
        try await withScene(waits: DecisionWaits(limits: .init(all: 9, ofOneTenant: 1))) { scene in
            let client = try await scene.wait()
            let second = try scene.come()
            #expect(try await scene.end(of: second) == 255)
            #expect(second.output.contains("Too many people wait at this gateway"), "\(second.output)")
            try await eventually("it is taken back") { scene.server.state.withLock { $0.departures } == 1 }
            scene.server.decide()
            #expect(try await scene.end(of: client) == 0)
        }
    }

    @Test func `whoever waits and shows their key again is asked about once`() async throws {
        try await withScene { scene in
            let gateway = scene.gateway
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.show(
                scene.client, times: 3, user: "acme+lin+\(scene.user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            #expect(scene.server.state.withLock { $0.waiting }.count == 1)
            #expect(gateway.core.waits.count == 1)
            await probe.close()
            try await eventually("it is taken back") { scene.server.state.withLock { $0.departures } == 1 }
        }
    }

    @Test func `those who wait keep nobody else at their address from signing in`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(limits: .init(waiting: 4, waitingPerOrigin: 3))
        try gateway.server.serve(target)
        gateway.server.state.withLock { $0.isReviewed = true }
        try await gateway.whileRunning {
            try await eventually("the stream is there") { !gateway.server.state.withLock { $0.listeners.isEmpty } }
            let scene = Scene(gateway: gateway, client: try await gateway.client(), user: target.user)
            var clients: [ChildProcess] = []
            for _ in 0..<6 { clients.append(try await scene.wait()) }
            #expect(scene.server.state.withLock { $0.questions } == 0)
            scene.server.decide()
            for client in clients { #expect(try await scene.end(of: client) == 0) }
            #expect(scene.server.state.withLock { $0.questions } == 6)
        }
    }
}
