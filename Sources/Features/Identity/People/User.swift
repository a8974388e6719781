package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A person of a tenant, as administrators see them.
package struct User: Versioned, Sendable {
    package let id: UserID
    package let login: String
    package let name: String
    package let email: String?
    package let state: State
    package let roles: [RoleReference]
    package let locked: Bool
    package let secondFactor: Bool
    package let mustChangePassword: Bool
    package let expiresAt: Date?
    package let lastSignInAt: Date?
    package let createdAt: Date
    package let version: Int
    package var manager: Manager?
    package var hasManagerByProvider = false
    package var lentRoles: [LentRole] = []

    package enum State: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable { case active, disabled }
}

extension User: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(1...254))
        Field("state", \.state)
        Field("roles", \.roles, count: 0...100, note: "What the person has for good.")
        Field("locked", \.locked, note: "Whether too many failed sign-ins lock the account for a while.")
        Field("secondFactor", \.secondFactor)
        Field(
            "mustChangePassword", \.mustChangePassword,
            note: "Whether the next sign-in asks for a new password, because somebody said so or because of its age.")
        Field("expiresAt", \.expiresAt, note: "From when on nobody comes in; the user is disabled then.")
        Field("lastSignInAt", \.lastSignInAt)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("manager", \.manager, Manager.schema, note: "Whom flows may ask about the person's requests.")
        Field(
            "managerByProvider", \.hasManagerByProvider,
            note: "An identity provider has said who that is, and nobody changes it here.")
        Field("lentRoles", \.lentRoles, count: 0...100, note: "What the person has for a while, besides.")
    }
}

extension User {
    /// What users can be filtered and sorted by.
    package static let listing = Listing<User>(
        key: Column("id", "u.user_id", \.id),
        order: .ascending("login"),
        sortable: ["login", "name", "created"],
        columns: [
            Column("login", "u.login", \.login, .text(1...64)),
            Column("name", "u.name", \.name, .text(1...200)),
            Column("state", "u.state", \.state),
            Column("created", "u.created_at", \.createdAt),
        ]
    )
}

/// A role as it stands beside a person.
package struct RoleReference: Sendable, Hashable {
    package let id: RoleID
    package let name: String
    package let builtIn: BuiltInRole?

    package init(id: RoleID, name: String, builtIn: BuiltInRole?) {
        self.id = id
        self.name = name
        self.builtIn = builtIn
    }

    /// What the store aggregates: `[{"id": uuid, "name": …, "builtIn": …}]`.
    static func list(from json: JSON) -> [RoleReference] {
        guard case .array(let items) = json else { return [] }
        return items.compactMap { item in
            guard let id = item["id"]?.text.flatMap({ UUID(uuidString: $0) }), let name = item["name"]?.text else {
                return nil
            }
            return RoleReference(
                id: RoleID(id), name: name, builtIn: item["builtIn"]?.text.flatMap(BuiltInRole.init(rawValue:)))
        }
    }
}

extension RoleReference: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("builtIn", \.builtIn)
    }
}

/// A role named in a request: by its id, or a built-in one by its word.
package enum RoleName: Sendable, Hashable {
    case id(RoleID)
    case builtIn(BuiltInRole)

    private init?(_ text: String) {
        if let role = BuiltInRole(rawValue: text) {
            self = .builtIn(role)
        } else if let id = RoleID(text) {
            self = .id(id)
        } else {
            return nil
        }
    }

    private var text: String {
        switch self {
        case .id(let id): id.text
        case .builtIn(let role): role.rawValue
        }
    }
}

extension RoleName: WireValue {
    package static let schema: Schema<Self> = .parsed(
        4...40, pattern: "^(administrator|auditor|user|rol_[0-7][0-9a-hjkmnp-tv-z]{25})$",
        "must be administrator, auditor, user or the id of a role", parse: Self.init, text: \.text)
}
