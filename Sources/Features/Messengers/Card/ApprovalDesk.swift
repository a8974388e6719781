package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// Where requests are read and decided: the control plane plugs tickets in. Who may decide is the desk's to say, each time
/// anew; a card is no authority.
package struct ApprovalDesk: Sendable {
    /// What a request is now, or nil if there is none.
    package var card: @Sendable (TicketID, TenantScope) async throws -> ApprovalCard?
    /// The same of many at once.
    package var cards: @Sendable ([TicketID], TenantScope) async throws -> [TicketID: ApprovalCard]
    /// Decides, and writes the trail in the same transaction. Whatever stands against it is a verdict, not an error.
    package var decide: @Sendable (ApprovalClick, AuditDraft, TenantScope) async throws -> ApprovalVerdict

    package init(
        card: @escaping @Sendable (TicketID, TenantScope) async throws -> ApprovalCard?,
        cards: @escaping @Sendable ([TicketID], TenantScope) async throws -> [TicketID: ApprovalCard],
        decide: @escaping @Sendable (ApprovalClick, AuditDraft, TenantScope) async throws -> ApprovalVerdict
    ) {
        self.card = card
        self.cards = cards
        self.decide = decide
    }
}

/// An answer that came through a card, from somebody whom we know by then.
package struct ApprovalClick: Sendable, Hashable {
    package let ticket: TicketID
    package let level: Int
    package let user: UserID
    package let isApproval: Bool
    package let comment: String
    /// Of what the card has shown, in hexadecimal.
    package let digest: String
    package let vendor: ChannelVendor
    package let at: Date

    package init(
        ticket: TicketID, level: Int, user: UserID, isApproval: Bool, comment: String, digest: String,
        vendor: ChannelVendor, at: Date
    ) {
        self.ticket = ticket
        self.level = level
        self.user = user
        self.isApproval = isApproval
        self.comment = comment
        self.digest = digest
        self.vendor = vendor
        self.at = at
    }
}

/// What became of an answer.
package enum ApprovalVerdict: String, Sendable, Hashable, CaseIterable {
    /// It counts.
    case counted
    /// Somebody has answered before, or the request is over: nothing was changed.
    case alreadyDecided
    /// The person may not decide this request, or not know of it.
    case notYours
    /// It is their own request.
    case own
    /// The request is not what the card showed.
    case changed
    /// It takes a passkey, in the portal.
    case needsPasskey
    /// The level takes no such answer without words.
    case needsComment
    /// The card has no room for all that would be approved: that is seen in the portal.
    case tooLong
}
