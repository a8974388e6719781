import FoundationEssentials
import Identity
import Kernel
import Postgres

/// An operator as a sign-in needs it.
struct OperatorAccount: Sendable {
    let id: ProviderOperatorID
    let login: String
    let name: String
    let isActive: Bool
    let passwordHash: String?
    let counter: AttemptCounter
    let hasSecondFactor: Bool

    var standing: AccountStanding {
        AccountStanding(mustChangePassword: false, factors: hasSecondFactor ? [.authenticator] : [])
    }
}

/// The rows of operators, as far as sign-ins read and change them.
enum OperatorAccountStore {
    private static let columns: SQL = """
        select o.operator_id, o.login, o.name, o.state, o.password_hash, o.failed_attempts, o.locked_until, exists (
          select from provider_second_factors f where f.operator_id = o.operator_id and f.confirmed_at is not null)
        from provider_operators o
        """

    private static func account(_ row: inout Row) throws -> OperatorAccount {
        let (id, login, name): (ProviderOperatorID, String, String) = (
            try row.next(), try row.next(), try row.next()
        )
        let state: ProviderOperator.State = try row.next()
        return OperatorAccount(
            id: id, login: login, name: name, isActive: state == .active, passwordHash: try row.next(),
            counter: AttemptCounter(failures: try row.next(), lockedUntil: try row.next()),
            hasSecondFactor: try row.next())
    }

    /// Holds the row until the transaction ends, so that attempts on one account are counted one after the other.
    static func lock(_ login: Login, _ tx: Transaction) async throws -> OperatorAccount? {
        try await tx.first("\(fragment: columns) where o.login = \(login) for no key update of o", account)
    }

    static func lock(_ id: ProviderOperatorID, _ tx: Transaction) async throws -> OperatorAccount? {
        try await tx.first("\(fragment: columns) where o.operator_id = \(id) for no key update of o", account)
    }

    static func setCounter(_ counter: AttemptCounter, of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_operators set failed_attempts = \(counter.failures), locked_until = \(counter.lockedUntil)
            where operator_id = \(id)
            """)
    }

    static func setPassword(_ hash: String, of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_operators set password_hash = \(hash), failed_attempts = 0, locked_until = null
            where operator_id = \(id)
            """)
    }

    /// A sign-in that is complete forgets the failures before it.
    static func recordSignIn(_ id: ProviderOperatorID, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_operators set failed_attempts = 0, locked_until = null, last_sign_in_at = \(now)
            where operator_id = \(id)
            """)
    }

    /// Takes password and second factor away: what is left is the link of an invitation.
    static func forgetProofs(of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_operators set password_hash = null, failed_attempts = 0, locked_until = null,
              version = version + 1
            where operator_id = \(id)
            """)
        try await tx.execute("delete from provider_second_factors where operator_id = \(id)")
    }
}
