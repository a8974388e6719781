package import FoundationEssentials
package import GatewayContract
package import Kernel
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells the control plane what happened in sessions, in order, until it has taken it: first the facts, then the end.
/// What is lost with this process is in the recording, from where recovery tells it again under the same numbers.
package final class SessionReporter: Service {
    private struct Pending {
        var facts: [SessionFact] = []
        var stored = 0
        var last = 0
        var end: SessionEnd?
        var isRunning = false
    }

    private let controlPlane: ControlPlane
    private let logger: Logger
    private let pending = Mutex<[SessionID: Pending]>([:])
    private let ready: AsyncStream<SessionID>
    private let wake: AsyncStream<SessionID>.Continuation

    /// Reports on their way: when a thousand sessions end together, what else this worker asks does not wait for all of
    /// theirs, and the server has not all of them at once.
    private let turns = FairAdmission<SessionID>(places: 64, placesBesideOthers: 64, mostWaiting: .max)

    /// The most facts in one report.
    private static let batch = 500

    package init(controlPlane: ControlPlane, logger: Logger) {
        self.controlPlane = controlPlane
        self.logger = logger
        (ready, wake) = AsyncStream.makeStream()
    }

    /// Notes the next fact of a session.
    package func add(_ event: FactEvent, of session: SessionID, at now: Date = Date()) {
        update(session) { entry in
            entry.last += 1
            entry.facts.append(SessionFact(sequence: entry.last, at: now, event: event))
        }
    }

    /// Notes that a session is over. No facts come after it.
    package func end(_ session: SessionID, _ end: SessionEnd) {
        update(session) { if $0.end == nil { $0.end = end } }
    }

    /// Returns when the end of the session has been taken, or the task is cancelled (false).
    package func settled(_ session: SessionID) async -> Bool {
        var backoff = Backoff(first: .milliseconds(20), longest: .seconds(2))
        repeat {
            if pending.withLock({ $0[session] == nil }) { return true }
        } while (try? await Task.sleep(for: backoff.next())) != nil
        return false
    }

    /// How many sessions have something to tell.
    package var backlog: Int { pending.withLock { $0.count } }

    private func update(_ session: SessionID, _ body: (inout Pending) -> Void) {
        let mustWake = pending.withLock { (pending: inout [SessionID: Pending]) -> Bool in
            body(&pending[session, default: Pending()])
            return pending[session]?.isRunning == false
        }
        if mustWake { wake.yield(session) }
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for await session in ready.cancelOnGracefulShutdown() { start(session, in: &group) }
            // The sessions that the shutdown ended have something to tell; what is left after a while, recovery tells.
            for session in pending.withLock({ Array($0.keys) }) { start(session, in: &group) }
            let limit = ContinuousClock.now + .seconds(10)
            while hasWork, ContinuousClock.now < limit { try? await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
        }
    }

    private var hasWork: Bool { pending.withLock { $0.values.contains { !$0.facts.isEmpty || $0.end != nil } } }

    private func start(_ session: SessionID, in group: inout DiscardingTaskGroup) {
        let isMine = pending.withLock { pending in
            guard pending[session]?.isRunning == false else { return false }
            pending[session]?.isRunning = true
            return true
        }
        if isMine { group.addTask { await self.tell(session) } }
    }

    private func tell(_ session: SessionID) async {
        var backoff = Backoff()
        while let next = next(of: session) {
            do throws(ControlPlaneError) {
                try await tell(next, of: session)
                backoff.reset()
            } catch {
                guard error.isTransient else {
                    logger.error(
                        "The control plane does not take a report",
                        metadata: ["session": "\(session)", "error": "\(error)"])
                    drop(next, of: session)
                    continue
                }
                guard (try? await Task.sleep(for: backoff.next())) != nil else { return }
            }
        }
    }

    private func tell(_ next: Next, of session: SessionID) async throws(ControlPlaneError) {
        _ = try await turns.serve(session) { () async throws(ControlPlaneError) in
            switch next {
            case .facts(let facts):
                let stored = try await controlPlane.report(session, FactsReport(facts: facts)).sequence
                pending.withLock { $0[session]?.facts.removeAll { $0.sequence <= stored } }
            case .end(let end):
                try await controlPlane.end(session, end)
                finish(session)
            }
        }
    }

    private enum Next {
        case facts([SessionFact])
        case end(SessionEnd)
    }

    private func next(of session: SessionID) -> Next? {
        pending.withLock { pending in
            guard let entry = pending[session] else { return nil }
            if !entry.facts.isEmpty { return .facts(Array(entry.facts.prefix(Self.batch))) }
            if let end = entry.end { return .end(end) }
            pending[session]?.isRunning = false
            return nil
        }
    }

    /// What will never be taken must not keep the rest from being told.
    private func drop(_ next: Next, of session: SessionID) {
        switch next {
        case .facts(let facts):
            let last = facts.last?.sequence ?? 0
            pending.withLock { $0[session]?.facts.removeAll { $0.sequence <= last } }
        case .end: finish(session)
        }
    }

    private func finish(_ session: SessionID) {
        pending.withLock { _ = $0.removeValue(forKey: session) }
    }
}
