import FoundationEssentials
import Jobs

/// How an endpoint fares, and what follows from it. Pure.
struct WebhookHealth: Sendable, Equatable {
    /// Since something was delivered last.
    let failures: Int
    let failingSince: Date?
    let pace: FairPace

    /// Whoever fails for longer is disabled.
    static let patience: TimeInterval = 5 * 86_400

    /// A few failures may be the message's fault; after more of them nothing is sent for a while, which grows.
    static let tolerated = 3
    static let longestRest: TimeInterval = 300

    /// Whether a success in so many milliseconds leaves everything as it is.
    func isUnchanged(bySuccessIn milliseconds: Int) -> Bool {
        failures == 0 && failingSince == nil && pace == FairPace(of: .milliseconds(milliseconds))
    }

    /// For how long to leave it alone after one more failure.
    func rest(asked: TimeInterval?) -> TimeInterval? {
        let own =
            failures < Self.tolerated
            ? 0 : min(Self.longestRest, TimeInterval(1 << min(failures - Self.tolerated + 1, 20)))
        let rest = max(own, min(asked ?? 0, RetrySchedule.longestAsked))
        return rest > 0 ? rest : nil
    }

    func isHopeless(at now: Date) -> Bool {
        failingSince.map { now.timeIntervalSince($0) >= Self.patience } ?? false
    }
}
