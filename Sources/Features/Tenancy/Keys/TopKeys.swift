import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// Which key at the top wraps a tenant's keys: the installation's, or the tenant's own.
///
/// The token for a tenant's own key is wrapped by the installation's: it cannot lie under the key that it opens.
struct TopKeys: Sendable {
    let database: Database
    let masters: MasterKeys
    let open: (@Sendable (OwnKey, Secret, TenantScope) -> any KeyProvider)?

    struct Stored {
        let key: OwnKey
        let token: Wrapped
    }

    /// The one that wraps what is new.
    func current(in scope: TenantScope) async throws -> any KeyProvider {
        try await own(in: scope) ?? masters.current
    }

    /// The one that opens what has this id.
    func provider(of id: String, in scope: TenantScope) async throws -> any KeyProvider {
        if let known = try? masters.provider(of: id) { return known }
        guard let own = try await own(in: scope), own.knows(id) else { throw KeyProviderError.unknownKey(id) }
        return own
    }

    /// A provider of a key that is not written down yet.
    func candidate(_ request: UseOwnKeyRequest, in scope: TenantScope) throws(KeyProviderError) -> any KeyProvider {
        guard let open else { throw .refused("this installation takes no keys of tenants") }
        return open(request.key, request.token, scope)
    }

    func wrapToken(_ token: Secret, of key: OwnKey, in scope: TenantScope) async throws -> Wrapped {
        try await masters.wrap(Array(token.reveal().utf8), associated: Self.associated(key, scope))
    }

    func stored(in scope: TenantScope) async throws -> Stored? {
        try await database.first(
            """
            select address, mount, name, master_key_id, wrapped_token from tenant_own_keys
            where tenant_id = \(scope.tenant)
            """, in: scope
        ) {
            Stored(
                key: OwnKey(address: try $0.next(), mount: try $0.next(), name: try $0.next()),
                token: Wrapped(key: try $0.next(), bytes: try $0.next()))
        }
    }

    /// Puts the token under the current key at the top; tells whether it was under another.
    func rewrapToken(in scope: TenantScope) async throws -> Bool {
        guard let stored = try await stored(in: scope), try await stored.token.key != masters.current.current() else {
            return false
        }
        let associated = Self.associated(stored.key, scope)
        let bytes = try await masters.unwrap(stored.token, associated: associated)
        let wrapped = try await masters.wrap(bytes, associated: associated)
        try await database.execute(
            """
            update tenant_own_keys set master_key_id = \(wrapped.key), wrapped_token = \(wrapped.bytes)
            where tenant_id = \(scope.tenant) and wrapped_token = \(stored.token.bytes)
            """, in: scope)
        return true
    }

    private func own(in scope: TenantScope) async throws -> (any KeyProvider)? {
        guard let open, let stored = try await stored(in: scope) else { return nil }
        let token = try await masters.unwrap(stored.token, associated: Self.associated(stored.key, scope))
        return open(stored.key, Secret(String(decoding: token, as: UTF8.self)), scope)
    }

    private static func associated(_ key: OwnKey, _ scope: TenantScope) -> [UInt8] {
        MasterKeys.binding(
            "gatehouse own key token 1", scope.tenant.text, key.address, key.mount, key.name)
    }
}
