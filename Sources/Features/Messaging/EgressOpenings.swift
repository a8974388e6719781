package import Kernel
package import Outbound
package import Postgres

/// What a tenant's administrators have opened for calls to the outside, for whoever calls on the tenant's behalf.
package struct EgressOpenings: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package func callAsFunction(in scope: TenantScope) async throws -> Set<HostPort> {
        Set(try await WebhookStore().allowances(in: scope, database).compactMap(\.hostPort))
    }
}
