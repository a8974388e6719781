import FoundationEssentials
import GatewayContract

/// Everything outside of a session that it depends on, as it is now.
struct SessionStanding: Equatable {
    var tenantIsServed: Bool
    var userIsActive: Bool
    /// Nil if the grant is gone.
    var grant: Grant?

    struct Grant: Equatable {
        let isActive: Bool
        /// It ended before its time, and nobody revoked it.
        var hasEnded = false
        let endsAt: Date?
    }

    /// The latest end, or why the session has to end now. The most general cause comes first: it is the one to tell.
    func verdict(createdAt: Date, at now: Date) -> Verdict {
        guard tenantIsServed else { return .end(.tenantSuspended) }
        guard userIsActive else { return .end(.userDisabled) }
        if let grant, grant.hasEnded { return .end(.grantEnded) }
        guard let grant, grant.isActive || grant.endsAt.map({ $0 <= now }) == true else { return .end(.grantRevoked) }
        let latest = LeaseTerms.latestEnd(createdAt: createdAt, grantEndsAt: grant.endsAt)
        guard latest > now else { return .end(Self.reason(ofEndAt: latest, createdAt: createdAt)) }
        return .goOn(until: latest)
    }

    enum Verdict: Equatable {
        case goOn(until: Date)
        case end(EndReason)
    }

    /// Whether it was the grant's end or a day's.
    static func reason(ofEndAt end: Date, createdAt: Date) -> EndReason {
        end < createdAt + LeaseTerms.longestSession ? .grantEnded : .timeLimit
    }
}

extension EndReason {
    /// What the person is told, unless somebody said it in other words.
    package var text: String {
        switch self {
        case .exited: "The session has ended."
        case .disconnected: "The connection was closed."
        case .terminated: "The session was terminated by an administrator."
        case .grantRevoked: "Your access was revoked."
        case .grantEnded: "Your access has ended."
        case .userDisabled: "Your account was disabled."
        case .tenantSuspended: "The service is suspended for your organization."
        case .idle: "The session was idle for too long."
        case .timeLimit: "The session has reached its longest duration."
        case .connectFailed: "The asset could not be reached."
        case .hostKeyChanged: "The asset showed an unknown host key."
        case .recordingFailed: "The session could not be recorded."
        case .policy: "The session was ended by a rule."
        case .leaseLost: "The gateway lost its connection to the control plane."
        case .workerLost: "The gateway was lost."
        case .workerStopped: "The gateway was stopped."
        case .workerQuarantined: "The gateway was taken out of service."
        case .internalError: "The gateway failed."
        }
    }
}
