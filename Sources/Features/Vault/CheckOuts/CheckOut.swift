package import Assets
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A secret that somebody was given for a while: by which request, from when to when. The secret is no part of it.
package struct CheckOut: WireValue, Sendable {
    package let id: CheckOutID
    package let account: AccountID
    package let accountName: AccountName
    package let kind: SecretKind
    package let asset: AssetID
    package let assetName: String
    package let user: UserID
    package let userName: String
    package let ticket: TicketID
    package let number: Int
    package let startsAt: Date
    package let endsAt: Date
    package let state: State
    package let endedBecause: EndCause?
    package let endedAt: Date?
    package let shownCount: Int
    package let lastShownAt: Date?
    /// Its holder has seen the secret that the account has now.
    package let isKnown: Bool
    package let createdAt: Date

    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Sendable {
        case active
        case ended
    }

    package enum EndCause: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Sendable {
        case time
        case checkedIn = "checked-in"
        case revoked
        /// Whoever had it is disabled.
        case holderGone = "holder-gone"
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("account", \.account)
        Field("accountName", \.accountName)
        Field("kind", \.kind)
        Field("asset", \.asset)
        Field("assetName", \.assetName, .text(0...63))
        Field("user", \.user)
        Field("userName", \.userName, .text(0...200))
        Field("ticket", \.ticket, note: "The request that it came from.")
        Field("number", \.number, .int(1...Int(Int32.max)), note: "The number of the request.")
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt)
        Field("state", \.state)
        Field("endedBecause", \.endedBecause, EndCause.schema)
        Field("endedAt", \.endedAt, Date.schema)
        Field("shownCount", \.shownCount, .int(0...Int(Int32.max)), note: "How often its holder has looked at it.")
        Field("lastShownAt", \.lastShownAt, Date.schema)
        Field("isKnown", \.isKnown, note: "Its holder has seen the secret that the account has now.")
        Field("createdAt", \.createdAt)
    }

    /// What they can be filtered and sorted by.
    package static let listing = Listing<CheckOut>(
        key: Column("id", "o.checkout_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("state", "o.state", \.state), Column("account", "o.account_id", \.account),
            Column("user", "o.user_id", \.user),
            Column("isKnown", "coalesce(o.shown_version = c.secret_version, false)", \.isKnown),
            Column("accountName", "c.name", \.accountName),
            Column("createdAt", "o.created_at", \.createdAt),
        ])

    /// Throws unless its secret may be seen now. The sweep comes later than the end: times are compared.
    package func check(at now: Date) throws(VaultError) {
        guard state == .active, now < endsAt else { throw .checkOutOver }
        guard now >= startsAt else { throw .checkOutLater }
    }
}

/// What is to be given: all that a request has settled.
package struct SecretLoan: Sendable, Hashable {
    package let account: AccountID
    package let user: UserID
    package let ticket: TicketID
    package let number: Int
    package let startsAt: Date
    package let endsAt: Date

    package init(
        account: AccountID, user: UserID, ticket: TicketID, number: Int, startsAt: Date, endsAt: Date
    ) {
        self.account = account
        self.user = user
        self.ticket = ticket
        self.number = number
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    /// When its holder is told of the end first.
    func reminder(after now: Date) -> Date? { EndReminder.next(from: startsAt, to: endsAt, after: now) }
}

/// The body that takes a check-out back.
package struct RevokeCheckOut: WireValue {
    package let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, .text(1...500), note: "Goes into the audit trail.")
    }
}
