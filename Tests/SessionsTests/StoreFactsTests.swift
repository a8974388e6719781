import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Sessions
import TestSupport
import Testing

@Suite struct StoreFactsTests {
    func command(_ sequence: Int, _ line: String) -> SessionFact {
        SessionFact(
            sequence: sequence, at: Fixture.now + Double(sequence),
            event: .command(CommandFact(line: line, verdict: .allow, confidence: .high, offsetUs: sequence * 1000)))
    }

    func lines(_ fixture: Fixture, _ session: SessionID) async throws -> [String] {
        let page = try PageRequest.parse("at pr", CommandView.listing)
        return try await fixture.sessions.commands(of: session, page, in: fixture.scope).rows.map(\.line).reversed()
    }

    @Test func `facts are kept in order and once`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        func store(_ facts: [SessionFact]) async throws -> Int {
            try await fixture.sessions.store(facts, of: session.id, from: fixture.worker, at: Fixture.now + 60).sequence
        }
        let connected = SessionFact(
            sequence: 1, at: Fixture.now + 1, event: .connected(ConnectedFact(address: "10.0.0.1")))
        #expect(try await store([connected, command(2, "ls")]) == 2)
        #expect(try await store([command(2, "ls"), command(3, "id")]) == 3)
        #expect(try await store([command(5, "too early")]) == 3)
        #expect(try await store([command(5, "exit"), command(4, "pwd")]) == 5)
        #expect(try await lines(fixture, session.id) == ["ls", "id", "pwd", "exit"])
        let view = try await fixture.find(session.id)
        #expect(view.state == .live)
        #expect(view.connectedAt == Fixture.now + 1)
        #expect(try await fixture.events() == ["session.connected"])
    }

    @Test func `failures and notices are in the trail`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let facts = [
            SessionFact(
                sequence: 1, at: Fixture.now, event: .failed(FailedFact(phase: "connect", cause: "connection refused"))),
            SessionFact(sequence: 2, at: Fixture.now, event: .notice(NoticeFact(code: "paused", text: ""))),
        ]
        _ = try await fixture.sessions.store(facts, of: session.id, from: fixture.worker, at: Fixture.now + 1)
        _ = try await fixture.sessions.store(facts, of: session.id, from: fixture.worker, at: Fixture.now + 2)
        #expect(try await fixture.trail("session.failed") == 1)
        #expect(try await fixture.trail("session.noticed") == 1)
    }

    @Test func `a worker tells nothing about what is not its own`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let other = try await fixture.test.makeWorker("other", at: Fixture.now)
        await #expect(throws: SessionError.notFound) {
            try await fixture.sessions.store([command(1, "ls")], of: session.id, from: other, at: Fixture.now)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.sessions.store([command(1, "ls")], of: .new(), from: fixture.worker, at: Fixture.now)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.sessions.close(session.id, with: fixture.end(5), from: other, at: Fixture.now)
        }
        #expect(try await fixture.find(session.id).state == .pending)
    }

    @Test func `another tenant sees no command of it`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        _ = try await fixture.sessions.store([command(1, "ls")], of: session.id, from: fixture.worker, at: Fixture.now)
        let stranger = try await fixture.test.makeTenant()
        let page = try PageRequest.parse("at pr", CommandView.listing)
        await #expect(throws: SessionError.notFound) {
            try await fixture.sessions.commands(of: session.id, page, in: stranger)
        }
        #expect(try await fixture.sessions.commands(of: nil, page, in: stranger).rows.isEmpty)
    }
}
