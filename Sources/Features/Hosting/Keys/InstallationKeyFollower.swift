package import Cryptography
package import Postgres

/// Puts the installation's own keys under the current key at the top.
package struct InstallationKeyFollower: Sendable {
    private let store: InstallationKeyStore

    package init(database: Database, masters: MasterKeys) {
        store = InstallationKeyStore(database: database, masters: masters)
    }

    package func callAsFunction() async throws {
        _ = try await store.rewrap()
    }

    /// How many keys of the installation each key at the top wraps.
    package func standing() async throws -> [(key: String, count: Int)] {
        try await store.standing()
    }
}
