package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// A support access as the tenant sees it.
package struct SupportAccess: WireValue, Sendable {
    package static let longest = 24 * 60 * 60
    package static let shortest = 5 * 60
    /// How long a wish waits for an answer.
    package static let patience: TimeInterval = 3 * 24 * 60 * 60

    package let id: SupportAccessID
    package let `operator`: String
    package let role: SupportRole
    package let reason: String
    package let durationSeconds: Int
    package let state: SupportState
    package let askedAt: Date
    package let endsAt: Date
    package let decidedAt: Date?
    package let decidedBy: String?
    /// Whether it can be used, or answered, at the time of asking.
    package let isOpen: Bool
    /// Whether somebody has gone in by it.
    package let isInside: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("operator", \.`operator`, .text(1...200), note: "Who of the hosting provider asks.")
        Field("role", \.role)
        Field("reason", \.reason, .text(1...500))
        Field("durationSeconds", \.durationSeconds, .int(shortest...longest))
        Field("state", \.state)
        Field("askedAt", \.askedAt)
        Field("endsAt", \.endsAt, note: "When the consent ends, or the wish is over if nobody answers.")
        Field("decidedAt", \.decidedAt)
        Field("decidedBy", \.decidedBy, .text(0...200))
        Field("isOpen", \.isOpen, note: "Whether it waits for an answer, or lets somebody in, now.")
        Field("isInside", \.isInside, note: "Whether somebody has gone in by it.")
    }

    package static let listing = Listing<SupportAccess>(
        key: Column("id", "a.support_access_id", \.id), order: .descending("asked"), sortable: ["asked"],
        columns: [Column("asked", "a.asked_at", \.askedAt), Column("state", "a.state", \.state)])
}

/// The same as the provider sees it: nothing of who decided.
package struct SupportWish: WireValue, Sendable {
    package let id: SupportAccessID
    package let tenant: TenantID
    package let `operator`: String
    package let own: Bool
    package let role: SupportRole
    package let reason: String
    package let durationSeconds: Int
    package let state: SupportState
    package let askedAt: Date
    package let endsAt: Date
    package let isOpen: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("tenant", \.tenant)
        Field("operator", \.`operator`, .text(1...200))
        Field("own", \.own, note: "Whether it is one's own.")
        Field("role", \.role)
        Field("reason", \.reason, .text(1...500))
        Field("durationSeconds", \.durationSeconds, .int(SupportAccess.shortest...SupportAccess.longest))
        Field("state", \.state)
        Field("askedAt", \.askedAt)
        Field("endsAt", \.endsAt)
        Field("isOpen", \.isOpen, note: "Whether it waits for an answer, or lets its operator in, now.")
    }

    package static let listing = Listing<SupportWish>(
        key: Column("id", "a.support_access_id", \.id), order: .descending("asked"), sortable: ["asked"],
        columns: [
            Column("asked", "a.asked_at", \.askedAt), Column("state", "a.state", \.state),
            Column("tenant", "a.tenant_id", \.tenant),
        ])
}

/// The body that asks a tenant for support access.
package struct AskForSupport: WireValue {
    package let reason: SupportReason
    package let role: SupportRole
    package let durationSeconds: Int

    package init(reason: SupportReason, role: SupportRole, durationSeconds: Int) {
        self.reason = reason
        self.role = role
        self.durationSeconds = durationSeconds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, note: "The tenant reads it before it decides.")
        Field("role", \.role)
        Field("durationSeconds", \.durationSeconds, .int(SupportAccess.shortest...SupportAccess.longest))
    }
}

/// Why somebody wants in: one line that is more than blanks.
package struct SupportReason: Sendable, Hashable, WireValue {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let words = text.split(separator: " ")
        guard !words.isEmpty else { throw Invalid("must not be blank") }
        self.text = words.joined(separator: " ")
    }

    package static let schema: Schema<Self> = Schema<String>.text(1...500).map(Self.init(parsing:), \.text)
}

/// The body by which a tenant agrees; it may shorten what was asked for.
package struct ConsentToSupport: WireValue {
    package let durationSeconds: Int?

    package init(durationSeconds: Int? = nil) {
        self.durationSeconds = durationSeconds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "durationSeconds", \.durationSeconds, .int(SupportAccess.shortest...SupportAccess.longest),
            note: "What was asked for if absent; never longer.")
    }
}

/// The link by which an operator goes in, once.
package struct SupportEntry: WireValue {
    package let url: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("url", \.url, .text(1...500), note: "Good for a minute, once.")
    }
}

/// The token of such a link.
package struct EnterSupport: WireValue {
    package let token: String

    package init(token: String) {
        self.token = token
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
    }
}
