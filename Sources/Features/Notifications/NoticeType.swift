package import Kernel

/// A kind of news that people are told, declared once: what its words may be made of, and where it goes by itself.
package struct NoticeType: Sendable, Hashable {
    /// Such as `ticket.decided`.
    package let key: String
    /// What is known of each such notice, beside what is known of all (`common`).
    let parameters: [String]
    /// Where it goes for those who have said nothing.
    let channels: Set<NoticeChannel>
    /// Where it can go at all.
    let possible: Set<NoticeChannel>
    /// Nobody can do without it wholly: the message in the portal stays.
    let isProtected: Bool
    /// It passes quiet hours and waits for no digest.
    let isUrgent: Bool

    private init(
        _ key: String, _ parameters: [String], to channels: Set<NoticeChannel> = [.site, .mail, .messenger],
        possible: Set<NoticeChannel> = [.site, .mail, .messenger], isProtected: Bool = false, isUrgent: Bool = false,
        isForRooms: Bool = false
    ) {
        self.key = key
        self.parameters = parameters
        self.channels = channels
        let chats = possible.contains(.messenger) ? NoticeChannel.chats : []
        // What is said to one person is not for a room.
        self.possible = possible.union(chats).union(isForRooms ? NoticeChannel.rooms : [])
        self.isProtected = isProtected
        self.isUrgent = isUrgent
    }

    /// Known of every notice: whom it is for, their company, and where it leads.
    static let common = ["person", "company", "link"]

    var known: [String] { parameters + Self.common }

    private static let ticket = ["number", "requester", "reason", "what"]
    /// A text message says no more than that a request waits: what it says is registered with the vendor.
    private static let everywhere: Set<NoticeChannel> = [.site, .mail, .messenger, .sms]
    /// In chats a card asks already.
    private static let besideCards: Set<NoticeChannel> = [.site, .mail]

    package static let decisionNeeded = NoticeType(
        "ticket.decision-needed", ticket + ["deadline"], to: besideCards, possible: everywhere)
    package static let decided = NoticeType("ticket.decided", ticket + ["outcome", "comment", "by"])
    package static let reminder = NoticeType(
        "ticket.reminder", ticket + ["deadline"], to: besideCards, possible: everywhere)
    package static let escalated = NoticeType(
        "ticket.escalated", ticket + ["deadline"], to: besideCards, possible: everywhere)
    package static let comment = NoticeType("ticket.comment", ticket + ["by", "comment"])
    package static let copy = NoticeType("ticket.copy", ticket + ["state"], to: [.site])
    package static let grantEndingSoon = NoticeType("grant.ending-soon", ["name", "end"])
    package static let grantEnded = NoticeType("grant.ended", ["name"], to: [.site])
    /// Before its end, and without the word of whoever had it.
    package static let grantRevoked = NoticeType("grant.revoked", ["name", "reason"])
    package static let grantUnused = NoticeType("grant.unused", ["name"])
    package static let roleEnded = NoticeType("role.ended", ["role", "organization", "because"])
    /// Who stands in hears it, and in whose name they do: it may not have been they who wished it.
    package static let delegationCreated = NoticeType(
        "delegation.created", ["giver", "deputy", "start", "end", "comment"])
    package static let delegationEnded = NoticeType("delegation.ended", ["giver", "deputy"])
    /// Who answers for an asset hears each time that somebody sees a secret of it.
    package static let secretShown = NoticeType("secret.shown", ["who", "account", "asset", "because"])
    /// Who answers for an asset or a folder above it hears that somebody knows a secret whose time with it is over.
    package static let secretKnown = NoticeType("secret.known", ["who", "account", "asset"])
    package static let secretEndingSoon = NoticeType("secret.ending-soon", ["account", "asset", "end"])
    package static let secretEnded = NoticeType("secret.ended", ["account", "asset", "because"], to: [.site])
    package static let breakGlass = NoticeType(
        "break-glass", ticket, to: everywhere, possible: everywhere, isProtected: true, isUrgent: true, isForRooms: true
    )
    package static let unreviewed = NoticeType(
        "break-glass.unreviewed", ticket, isProtected: true, isForRooms: true)
    /// Its mail is Identity's.
    package static let webhookDisabled = NoticeType(
        "webhook.disabled", ["name", "why"], to: [.site, .messenger], possible: [.site, .messenger],
        isProtected: true, isForRooms: true)
    /// Its mail is Identity's.
    package static let signInNoticed = NoticeType(
        "sign-in.noticed", ["who", "address", "rule"], to: [.site, .messenger],
        possible: [.site, .messenger], isForRooms: true)
    package static let announcement = NoticeType(
        "announcement", ["title", "text"], to: [.site], isProtected: true, isForRooms: true)

    /// All of them, in the order in which people see them.
    package static let all: [NoticeType] = [
        decisionNeeded, decided, reminder, escalated, comment, copy, grantEndingSoon, grantEnded, grantRevoked,
        grantUnused, roleEnded, delegationCreated, delegationEnded, secretShown, secretKnown, secretEndingSoon,
        secretEnded, breakGlass, unreviewed, webhookDisabled, signInNoticed, announcement,
    ]

    static func named(_ key: String) -> NoticeType? { all.first { $0.key == key } }

    /// Whether a person may have it or not there.
    func isFree(_ channel: NoticeChannel) -> Bool { !(isProtected && channel == .site) }
}

extension NoticeType: WireValue {
    package static let schema: Schema<Self> = {
        let words = all.map(\.key)
        return Schema(
            shape: .scalar(["type": "string", "enum": .array(words.map(JSON.string))]),
            read: { json, reading in
                if let type = json.text.flatMap(named) { return type }
                reading.fail("must be one of \(words.joined(separator: ", "))")
                return nil
            },
            write: { $1.string($0.key) })
    }()
}
