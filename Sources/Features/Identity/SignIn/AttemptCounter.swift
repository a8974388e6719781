package import FoundationEssentials

/// Failed proofs of one account, and the lock that follows seven of them.
///
/// An attempt is reserved before it is checked and given back when it was right. Counting only afterwards would let a
/// hundred parallel guesses all start before the first of them has failed.
package struct AttemptCounter: Sendable, Equatable {
    package static let most = 7
    package static let lock: TimeInterval = 30 * 60

    package let failures: Int
    package let lockedUntil: Date?

    package init(failures: Int = 0, lockedUntil: Date? = nil) {
        self.failures = failures
        self.lockedUntil = lockedUntil
    }

    package func isLocked(at now: Date) -> Bool {
        guard let lockedUntil else { return false }
        return now < lockedUntil
    }

    /// The counter while an attempt is being checked, or nil if there may be none.
    package func reserving(at now: Date) -> AttemptCounter? {
        guard !isLocked(at: now) else { return nil }
        // A lock that has run out takes its failures with it.
        let failures = (lockedUntil == nil ? failures : 0) + 1
        return AttemptCounter(failures: failures, lockedUntil: failures >= Self.most ? now + Self.lock : nil)
    }

    /// The counter after a reserved attempt turned out right, or was never checked.
    package func refunding() -> AttemptCounter {
        let failures = max(0, failures - 1)
        return AttemptCounter(failures: failures, lockedUntil: failures >= Self.most ? lockedUntil : nil)
    }
}
