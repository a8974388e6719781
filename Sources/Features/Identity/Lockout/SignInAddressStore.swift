import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of addresses that sign-ins failed from.
enum SignInAddressStore {
    static func lockedUntil(
        _ source: SourceAddress, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Date? {
        try await database.first(
            """
            select locked_until from sign_in_addresses
            where tenant_id = \(scope.tenant) and address = \(source.text) and locked_until > \(now)
            """, in: scope
        ) { try $0.next() }
    }

    /// Counts a failure; those from before `start` are forgotten, and after a lock those from before its end.
    static func fail(
        _ source: SourceAddress, since start: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.first(
            """
            insert into sign_in_addresses as a (tenant_id, address, failures, counted_since, failed_at)
            values (\(scope.tenant), \(source.text), 1, \(now), \(now))
            on conflict (tenant_id, address) do update set
              failures = case when coalesce(a.locked_until, a.counted_since) > \(start) then a.failures + 1 else 1 end,
              counted_since =
                case when coalesce(a.locked_until, a.counted_since) > \(start) then a.counted_since else \(now) end,
              locked_until = case when coalesce(a.locked_until, a.counted_since) > \(start) then a.locked_until end,
              failed_at = excluded.failed_at
            returning a.failures
            """
        ) { try $0.next() } ?? 1
    }

    static func lock(
        _ source: SourceAddress, until end: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update sign_in_addresses set locked_until = \(end)
            where tenant_id = \(scope.tenant) and address = \(source.text)
            """)
    }

    /// Forgets what was counted; false if the address was not locked.
    static func unlock(
        _ address: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from sign_in_addresses
            where tenant_id = \(scope.tenant) and address = \(address) and locked_until > \(now)
            """)
        return rows == 1
    }

    static func list(
        _ page: PageRequest, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [LockedAddress] {
        try await database.query(
            """
            select a.address, a.failures, a.counted_since, a.failed_at, a.locked_until from sign_in_addresses a
            where a.tenant_id = \(scope.tenant) and a.locked_until > \(now) \(page)
            """, in: scope
        ) {
            LockedAddress(
                address: try $0.next(), failures: try $0.next(), since: try $0.next(), lastFailureAt: try $0.next(),
                lockedUntil: try $0.next())
        }
    }
}
