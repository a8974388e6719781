package import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
package import Postgres

/// The keys of the installation: one signs session grants, one workers' access tokens, one proofs that a tenant was
/// erased, one seals what belongs to the provider's own people, and from one others are derived.
///
/// Made by the first node that starts, wrapped by a key at the top, and read once: a node holds them as long as it runs,
/// whatever becomes of the key at the top.
package struct InstallationKeys: Sendable {
    let grants: SigningKey
    let tokens: SigningKey
    package let erasures: SigningKey
    /// Seals operators' second factors.
    package let operators: DataKey
    /// What no table keeps is derived from it; all nodes have the same.
    package let root: RootKey

    /// Reads the keys, or makes those that are missing. Nodes that start together agree on one.
    package init(loadingOrCreating database: Database, masters: MasterKeys) async throws {
        let store = InstallationKeyStore(database: database, masters: masters)
        grants = try SigningKey(seed: try await store.key(for: .grants).reveal())
        tokens = try SigningKey(seed: try await store.key(for: .tokens).reveal())
        erasures = try SigningKey(seed: try await store.key(for: .erasures).reveal())
        operators = try DataKey(try await store.key(for: .operators).reveal())
        root = RootKey(try await store.key(for: .root))
    }

    package init(loadingOrCreating database: Database, master: MasterKey) async throws {
        try await self.init(loadingOrCreating: database, masters: MasterKeys(master))
    }
}
