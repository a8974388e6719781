import HTTPAPI
package import Kernel
package import Postgres
package import Tenancy

/// By what a provider of OpenID Connect knows whose session ends there (RP-Initiated Logout §2). Kept sealed, for a day.
enum SignOutHint: Equatable {
    /// The ID token, which goes in a form only: addresses stand in logs and histories.
    case token(String)
    /// How the provider itself calls the person for this (`login_hint`).
    case person(String)

    /// Longer ones fit into no form of a server that is careful.
    static let longest = 16_000
    static let table = "sign_out_hints"

    /// What a provider that is left in this way is to be told; nil if that is nothing.
    init?(_ leaving: OIDCLeaving, idToken: String, claims: JSON) {
        switch leaving {
        case .form: self = .token(idToken)
        case .address:
            guard let hint = claims["login_hint"]?.text, !hint.isEmpty, hint.utf8.count <= 1000 else { return nil }
            self = .person(hint)
        }
        guard text.utf8.count <= Self.longest else { return nil }
    }

    init?(text: String) {
        switch text.first {
        case "T": self = .token(String(text.dropFirst()))
        case "P": self = .person(String(text.dropFirst()))
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .token(let token): "T" + token
        case .person(let name): "P" + name
        }
    }
}

/// Where somebody who has signed out here signs out there: an address, and what a form posts to it, if it takes one.
struct FarewellPlace {
    let url: String
    var fields: [(name: String, value: String)] = []
}

/// The rows of what providers are told.
enum SignOutHintStore {
    static func keep(
        _ id: SignOutHintID, _ sealed: SealedValue, of user: UserID, at provider: IdentityProviderID,
        visit: Visit, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sign_out_hints
              (tenant_id, sign_out_hint_id, identity_provider_id, user_id, tenant_key_id, sealed_hint, created_at)
            values (\(visit.scope.tenant), \(id), \(provider), \(user), \(sealed.tenantKey), \(sealed.bytes),
              \(visit.now))
            on conflict on constraint sign_out_hints_person_uq do update
            set sign_out_hint_id = excluded.sign_out_hint_id, tenant_key_id = excluded.tenant_key_id,
              sealed_hint = excluded.sealed_hint, created_at = excluded.created_at
            """)
    }

    static func forget(_ people: Set<UserID>, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from sign_out_hints
            where tenant_id = \(scope.tenant) and user_id = any(\(people.sorted { $0.text < $1.text }))
            """)
    }

    /// What a provider said is for nobody else to hear.
    static func forget(at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from sign_out_hints where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """)
    }

    static func sealed(
        of user: UserID, at provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> (id: SignOutHintID, sealed: [UInt8])? {
        try await database.first(
            """
            select sign_out_hint_id, sealed_hint from sign_out_hints
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and user_id = \(user)
            """, in: scope
        ) { (id: try $0.next(), sealed: try $0.next()) }
    }
}

/// Moves what providers are told under a tenant's new key.
package struct SignOutHintsRewrapping: ColumnRewrapping {
    package typealias Row = SignOutHintID

    package let database: Database
    package var name: String { SignOutHint.table }
    package var place: SealedPlace { SealedPlace("sign_out_hints", by: "sign_out_hint_id", "sealed_hint") }

    package init(database: Database) {
        self.database = database
    }
}
