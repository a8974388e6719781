package import Assets
package import FoundationEssentials
package import Kernel

/// A grant on its way into the store, from an administrator or from an approved ticket.
package struct NewGrant: Sendable {
    package var id: GrantID
    package var name: String
    package var effect: Grant.Effect
    package var source: Grant.Source
    package var ticket: TicketID?
    package var users: [UserID]
    package var groups: [GroupID]
    package var assets: [AssetID]
    package var nodes: [NodeID]
    package var accounts: [AccountRule]
    package var protocols: [AccessProtocol]
    package var actions: [AccessAction]
    package var startsAt: Date
    package var endsAt: Date?
    package var weekly: [WeeklyHours]
    /// Seconds after its start within which somebody has to use it, or it ends; nil for never.
    package var unusedAfter: Int?
    /// Whether sessions on it are recorded strictly.
    package var isStrict = false
    package var createdBy: UserID?
    package var createdAt: Date

    /// What an approved ticket gives: one person, the assets that were asked for, and an end.
    package init(
        ticket: TicketID, name: String, user: UserID, assets: [AssetID], accounts: [AccountName],
        protocols: [AccessProtocol], actions: [AccessAction], startsAt: Date, endsAt: Date, unusedAfter: Int? = nil,
        createdAt: Date
    ) {
        self.id = .new(at: createdAt)
        self.name = name
        self.effect = .allow
        self.source = .ticket
        self.ticket = ticket
        self.users = [user]
        self.groups = []
        self.assets = assets
        self.nodes = []
        self.accounts = accounts.map(AccountRule.name)
        self.protocols = protocols
        self.actions = actions
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.weekly = []
        self.unusedAfter = unusedAfter
        self.createdBy = nil
        self.createdAt = createdAt
    }

    init(_ request: CreateGrant, by user: UserID, at now: Date) {
        self.id = .new(at: now)
        self.name = request.name
        self.effect = request.effect
        self.source = .administrator
        self.ticket = nil
        self.users = request.users
        self.groups = request.groups
        self.assets = request.assets
        self.nodes = request.nodes
        self.accounts = request.accounts
        self.protocols = Array(Set(request.protocols)).sorted()
        self.actions = Array(Set(request.actions)).sorted()
        self.startsAt = request.startsAt ?? now
        self.endsAt = request.endsAt
        self.weekly = request.weekly
        self.unusedAfter = nil
        self.createdBy = user
        self.createdAt = now
    }

    /// When it is looked at whether somebody has used it; never if it is over by then.
    var unusedAt: Date? { UnusedRule(after: unusedAfter, from: startsAt, to: endsAt).at }

    /// When its person is told of its end first.
    var remindAt: Date? {
        guard source == .ticket else { return nil }
        return GrantLife(state: .active, startsAt: startsAt, endsAt: endsAt).reminder(after: createdAt)
    }
}
