package import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
package import Postgres

/// The signing keys of the installation: one for session grants, one for workers' access tokens, one for proofs that a
/// tenant was erased.
///
/// Made by the first node that starts, wrapped by the master key, and read once: a node holds them as long as it runs.
package struct InstallationKeys: Sendable {
    let grants: SigningKey
    let tokens: SigningKey
    package let erasures: SigningKey

    /// Reads the keys, or makes those that are missing. Nodes that start together agree on one.
    package init(loadingOrCreating database: Database, master: MasterKey) async throws {
        grants = try await Self.key(for: .grants, database, master)
        tokens = try await Self.key(for: .tokens, database, master)
        erasures = try await Self.key(for: .erasures, database, master)
    }

    private enum Purpose: String, SQLBindable {
        case grants = "session-grants"
        case tokens = "worker-tokens"
        case erasures = "erasure-proofs"
    }

    private static func key(for purpose: Purpose, _ database: Database, _ master: MasterKey) async throws -> SigningKey
    {
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
                let seed = try master.unwrap(
                    installationKey: stored.wrapped, purpose: purpose.rawValue, id: stored.id.text)
                return try SigningKey(seed: seed.reveal())
            }
            let key = SigningKey()
            let id = InstallationKeyID.new()
            let wrapped = try master.wrap(
                installationKey: key.reveal().reveal(), purpose: purpose.rawValue, id: id.text)
            try await transaction.execute(
                """
                insert into installation_keys (purpose, key_id, master_key_id, public_key, wrapped)
                values (\(purpose), \(id), \(master.id), \(key.verifyingKey.bytes), \(wrapped))
                """)
            return key
        }
    }
}
