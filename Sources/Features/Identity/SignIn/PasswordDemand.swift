import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

/// What somebody's new password has to be, to be told before they choose it. The rest shows when it is refused.
package struct PasswordDemand: WireValue, Equatable {
    package let length: Int
    package let kinds: Int

    package init(length: Int, kinds: Int) {
        self.length = length
        self.kinds = kinds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("length", \.length, .int(1...64), note: "How many characters it has at least.")
        Field(
            "kinds", \.kinds, .int(0...4),
            note: "Of how many kinds it has to be: small letters, capital letters, digits, others; 0 for no such rule.")
    }

    /// What the person's organization says of it, if anything.
    struct Said {
        let length: JSON?
        let kinds: JSON?

        /// As columns of a statement about a row with `tenant_id` and `org_id`.
        static func columns(at row: SQL) -> SQL {
            "\(fragment: Setting.passwordLength.said(at: row)), \(fragment: Setting.passwordKinds.said(at: row))"
        }

        init(_ row: inout Row) throws {
            length = try row.next()
            kinds = try row.next()
        }
    }

    /// The same where an organization can only ask for more.
    func raised(_ said: Said) -> PasswordDemand {
        PasswordDemand(
            length: Setting.passwordLength.value(of: length, unless: said.length),
            kinds: Setting.passwordKinds.value(of: kinds, unless: said.kinds))
    }
}

/// Tells somebody on the way in what the password has to be that they choose next: by an invitation, or because theirs has to
/// be changed. Whoever has the token is told; it is spent by nothing of that.
struct ShowPasswordDemand {
    let database: Database
    /// The company's.
    let demand: PasswordDemand

    func callAsFunction(
        _ request: SignInTokenRequest, at now: Date, in scope: TenantScope
    ) async throws -> PasswordDemand {
        guard let stored = try await SignInStore.find(request.token, in: scope, database),
            now < stored.state.expiresAt, [.changePassword, .invitation].contains(stored.state.stage)
        else { throw IdentityError.signInExpired }
        let said = try await database.first(
            """
            select \(fragment: PasswordDemand.Said.columns(at: "u"))
            from users u where u.tenant_id = \(scope.tenant) and u.user_id = \(stored.user)
            """, in: scope
        ) { try PasswordDemand.Said(&$0) }
        return said.map(demand.raised) ?? demand
    }
}
