import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Removes a provider, with who its people are there and all that only its rules gave them.
struct RemoveProvider {
    let database: Database
    let changing: ChangeProviders

    func callAsFunction(_ id: IdentityProviderID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            // In the order of a sync, and whoever may lose the administrators' role comes after others who may.
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            let provider = try await changing.hold(id, acting, tx)
            // Those whom it knows come in no more.
            try await changing.check(provider, acting, tx)
            // Those whom it confirms would come in with their passwords alone.
            let confirmed = try await RADIUSFactorStore.countLast(at: id, in: acting.scope, tx)
            guard confirmed == 0 else { throw IdentityError.confirmsPeople(confirmed) }
            let taken = try await TakeGiven(
                provider: provider, catalogue: changing.catalogue, trail: AuditLog(database: database),
                now: acting.now, scope: acting.scope
            ).fromEverybody(tx)
            acting.audit.detail("people", .int(Int64(taken.people.count)))
            acting.audit.detail("roles", .int(Int64(taken.roles)))
            acting.audit.detail("memberships", .int(Int64(taken.groups)))
            acting.audit.detail("places", .int(Int64(taken.places)))
            acting.audit.detail("managers", .int(Int64(taken.managers)))
            if !taken.spared.isEmpty {
                acting.audit.detail("administratorsKept", .array(taken.spared.map { .string($0.text) }))
            }
            try await KeptGroupStore.release(id, in: acting.scope, tx)
            try await IdentityProviderStore.remove(id, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// Says beforehand who would lose what.
    func foresee(_ id: IdentityProviderID, in scope: TenantScope, at now: Date) async throws -> ProviderRemoval {
        try await database.transaction(in: scope) { tx in
            guard try await IdentityProviderStore.exists(id, in: scope, tx) else { throw IdentityError.notFound }
            return try await ProviderRemovalStore(provider: id, now: now, scope: scope).count(tx)
        }
    }
}
