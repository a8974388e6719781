package import Kernel
package import Postgres

/// Whether an operator may still act, for what outlives a session at the console.
package enum OperatorStanding {
    package static func isActive(
        _ id: ProviderOperatorID, with role: ProviderRole, _ database: Database
    ) async throws -> Bool {
        try await database.first(
            """
            select state = 'active' and \(role) = any(roles) from provider_operators where operator_id = \(id)
            """, in: ProviderScope()
        ) { try $0.next() } ?? false
    }
}
