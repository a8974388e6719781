package import Audit
package import FoundationEssentials
import GatewayContract
import Kernel

/// Ends sessions when somebody loses what they rest on. The event is quick; a lease finds out by itself.
package struct SessionEnder: Sendable {
    private let sessions: Sessions
    private let now: @Sendable () -> Date

    package init(_ sessions: Sessions, now: @escaping @Sendable () -> Date = { Date() }) {
        self.sessions = sessions
        self.now = now
    }

    /// What to give the dispatcher.
    package var subscriber: EventSubscriber {
        EventSubscriber("session-ender", types: Self.types) { scope, event in
            guard let (selection, reason) = Self.meaning(of: event) else { return }
            try await sessions.end(where: selection, because: reason, in: scope, at: now())
        }
    }

    private static let types = [
        "grant.revoked", "grant.ended", "user.disabled", "tenant.suspended", "asset.disabled", "asset.deleted",
    ]

    static func meaning(of event: DomainEvent) -> (SessionSelection, EndReason)? {
        switch event.type {
        case "grant.revoked": GrantID(event.subject).map { (.grant($0), .grantRevoked) }
        case "grant.ended": GrantID(event.subject).map { (.grant($0), .grantEnded) }
        case "user.disabled": UserID(event.subject).map { (.user($0), .userDisabled) }
        case "tenant.suspended": (.all, .tenantSuspended)
        case "asset.disabled", "asset.deleted": AssetID(event.subject).map { (.asset($0), .policy) }
        default: nil
        }
    }
}
