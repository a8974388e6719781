package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// Who goes where.
extension Hosting {
    package func place(
        _ worker: WorkerID, at place: WorkerPlace, now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws -> Worker {
        try await PlaceWorker(database: database)(worker, at: place, in: scope, audit: audit)
        return try await self.worker(worker, at: now, in: scope)
    }

    /// The workers that a tenant may use.
    package func pinning(of tenant: TenantID, in scope: ProviderScope) async throws -> TenantPinning {
        try await database.first(PlacementStore.pinning(of: tenant), in: scope, { try TenantPinning(&$0) }) ?? .shared
    }

    /// Binds a tenant, or frees it with nil.
    package func pin(
        _ tenant: TenantID, to pinning: TenantPinning?, at now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws -> TenantPinning {
        try await PinTenant(database: database)(tenant, to: pinning, at: now, in: scope, audit: audit)
        return pinning ?? .shared
    }

    package func endpointRules(in scope: TenantScope) async throws -> EndpointRules {
        let rules = try await database.first(
            PlacementStore.rules(of: scope.tenant), in: scope, { [EndpointRule](stored: try $0.next(JSON.self)) })
        return EndpointRules(rules: rules ?? [])
    }

    package func set(
        _ rules: EndpointRules, at now: Date, in scope: TenantScope, audit: AuditDraft
    ) async throws -> EndpointRules {
        try await SetEndpointRules(database: database)(rules, at: now, in: scope, audit: audit)
        return rules
    }

    package func endpointRules(in scope: ProviderScope) async throws -> ProviderEndpointRules {
        let rules = try await database.first(
            PlacementStore.providerRules(), in: scope, { [EndpointRule](stored: try $0.next(JSON.self)) })
        return try ProviderEndpointRules(rules: rules ?? [])
    }

    package func set(
        _ rules: ProviderEndpointRules, at now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws -> ProviderEndpointRules {
        try await SetEndpointRules(database: database)(rules, at: now, in: scope, audit: audit)
        return rules
    }
}
