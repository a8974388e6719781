import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Puts the rules in place by which people are led to gateways: a tenant's own, or the provider's.
struct SetEndpointRules {
    let database: Database

    func callAsFunction(
        _ rules: EndpointRules, at now: Date, in scope: TenantScope, audit: AuditDraft
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            try await transaction.execute(PlacementStore.setRules(rules.rules, of: scope.tenant, at: now))
            audit.detail("rules", .array(rules.rules.map { .string($0.name) }))
            try await audit.write(in: transaction)
        }
    }

    func callAsFunction(
        _ rules: ProviderEndpointRules, at now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            try await transaction.execute(PlacementStore.setProviderRules(rules.rules, at: now))
            audit.detail("rules", .array(rules.rules.map { .string($0.name) }))
            try await audit.write(in: transaction)
        }
    }
}
