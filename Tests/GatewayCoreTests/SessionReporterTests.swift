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
}
