import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// Seals second factors, each for its operator: moved to another row, one does not open.
struct FactorSeal: Sendable {
    let key: DataKey

    func seal(_ secret: [UInt8], for id: ProviderOperatorID) throws -> [UInt8] {
        try key.seal(secret, associated: Self.binding(id))
    }

    func open(_ sealed: [UInt8], of id: ProviderOperatorID) throws -> [UInt8] {
        try key.open(sealed, associated: Self.binding(id))
    }

    private static func binding(_ id: ProviderOperatorID) -> [UInt8] {
        Array("gatehouse operator factor 1\n\(id.text)".utf8)
    }
}

/// An operator's second factor as it is stored.
struct OperatorFactor {
    let sealed: [UInt8]
    let isConfirmed: Bool
    let lastStep: Int
}

/// The rows of operators' second factors.
enum OperatorFactorStore {
    /// Holds the row, so that one code counts once.
    static func lock(_ id: ProviderOperatorID, _ tx: Transaction) async throws -> OperatorFactor? {
        try await tx.first(
            """
            select sealed, confirmed_at is not null, last_step from provider_second_factors
            where operator_id = \(id) for update
            """
        ) { OperatorFactor(sealed: try $0.next(), isConfirmed: try $0.next(), lastStep: try $0.next()) }
    }

    /// Keeps a secret that is to be confirmed; false if there is a confirmed one.
    static func propose(_ sealed: [UInt8], for id: ProviderOperatorID, at now: Date, _ database: Database)
        async throws -> Bool
    {
        let rows = try await database.execute(
            """
            insert into provider_second_factors (operator_id, sealed, created_at) values (\(id), \(sealed), \(now))
            on conflict on constraint provider_second_factors_pk do update
              set sealed = excluded.sealed, created_at = excluded.created_at, last_step = 0
              where provider_second_factors.confirmed_at is null
            """, in: ProviderScope())
        return rows == 1
    }

    static func confirm(_ id: ProviderOperatorID, step: Int, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update provider_second_factors set confirmed_at = \(now), last_step = \(step)
            where operator_id = \(id) and confirmed_at is null
            """)
    }

    /// Uses a time step up.
    static func use(_ step: Int, of id: ProviderOperatorID, _ tx: Transaction) async throws {
        try await tx.execute(
            "update provider_second_factors set last_step = \(step) where operator_id = \(id) and last_step < \(step)")
    }
}
