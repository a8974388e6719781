package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A person of the hosting provider.
package struct ProviderOperator: Versioned, Sendable {
    package let id: ProviderOperatorID
    package let login: String
    package let name: String
    package let email: String?
    package let roles: [ProviderRole]
    package let state: State
    package let locked: Bool
    package let secondFactor: Bool
    package let lastSignInAt: Date?
    package let createdAt: Date
    package let version: Int

    package enum State: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable { case active, disabled }
}

extension ProviderOperator: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(1...254))
        Field("roles", \.roles, count: 1...3)
        Field("state", \.state)
        Field("locked", \.locked, note: "Whether too many failed sign-ins lock the account for a while.")
        Field("secondFactor", \.secondFactor)
        Field("lastSignInAt", \.lastSignInAt)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

extension ProviderOperator {
    /// What operators can be filtered and sorted by.
    package static let listing = Listing<ProviderOperator>(
        key: Column("id", "o.operator_id", \.id),
        order: .ascending("login"),
        sortable: ["login", "name", "created"],
        columns: [
            Column("login", "o.login", \.login, .text(1...64)),
            Column("name", "o.name", \.name, .text(1...200)),
            Column("state", "o.state", \.state),
            Column("created", "o.created_at", \.createdAt),
        ]
    )
}
