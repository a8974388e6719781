import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Puts a tenant's keys under another key at the top, all at once: under one of the tenant's own, back under the
/// installation's, or under the installation's new one. Whoever has them in memory goes on; nothing else moves.
struct ChangeTopKey {
    let database: Database
    let keys: TenantKeys

    /// The tenant brings a key. It is tried before anything is written.
    func use(
        _ request: UseOwnKeyRequest, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws {
        let provider: any KeyProvider
        do throws(KeyProviderError) {
            provider = try keys.tops.candidate(request, in: scope)
            // The name is asked for first: a service may make a key of any name that it is given something for.
            _ = try await provider.current()
        } catch {
            throw TenancyError.ownKeyRefused(error.description)
        }
        let token = try await keys.tops.wrapToken(request.token, of: request.key, in: scope)
        audit.detail("key", .string("\(request.key.address)/\(request.key.mount)/\(request.key.name)"))
        try await move(to: provider, in: scope) { tx in
            try await tx.execute(
                """
                insert into tenant_own_keys
                  (tenant_id, address, mount, name, master_key_id, wrapped_token, created_at, created_by)
                values (\(scope.tenant), \(request.key.address), \(request.key.mount), \(request.key.name),
                  \(token.key), \(token.bytes), \(now), \(user))
                on conflict (tenant_id) do update set address = excluded.address, mount = excluded.mount,
                  name = excluded.name, master_key_id = excluded.master_key_id,
                  wrapped_token = excluded.wrapped_token, created_at = excluded.created_at,
                  created_by = excluded.created_by
                """)
            try await audit.write(in: tx)
        }
    }

    /// The tenant's key is no longer used: the installation's takes its place.
    func stop(audit: AuditDraft, in scope: TenantScope) async throws {
        guard try await keys.tops.stored(in: scope) != nil else { throw TenancyError.notFound }
        try await move(to: keys.tops.masters.current, in: scope) { tx in
            try await tx.execute("delete from tenant_own_keys where tenant_id = \(scope.tenant)")
            try await audit.write(in: tx)
        }
    }

    /// Keys that another key of the installation wraps follow to the current one; tells how many there were.
    func follow(in scope: TenantScope) async throws -> Int {
        var count = try await keys.tops.rewrapToken(in: scope) ? 1 : 0
        guard try await keys.tops.stored(in: scope) == nil else { return count }
        let current = try await keys.tops.masters.current.current()
        let old = try await keys.store.keys(in: scope).filter { $0.master != current }
        guard !old.isEmpty else { return count }
        try await move(to: keys.tops.masters.current, in: scope) { _ in }
        count += old.count
        return count
    }

    private func move(
        to provider: any KeyProvider, in scope: TenantScope, _ write: (Transaction) async throws -> Void
    ) async throws {
        let rows = try await keys.store.keys(in: scope)
        let opened = try await keys.unwrapped(rows, candidate: provider, in: scope)
        let wrapped: [WrappedTenantKey]
        do throws(KeyProviderError) {
            wrapped = try await TenantKey.wrap(opened, with: provider)
        } catch {
            throw KeysClosed(error)
        }
        try await database.transaction(in: scope) { tx in
            let now = try await TenantKeyStore.lockAll(in: scope, tx)
            guard now == Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.master) }) else {
                throw TenancyError.keysChanging
            }
            for key in wrapped { try await TenantKeyStore.replace(key, in: tx) }
            try await write(tx)
        }
        keys.forget(scope.tenant)
    }
}
