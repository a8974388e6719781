package import FoundationEssentials

/// How long a browser stays signed in, and when its cookie is exchanged. Pure.
package struct WebSessionLife: Sendable, Equatable {
    /// Which of its two tokens a browser showed.
    package enum Token: Sendable { case current, previous }

    package enum Verdict: Sendable, Equatable {
        case over
        case valid(rotate: Bool, touch: Bool)
    }

    package static let rotation: TimeInterval = 15 * 60
    /// Requests that were under way during a rotation still carry the token before.
    package static let grace: TimeInterval = 60
    package static let touch: TimeInterval = 60

    package let lastSeenAt: Date
    package let rotatedAt: Date
    package let expiresAt: Date

    package init(lastSeenAt: Date, rotatedAt: Date, expiresAt: Date) {
        self.lastSeenAt = lastSeenAt
        self.rotatedAt = rotatedAt
        self.expiresAt = expiresAt
    }

    package func verdict(on token: Token, idle: TimeInterval, at now: Date) -> Verdict {
        guard now < expiresAt, now < lastSeenAt + idle else { return .over }
        let touch = now >= lastSeenAt + Self.touch
        switch token {
        case .current: return .valid(rotate: now >= rotatedAt + Self.rotation, touch: touch)
        case .previous: return now < rotatedAt + Self.grace ? .valid(rotate: false, touch: touch) : .over
        }
    }
}
