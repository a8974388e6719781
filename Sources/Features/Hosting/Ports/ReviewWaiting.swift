package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What people at a gateway wait for: the word of somebody else.
package struct ReviewWaiting: Sendable {
    /// What somebody waits for.
    package struct Place: Sendable, Equatable {
        package let ticket: TicketID
        package let scope: TenantScope

        package init(ticket: TicketID, scope: TenantScope) {
            self.ticket = ticket
            self.scope = scope
        }
    }

    /// Notes that these are waited for still. Those that are decided, or over.
    package var look: @Sendable ([Place], Date) async throws -> [TicketID]
    /// How what this person waits for stands, who is there still; nil if they wait for nothing of the kind.
    package var state: @Sendable (Place, UserID, Date) async throws -> ReviewAnswer.State?
    /// Takes back what this person waits for.
    package var withdraw: @Sendable (Place, UserID, Date) async throws -> Void
    /// Keeps a worker from asking again at once that does not wait by itself.
    package var rest: @Sendable () async -> Void

    package init(
        look: @escaping @Sendable ([Place], Date) async throws -> [TicketID],
        state: @escaping @Sendable (Place, UserID, Date) async throws -> ReviewAnswer.State?,
        withdraw: @escaping @Sendable (Place, UserID, Date) async throws -> Void,
        rest: @escaping @Sendable () async -> Void
    ) {
        self.look = look
        self.state = state
        self.withdraw = withdraw
        self.rest = rest
    }
}
