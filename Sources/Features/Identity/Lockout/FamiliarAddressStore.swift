import FoundationEssentials
import Kernel
import Postgres

/// The rows of addresses that people came in from.
enum FamiliarAddressStore {
    /// For how long an address stays familiar, and how many of them somebody has.
    static let lifetime: TimeInterval = 30 * 24 * 60 * 60
    private static let most = 10

    /// The failures that came from there, held until the transaction ends; nil if the person does not come from there.
    static func counter(
        of user: UserID, at source: SourceAddress, _ now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> AttemptCounter? {
        try await tx.first(
            """
            select failed_attempts, locked_until from familiar_addresses
            where tenant_id = \(scope.tenant) and user_id = \(user) and address = \(source.text)
              and signed_in_at > \(now - lifetime)
            for no key update
            """
        ) { AttemptCounter(failures: try $0.next(), lockedUntil: try $0.next()) }
    }

    static func setCounter(
        _ counter: AttemptCounter, of user: UserID, at source: SourceAddress, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            update familiar_addresses
            set failed_attempts = \(counter.failures), locked_until = \(counter.lockedUntil)
            where tenant_id = \(scope.tenant) and user_id = \(user) and address = \(source.text)
            """)
    }

    /// Somebody came in from there. The oldest of many addresses makes room.
    static func note(
        _ user: UserID, from address: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard let source = SourceAddress(address) else { return }
        try await tx.enqueue(
            """
            with gone as (
              delete from familiar_addresses f where f.tenant_id = \(scope.tenant) and f.user_id = \(user)
                and f.address in (
                  select o.address from familiar_addresses o
                  where o.tenant_id = \(scope.tenant) and o.user_id = \(user) and o.address <> \(source.text)
                  order by o.signed_in_at desc, o.address offset \(most - 1)))
            insert into familiar_addresses (tenant_id, user_id, address, signed_in_at)
            values (\(scope.tenant), \(user), \(source.text), \(now))
            on conflict (tenant_id, user_id, address) do update set signed_in_at = excluded.signed_in_at
            """)
    }

    /// Forgets the failures, and keeps the addresses.
    static func forgive(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            update familiar_addresses set failed_attempts = 0, locked_until = null
            where tenant_id = \(scope.tenant) and user_id = \(user) and failed_attempts > 0
            """)
    }
}
