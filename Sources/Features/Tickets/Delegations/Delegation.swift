package import FoundationEssentials
package import Kernel

/// Somebody answers requests in another person's seat for a while.
package struct Delegation: WireValue, Sendable {
    package let id: DelegationID
    package let from: TicketPerson
    package let to: TicketPerson
    package let note: String
    package let startsAt: Date
    package let endsAt: Date
    package let endedAt: Date?
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("from", \.from)
        Field("to", \.to)
        Field("note", \.note, .text(0...200))
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt)
        Field("endedAt", \.endedAt, Date.schema, note: "When it was ended before its end.")
        Field("createdAt", \.createdAt)
    }
}

/// Those that a person gave, and those that others gave to them; the newest first.
package struct Delegations: WireValue, Sendable {
    package let items: [Delegation]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...200)
    }
}

/// The body by which a person has another one answer in their seat.
package struct CreateDelegation: WireValue {
    package let to: Colleague
    package let note: String
    package let startsAt: Date?
    package let endsAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("to", \.to)
        Field("note", \.note, Schema<String>.text(0...200).otherwise(""))
        Field("startsAt", \.startsAt, Date.schema, note: "Absent for now.")
        Field("endsAt", \.endsAt, note: "Within ninety days.")
    }
}

/// Another person of the company: by id, or by the login that one knows.
package struct Colleague: WireValue, Sendable {
    package let user: UserID?
    package let login: String?

    package init(_ user: UserID) {
        self.user = user
        login = nil
    }

    private init(user: UserID?, login: String?) throws(Invalid) {
        guard (user == nil) != (login == nil) else { throw Invalid("needs either a user or a login") }
        self.user = user
        self.login = login
    }

    package static let schema: Schema<Self> = .record(Self.init(user:login:)) {
        Field("user", \.user, UserID.schema)
        Field("login", \.login, .text(1...200))
    }
}
