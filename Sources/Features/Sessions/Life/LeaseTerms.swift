package import FoundationEssentials

/// How long a session may go on without a word between worker and server.
package enum LeaseTerms {
    /// How often a worker renews, in seconds.
    package static let renewal = 10
    /// When the server gives a silent worker up. The worker itself ends a session that it could not renew for five
    /// minutes; the rest is for clocks and a report that is on its way.
    package static let presumedLost: TimeInterval = 330
    /// No session is longer than a day.
    package static let longestSession: TimeInterval = 86_400

    /// When a session ends at the latest.
    package static func latestEnd(createdAt: Date, grantEndsAt: Date?) -> Date {
        let longest = createdAt + longestSession
        return grantEndsAt.map { min($0, longest) } ?? longest
    }
}
