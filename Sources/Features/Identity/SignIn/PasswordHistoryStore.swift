import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The rows of passwords that people had before.
enum PasswordHistoryStore {
    struct Past {
        /// The one in use first, then the others, the latest first.
        let hashes: [String]
        /// What the person's organization says about history, if anything, and about the rest.
        let remembered: JSON?
        let said: PasswordDemand.Said
    }

    static func find(_ user: UserID, in scope: TenantScope, _ database: Database) async throws -> Past? {
        try await database.first(
            """
            select array_remove(array_prepend(u.password_hash, array(
                select h.password_hash from password_history h
                where h.tenant_id = u.tenant_id and h.user_id = u.user_id order by h.set_at desc, h.password_hash)), null),
              \(fragment: Setting.passwordHistory.said(at: "u")), \(fragment: PasswordDemand.Said.columns(at: "u"))
            from users u where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { Past(hashes: try $0.next(), remembered: try $0.next(), said: try PasswordDemand.Said(&$0)) }
    }

    /// Keeps the password that is about to be replaced, and as many before it as can ever be asked for. It holds
    /// the account first, as everybody does.
    static func keepCurrent(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            insert into password_history (tenant_id, user_id, password_hash, set_at)
            select u.tenant_id, u.user_id, u.password_hash, coalesce(u.password_changed_at, u.created_at) from users u
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user) and u.password_hash is not null
            for no key update of u
            on conflict do nothing
            """)
        try await tx.enqueue(
            """
            delete from password_history g
            where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and g.password_hash in (
              select h.password_hash from password_history h
              where h.tenant_id = \(scope.tenant) and h.user_id = \(user)
              order by h.set_at desc, h.password_hash offset \(Setting.mostRemembered - 1))
            """)
    }
}
