import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

extension SecondFactorKind: SQLBindable, SQLDecodable {}
extension SessionExemption: SQLBindable, SQLDecodable {}

/// The rows of browsers in which people are not asked again.
enum RememberedDeviceStore {
    static func insert(
        _ token: RandomToken, of user: UserID, _ factor: SecondFactorKind, _ request: RequestFacts,
        until end: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from remembered_devices
            where tenant_id = \(scope.tenant) and user_id = \(user) and token_hash in (
              select d.token_hash from remembered_devices d
              where d.tenant_id = \(scope.tenant) and d.user_id = \(user)
              order by d.remembered_at desc offset \(RememberedDevice.most - 1))
            """)
        try await tx.execute(
            """
            insert into remembered_devices
              (tenant_id, token_hash, user_id, factor, client_address, user_agent, remembered_at, expires_at)
            values (\(scope.tenant), \(token.hash.bytes), \(user), \(factor), \(request.clientAddress),
              \(request.userAgent), \(now), \(end))
            """)
    }

    /// What was shown on the device of this cookie, if it is this person's and still good: for as many days as it was said
    /// then, and as the company says now.
    static func factor(
        _ hash: [UInt8], of user: UserID, days: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> SecondFactorKind? {
        try await tx.first(
            """
            select factor from remembered_devices
            where tenant_id = \(scope.tenant) and token_hash = \(hash) and user_id = \(user) and expires_at > \(now)
              and remembered_at > \(now - TimeInterval(days * 86_400))
            """
        ) { try $0.next() }
    }

    static func touch(_ hash: [UInt8], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update remembered_devices set last_used_at = \(now)
            where tenant_id = \(scope.tenant) and token_hash = \(hash)
            """)
    }

    static func list(
        of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [RememberedDevice] {
        try await database.query(
            """
            select user_agent, client_address, factor, remembered_at, last_used_at, expires_at from remembered_devices
            where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at > \(now)
            order by remembered_at desc limit \(RememberedDevice.most)
            """, in: scope
        ) {
            RememberedDevice(
                userAgent: try $0.next(), clientAddress: try $0.next(), factor: try $0.next(),
                rememberedAt: try $0.next(), lastUsedAt: try $0.next(), expiresAt: try $0.next())
        }
    }

    /// Whoever changes what they confirm with, or is shut out, is asked everywhere again; the browsers that were let in so
    /// are out.
    static func forgetAll(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await forgetAll(of: [user], in: scope, tx)
    }

    static func forgetAll(of people: [UserID], in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            "delete from remembered_devices where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.enqueue(
            """
            delete from web_sessions
            where tenant_id = \(scope.tenant) and user_id = any(\(people)) and second_factor_at is null
              and device_hash is not null
            """)
    }
}
