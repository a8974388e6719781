package import FoundationEssentials
package import GatewayContract
package import Kernel
import Synchronization

/// A session as the rest of the worker sees it: its counters, and a way to give it orders. The session itself lives on
/// its loop.
package final class LiveSession: Sendable {
    private struct State {
        var connectedAt: ContinuousClock.Instant?
        var seconds: Int?
        var bytesIn = 0
        var bytesOut = 0
        var recordedBytes = 0
        var commands = 0
        var lastSequence = 0
        var renewedAt = ContinuousClock.now
        var isHeld = false
    }

    package let id: SessionID
    package let tenant: TenantID
    package let recording: RecordingID
    /// The orders, for the session's own task.
    package let orders: AsyncStream<SessionOrder>
    private let channel: AsyncStream<SessionOrder>.Continuation
    private let state = Mutex(State())

    package init(id: SessionID, tenant: TenantID, recording: RecordingID) {
        self.id = id
        self.tenant = tenant
        self.recording = recording
        (orders, channel) = AsyncStream.makeStream()
    }

    /// Hands an order over.
    package func give(_ order: SessionOrder) {
        channel.yield(order)
    }

    /// No more orders come.
    package func close() {
        channel.finish()
    }

    // MARK: Counting

    /// The target let us in: the time that counts begins.
    package func connected() {
        state.withLock { if $0.connectedAt == nil { $0.connectedAt = .now } }
    }

    /// The time that counts is over.
    package func stopped() {
        state.withLock { state in
            guard state.seconds == nil else { return }
            state.seconds = state.connectedAt.map { Int(($0.duration(to: .now)).components.seconds) } ?? 0
        }
    }

    package func countInput(_ bytes: Int) { state.withLock { $0.bytesIn += bytes } }
    package func countOutput(_ bytes: Int) { state.withLock { $0.bytesOut += bytes } }
    package func countCommand() { state.withLock { $0.commands += 1 } }
    package func countRecorded(_ total: Int) { state.withLock { $0.recordedBytes = max($0.recordedBytes, total) } }

    /// The counters since the start.
    package var counters: Counters {
        state.withLock { state in
            let running = state.connectedAt.map { Int($0.duration(to: .now).components.seconds) } ?? 0
            return Counters(
                seconds: state.seconds ?? running, bytesIn: state.bytesIn, bytesOut: state.bytesOut,
                recordedBytes: state.recordedBytes, commands: state.commands)
        }
    }

    /// A report number that is larger than all before it, also than those of a worker that died: milliseconds of the
    /// clock.
    package func nextSequence(now: Date) -> Int {
        state.withLock { state in
            state.lastSequence = max(state.lastSequence + 1, Int(now.timeIntervalSince1970 * 1000))
            return state.lastSequence
        }
    }

    func report(now: Date) -> SessionReport {
        let isLive = state.withLock { $0.connectedAt != nil }
        return SessionReport(
            session: id, sequence: nextSequence(now: now), state: isLive ? .live : .pending, counters: counters)
    }

    // MARK: The lease

    /// The server has renewed the lease.
    func renewed() {
        let wasHeld = state.withLock { state in
            state.renewedAt = .now
            defer { state.isHeld = false }
            return state.isHeld
        }
        if wasHeld { give(.holdInput(false)) }
    }

    /// The lease was not renewed this time: input is held after a while, and the session ends after a longer one.
    func notRenewed(holdAfter: Duration, endAfter: Duration) {
        let (age, mustHold) = state.withLock { state in
            let age = state.renewedAt.duration(to: .now)
            defer { if age >= holdAfter { state.isHeld = true } }
            return (age, age >= holdAfter && !state.isHeld)
        }
        if age >= endAfter {
            give(.end(.leaseLost, text: "the gateway has lost its control plane"))
        } else if mustHold {
            give(.holdInput(true))
        }
    }
}
