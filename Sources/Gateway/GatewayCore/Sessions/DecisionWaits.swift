package import FoundationEssentials
package import Kernel
import Synchronization

/// Who waits at this worker for the end of which request. Nobody holds a thread here: whoever waits is called, and asks
/// the control plane then how the request has ended. A call may come for nothing, and may be lost with the event stream:
/// whoever waits asks by themselves now and then.
package final class DecisionWaits: Sendable {
    private let calls = Mutex<[TicketID: [UUID: @Sendable () -> Void]]>([:])

    private let pauses: ClosedRange<Duration>

    /// How long somebody waits before they ask by themselves: often enough that their admission lives on.
    package init(asking pauses: ClosedRange<Duration> = .seconds(90) ... .seconds(150)) {
        self.pauses = pauses
    }

    /// How long until somebody asks by themselves next: not all at the same time.
    package var pause: Duration {
        pauses.lowerBound + (pauses.upperBound - pauses.lowerBound) * Double.random(in: 0...1)
    }

    /// Calls `wake` when the request is open no more, until it is told to stop.
    package func add(_ ticket: TicketID, _ wake: @escaping @Sendable () -> Void) -> UUID {
        let id = UUID()
        calls.withLock { $0[ticket, default: [:]][id] = wake }
        return id
    }

    package func remove(_ id: UUID, of ticket: TicketID) {
        calls.withLock { calls in
            calls[ticket]?[id] = nil
            if calls[ticket]?.isEmpty == true { calls[ticket] = nil }
        }
    }

    /// The request has ended.
    package func call(_ ticket: TicketID) {
        for wake in calls.withLock({ Array(($0[ticket] ?? [:]).values) }) { wake() }
    }

    /// How many wait.
    package var count: Int { calls.withLock { $0.values.reduce(0) { $0 + $1.count } } }
}
