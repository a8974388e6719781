import Access
import Assets
import FoundationEssentials
import Kernel

/// What is known about a request when its path is chosen.
struct DraftFacts: Sendable, Hashable {
    struct Label: Sendable, Hashable {
        let key: String
        let value: String
    }

    struct Target: Sendable, Hashable {
        let id: AssetID
        let platform: String
        let labels: Set<Label>
    }

    var kind: TicketKindName
    /// The deepest organization in which everything lies that is asked for; that of the tenant as a whole for nothing.
    var organization: OrganizationID
    /// In how many organizations it lies.
    var organizations: Int
    /// The groups of the person who asks.
    var groups: Set<GroupID>
    var assets: [Target]
    var accounts: [AccountName]
    var actions: [AccessAction]
    /// One of the accounts is marked as privileged on one of the assets.
    var hasPrivilegedAccount: Bool
    var duration: Int
    /// When it would begin, by the tenant's clock.
    var moment: LocalMoment
    /// Whoever asks has said how it is labelled, where it lies or who owns it, without looking after flows.
    var isArrangedByRequester = false

    var isPrivileged: Bool {
        hasPrivilegedAccount || accounts.contains { Self.almighty.contains($0.text.lowercased()) }
    }

    private static let almighty: Set<String> = ["root", "administrator", "admin", "sa", "sys", "system"]
}
