import Synchronization

/// Whether somebody who waits was called, from whatever thread.
final class DecisionCall: Sendable {
    private let isRung = Atomic(false)

    func ring() { isRung.store(true, ordering: .releasing) }

    /// True once for each call, or for several.
    func take() -> Bool { isRung.exchange(false, ordering: .acquiringAndReleasing) }
}
