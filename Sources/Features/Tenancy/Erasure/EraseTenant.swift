import Audit
import FoundationEssentials
import Kernel
import Postgres

/// Erases everything of a tenant whose grace period is over, and signs what was erased.
///
/// Objects go first, since a store of the tenant's own may take a sealed credential; then the keys, after which nothing
/// that is left can be opened; then every row. Each step is noted when it is done and may be done again: whoever takes
/// over from a node that died goes on with the step that was not noted.
struct EraseTenant {
    let store: TenantStore
    let keys: TenantKeys
    let parts: ErasureParts

    private var erasures: ErasureStore { ErasureStore(database: store.database) }

    private static let batch = 20_000

    /// `clock` is asked for each step, which may take hours.
    func callAsFunction(_ id: TenantID, clock: @Sendable () -> Date) async throws {
        let scope = TenantScope(tenant: id)
        guard let tenant = try await store.find(id, in: scope), let graceEnd = tenant.life.graceEndsAt,
            tenant.state == .closing, graceEnd <= clock()
        else { return }
        if try await erasures.find(in: scope) == nil { try await begin(tenant, at: clock()) }
        try await removeObjects(at: clock(), in: scope)
        try await destroyKeys(at: clock(), in: scope)
        repeat {
            try await removeRows(at: clock(), in: scope)
        } while try await !finish(tenant, at: clock())
        try await ProviderAuditLog(database: store.database).append(
            AuditEntry(
                action: TenantEvents.Kind.deleted.rawValue, actor: .system("end of the grace period"),
                target: AuditTarget("tenant", id, tenant.slug.text), at: clock()),
            about: id, scope: ProviderScope())
    }

    private func begin(_ tenant: Tenant, at now: Date) async throws {
        let objects = try await parts.objects(tenant.scope)
        let bytes = try await parts.recordedBytes(tenant.scope)
        try await store.database.transaction(in: tenant.scope) { tx in
            guard let locked = try await store.lock(tenant.id, in: tx), locked.state == .closing else {
                throw TenancyError.wrongState
            }
            let rows = try await ErasureStore.inventory(tx)
            let inventory: JSON = [
                "tenantKeys": .array(try await ErasureStore.keys(in: tenant.scope, tx)),
                "signingKeys": .array(try await ErasureStore.signingKeys(in: tenant.scope, tx)),
                "objects": .int(Int64(objects)), "recordedBytes": .int(Int64(bytes)),
                "rows": .object(rows.map { .init($0.table, .int(Int64($0.rows))) }),
            ]
            try await ErasureStore.begin(.new(at: now), inventory, at: now, in: tenant.scope, tx)
        }
    }

    private func removeObjects(at now: Date, in scope: TenantScope) async throws {
        guard try await erasures.find(in: scope)?.steps.objectsRemovedAt == nil else { return }
        try await parts.removeObjects(scope)
        try await erasures.noteObjectsRemoved(at: now, in: scope)
    }

    private func destroyKeys(at now: Date, in scope: TenantScope) async throws {
        guard try await erasures.find(in: scope)?.steps.keysDestroyedAt == nil else { return }
        try await store.database.transaction(in: scope) { tx in
            guard let tenant = try await store.lock(scope.tenant, in: tx), tenant.state == .closing else {
                throw TenancyError.wrongState
            }
            try await ErasureStore.destroyKeys(in: scope, tx)
            try await ErasureStore.noteKeysDestroyed(at: now, in: scope, tx)
            // Every node forgets what it holds of the keys.
            try await TenantStore.announce(tenant, in: tx)
        }
        keys.forget(scope.tenant)
    }

    private func removeRows(at now: Date, in scope: TenantScope) async throws {
        let eraser = ErasureScope(tenant: scope.tenant)
        while try await erasures.erase(Self.batch, in: eraser) > 0 {}
        // What refers to its own table in a circle goes only all at once.
        while try await erasures.erase(nil, in: eraser) > 0 {}
        // Whatever a late report of a worker brought after the objects were removed.
        try await parts.removeObjects(scope)
        try await erasures.noteRowsRemoved(at: now, in: scope)
    }

    /// False if something has come in meanwhile.
    private func finish(_ tenant: Tenant, at now: Date) async throws -> Bool {
        guard let begun = try await erasures.find(in: tenant.scope) else { throw TenancyError.wrongState }
        return try await store.database.transaction(in: tenant.scope) { tx in
            guard let locked = try await store.lock(tenant.id, in: tx), locked.state == .closing else {
                throw TenancyError.wrongState
            }
            guard try await ErasureStore.inventory(tx).isEmpty else { return false }
            let proof = ErasureProof(
                erasure: begun.id, tenant: tenant.id, slug: tenant.slug.text, name: tenant.name,
                closedBy: try await store.closer(of: tenant.id, in: tx) ?? "",
                graceEndedAt: locked.life.graceEndsAt ?? now, steps: begun.steps, finishedAt: now,
                inventory: begun.inventory)
            try await ErasureStore.finish(try proof.signed(by: parts.signer), at: now, in: tenant.scope, tx)
            try await store.setLife(try locked.life.after(.erased, at: now), of: tenant.id, in: tx)
            try await TenantEvents.publish(.deleted, tenant, at: now, in: tx)
            try await TenantStore.announce(tenant, in: tx)
            return true
        }
    }
}
