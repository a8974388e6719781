import FoundationEssentials
import Kernel
import Postgres

/// The rows of SSH keys that end on a day.
enum SSHKeyEndStore {
    struct Ending {
        let tenant: TenantID
        let key: SSHKeyID
    }

    /// A key whose person is told.
    struct Told {
        let user: UserID
        let name: String
        let end: Date
    }

    /// Keys that are good and end soon, and of which nobody was told yet, of whichever tenant.
    static func near(_ end: Date, after now: Date, _ database: Database) async throws -> [Ending] {
        try await database.query(
            """
            select tenant_id, ssh_key_id from ssh_keys
            where disabled_at is null and expires_at > \(now) and expires_at <= \(end) and end_told_at is null
            order by expires_at limit 500
            """, in: SystemScope(reason: "tell of SSH keys that end soon")
        ) { Ending(tenant: try $0.next(), key: try $0.next()) }
    }

    /// Notes that the people of keys are told; without those who were, or whose key is gone.
    static func noteTold(
        _ keys: [SSHKeyID], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [Told] {
        try await tx.query(
            """
            update ssh_keys set end_told_at = \(now)
            where tenant_id = \(scope.tenant) and ssh_key_id = any(\(keys)) and disabled_at is null
              and expires_at > \(now) and end_told_at is null
            returning user_id, name, expires_at
            """
        ) { Told(user: try $0.next(), name: try $0.next(), end: try $0.next()) }
    }
}
