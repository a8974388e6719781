package import FoundationEssentials

/// How many failures there may be, and how long the waits after them become.
package struct AttemptLimits: Sendable, Equatable {
    package static let most = 7
    package static let firstWait: TimeInterval = 60
    package static let longestWait: TimeInterval = 30 * 60

    package let most: Int
    package let longest: TimeInterval

    package init(most: Int = Self.most, longest: TimeInterval = Self.longestWait) {
        self.most = most
        self.longest = longest
    }

    /// A minute after so many failures as are allowed, and twice as long after each further one; nil for fewer.
    package func wait(after failures: Int) -> TimeInterval? {
        guard failures >= most else { return nil }
        let doublings = min(failures - most, 20)
        return min(longest, Self.firstWait * Double(1 << doublings))
    }
}

/// Failed proofs of one account, and the waits that follow them.
///
/// An attempt is reserved before it is checked and given back when it was right. Counting only afterwards would let a
/// hundred parallel guesses all start before the first of them has failed.
///
/// The waits grow instead of being long from the start: who mistyped is back in a minute, and who guesses has a few dozen
/// tries a day.
package struct AttemptCounter: Sendable, Equatable {
    package static let most = AttemptLimits.most
    /// After so long without a wait, failures are forgotten.
    package static let memory: TimeInterval = 24 * 60 * 60

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
    package func reserving(at now: Date, within limits: AttemptLimits = AttemptLimits()) -> AttemptCounter? {
        isLocked(at: now) ? nil : failing(at: now, within: limits)
    }

    /// The counter after one more failure.
    package func failing(at now: Date, within limits: AttemptLimits = AttemptLimits()) -> AttemptCounter {
        let isForgotten = lockedUntil.map { now >= $0 + Self.memory } ?? false
        let failures = (isForgotten ? 0 : failures) + 1
        return AttemptCounter(failures: failures, lockedUntil: limits.wait(after: failures).map { now + $0 })
    }

    /// The counter after a reserved attempt turned out right, or was never checked: nobody waits for it.
    package func refunding(at now: Date, within limits: AttemptLimits = AttemptLimits()) -> AttemptCounter {
        let failures = max(0, failures - 1)
        return AttemptCounter(
            failures: failures, lockedUntil: failures >= limits.most ? lockedUntil.map { min($0, now) } : nil)
    }
}
