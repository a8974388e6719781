package import HTTPAPI
package import Kernel
package import Postgres

/// The catalogue of what the provider sells, and which plan a tenant has.
package struct Plans: Sendable {
    let database: Database

    package init(database: Database) {
        self.database = database
    }

    package func list(_ page: PageRequest, in scope: ProviderScope) async throws -> Rows<Plan> {
        Rows(try await database.query(PlanStore.list(page), in: scope, PlanStore.decode), of: page)
    }

    package func find(_ id: PlanID, in scope: ProviderScope) async throws -> Plan {
        guard let plan = try await database.first(PlanStore.find(id), in: scope, PlanStore.decode) else {
            throw PlanError.notFound
        }
        return plan
    }

    /// The plan that a tenant has.
    package func plan(of tenant: TenantID, in scope: ProviderScope) async throws -> TenantPlan {
        let plan = try await database.first(TenantPlanStore.find(tenant), in: scope, TenantPlanStore.decode)
        guard let plan else { throw PlanError.notFound }
        return plan
    }

    /// All price lists of plans, the oldest first: with which old invoices are computed again.
    package static func priceLists(
        of plans: [PlanID], in transaction: Transaction
    ) async throws -> [PlanID: [PriceList]] {
        let rows = try await transaction.query(PlanStore.priceLists(of: plans), PlanStore.decodeList)
        return Dictionary(grouping: rows, by: \.plan).mapValues { $0.map(\.list) }
    }

    /// What a tenant may use at most.
    package func limits(in scope: TenantScope) async throws -> TenantLimits {
        let rows = try await database.query(TenantPlanStore.limits(of: scope.tenant), in: scope) { row in
            (try row.next(LimitKind.self), try row.next(Int.self))
        }
        return TenantLimits(Dictionary(rows, uniquingKeysWith: { first, _ in first }))
    }
}
