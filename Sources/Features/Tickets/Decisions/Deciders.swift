package import FoundationEssentials
package import Kernel
package import Postgres

/// Who may decide requests at all: Identity knows, and is plugged in. A seat says who decides this one; it is worth nothing
/// to somebody who has lost the right since, whatever way they answer.
package struct Deciders: Sendable {
    package var among: @Sendable ([UserID], Date, TenantScope, Transaction) async throws -> Set<UserID>

    package init(
        among: @escaping @Sendable ([UserID], Date, TenantScope, Transaction) async throws -> Set<UserID>
    ) {
        self.among = among
    }

    /// Everybody who is active.
    package static let active = Deciders { users, _, scope, transaction in
        Set(
            try await transaction.query(
                """
                select user_id from user_directory
                where tenant_id = \(scope.tenant) and user_id = any(\(users)) and state = 'active'
                """
            ) { row in try row.next(UserID.self) })
    }

    /// Throws `mayNotDecide` unless all of them may.
    func check(
        _ users: [UserID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard try await among(users, now, scope, transaction).isSuperset(of: users) else {
            throw TicketError.mayNotDecide
        }
    }
}
