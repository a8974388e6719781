package import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
package import Postgres

/// The keys of the installation: one signs session grants, one workers' access tokens, and one seals what belongs to the
/// provider's own people.
///
/// Made by the first node that starts, wrapped by the master key, and read once: a node holds them as long as it runs.
package struct InstallationKeys: Sendable {
    let grants: SigningKey
    let tokens: SigningKey
    /// Seals operators' second factors.
    package let operators: DataKey

    /// Reads the keys, or makes those that are missing. Nodes that start together agree on one.
    package init(loadingOrCreating database: Database, master: MasterKey) async throws {
        grants = try await Self.signingKey(for: .grants, database, master)
        tokens = try await Self.signingKey(for: .tokens, database, master)
        let sealing = try await Self.material(for: .operators, database, master) { (DataKey().reveal(), nil) }
        operators = try DataKey(sealing.reveal())
    }

    private enum Purpose: String, SQLBindable {
        case grants = "session-grants"
        case tokens = "worker-tokens"
        case operators = "operator-factors"
    }

    private static func signingKey(
        for purpose: Purpose, _ database: Database, _ master: MasterKey
    ) async throws -> SigningKey {
        let seed = try await material(for: purpose, database, master) {
            let key = SigningKey()
            return (key.reveal(), key.verifyingKey.bytes)
        }
        return try SigningKey(seed: seed.reveal())
    }

    private static func material(
        for purpose: Purpose, _ database: Database, _ master: MasterKey,
        _ make: () -> (secret: SecretBytes, publicKey: [UInt8]?)
    ) async throws -> SecretBytes {
        let scope = SystemScope(reason: "keys of the installation")
        return try await database.transaction(in: scope) { transaction in
            // Held to the end: whoever comes second finds what the first one made.
            try await transaction.execute(
                "select pg_advisory_xact_lock(hashtext(\("installation-key/" + purpose.rawValue)))")
            let stored = try await transaction.first(
                """
                select key_id, wrapped from installation_keys where purpose = \(purpose)
                order by created_at desc limit 1
                """
            ) { row in (id: try row.next(InstallationKeyID.self), wrapped: try row.next([UInt8].self)) }
            if let stored {
                return try master.unwrap(
                    installationKey: stored.wrapped, purpose: purpose.rawValue, id: stored.id.text)
            }
            let (secret, publicKey) = make()
            let id = InstallationKeyID.new()
            let wrapped = try master.wrap(installationKey: secret.reveal(), purpose: purpose.rawValue, id: id.text)
            try await transaction.execute(
                """
                insert into installation_keys (purpose, key_id, master_key_id, public_key, wrapped)
                values (\(purpose), \(id), \(master.id), \(publicKey), \(wrapped))
                """)
            return secret
        }
    }
}
