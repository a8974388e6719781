import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct SessionReporterTests {
    private let session = SessionID.new()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func whileRunning(_ reporter: SessionReporter, _ body: () async throws -> Void) async throws {
        let running = Task { try await reporter.run() }
        defer { running.cancel() }
        try await body()
    }

    @Test func `facts are told in order and the end after them, however often the server is away`() async throws {
        let told = Mutex<[String]>([])
        let failures = Mutex(3)
        @Sendable func fail() throws(ControlPlaneError) {
            let mustFail = failures.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            if mustFail { throw .unreachable("away") }
        }
        var plane = ControlPlane.silent
        plane.report = { _, report throws(ControlPlaneError) in
            try fail()
            told.withLock { $0 += report.facts.map { "fact \($0.sequence)" } }
            return FactsStored(sequence: report.facts.last?.sequence ?? 0)
        }
        plane.end = { _, end throws(ControlPlaneError) in
            told.withLock { $0.append("end \(end.reason.rawValue)") }
        }
        let reporter = SessionReporter(controlPlane: plane, logger: quiet)
        try await whileRunning(reporter) {
            reporter.add(.connected(ConnectedFact()), of: session)
            for line in ["id", "w"] {
                reporter.add(
                    .command(CommandFact(line: line, verdict: .allow, confidence: .high, offsetUs: 0)), of: session)
            }
            reporter.end(session, SessionEnd(sequence: 9, reason: .exited, counters: .zero))
            #expect(await reporter.settled(session))
            #expect(told.withLock { $0 } == ["fact 1", "fact 2", "fact 3", "end exited"])
            #expect(reporter.backlog == 0)
        }
    }

    @Test func `what the server will never take does not keep the end from being told`() async throws {
        let ended = Mutex(false)
        var plane = ControlPlane.silent
        plane.report = { _, _ throws(ControlPlaneError) in throw .refused(status: 422, text: "no") }
        plane.end = { _, _ throws(ControlPlaneError) in ended.withLock { $0 = true } }
        let reporter = SessionReporter(controlPlane: plane, logger: quiet)
        try await whileRunning(reporter) {
            reporter.add(.connected(ConnectedFact()), of: session)
            reporter.end(session, SessionEnd(sequence: 9, reason: .exited, counters: .zero))
            #expect(await reporter.settled(session))
            #expect(ended.withLock { $0 })
        }
    }

    @Test func `when many sessions end together, only so many ends are on their way at once`() async throws {
        let underway = Mutex(0)
        let most = Mutex(0)
        let ended = Mutex<Set<SessionID>>([])
        var plane = ControlPlane.silent
        plane.end = { session, _ throws(ControlPlaneError) in
            let now = underway.withLock { count in
                count += 1
                return count
            }
            most.withLock { $0 = max($0, now) }
            for _ in 0..<20 { await Task.yield() }
            underway.withLock { $0 -= 1 }
            _ = ended.withLock { $0.insert(session) }
        }
        let reporter = SessionReporter(controlPlane: plane, logger: quiet)
        let sessions = (0..<500).map { _ in SessionID.new() }
        try await whileRunning(reporter) {
            for session in sessions {
                reporter.end(session, SessionEnd(sequence: 9, reason: .grantRevoked, counters: .zero))
            }
            for session in sessions { #expect(await reporter.settled(session)) }
        }
        #expect(ended.withLock { $0 } == Set(sessions))
        #expect(most.withLock { $0 } <= 64)
    }
}
