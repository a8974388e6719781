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
            try await check(rules.rules, in: scope, transaction)
            try await transaction.execute(PlacementStore.setRules(rules.rules, of: scope.tenant, at: now))
            audit.detail("rules", .array(rules.rules.map { .string($0.name) }))
            try await audit.write(in: transaction)
        }
    }

    /// Nodes are the tenant's own; those of others are told as those that are nowhere.
    private func check(_ rules: [EndpointRule], in scope: TenantScope, _ transaction: Transaction) async throws {
        let nodes = rules.compactMap(\.node)
        guard !nodes.isEmpty else { return }
        let known = Set(
            try await transaction.query(
                "select node_id from node_directory where tenant_id = \(scope.tenant) and node_id = any(\(nodes)::uuid[])"
            ) { try $0.next(NodeID.self) })
        let errors = rules.enumerated().compactMap { index, rule in
            rule.node.flatMap {
                known.contains($0) ? nil : FieldError(pointer: "/rules/\(index)/node", message: "does not exist")
            }
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
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
