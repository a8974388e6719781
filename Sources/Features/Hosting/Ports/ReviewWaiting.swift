package import FoundationEssentials
package import GatewayContract
package import Kernel

/// How somebody waits at a gateway for the word of somebody else: with no thread and no connection of the database.
package struct ReviewWaiting: Sendable {
    /// Why somebody waits no longer.
    package enum Waking: Sendable, Equatable {
        case woken, timeIsUp
        /// Too many wait already.
        case crowded
    }

    /// What somebody waits for who comes again.
    package struct Place: Sendable, Equatable {
        package let ticket: TicketID
        package let scope: TenantScope

        package init(ticket: TicketID, scope: TenantScope) {
            self.ticket = ticket
            self.scope = scope
        }
    }

    package var wait: @Sendable (Place, _ address: String?, _ atMost: Duration) async -> Waking
    /// Nil if there may be news.
    package var place: @Sendable (_ key: String, Date) -> Place?
    package var keep: @Sendable (_ key: String, Place, _ until: Date) -> Void
    /// How what this person waits for stands; nil if they wait for nothing of the kind.
    package var state: @Sendable (Place, UserID) async throws -> ReviewAnswer.State?
    /// Takes back what this person waits for.
    package var withdraw: @Sendable (Place, UserID, Date) async throws -> Void

    package init(
        wait: @escaping @Sendable (Place, String?, Duration) async -> Waking,
        place: @escaping @Sendable (String, Date) -> Place?,
        keep: @escaping @Sendable (String, Place, Date) -> Void,
        state: @escaping @Sendable (Place, UserID) async throws -> ReviewAnswer.State?,
        withdraw: @escaping @Sendable (Place, UserID, Date) async throws -> Void
    ) {
        self.state = state
        self.withdraw = withdraw
        self.wait = wait
        self.place = place
        self.keep = keep
    }
}
