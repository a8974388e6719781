package import Kernel

/// A tenant's key in the clear: it wraps the keys of single values, and of recordings.
///
/// A tenant has one key per version; the newest one seals, all of them open. Destroying the wrapped ones erases the
/// tenant's secrets, in every backup too.
package struct TenantKey: Sendable {
    package let id: TenantKeyID
    package let tenant: TenantID
    package let version: Int
    private let key: DataKey

    private init(id: TenantKeyID, tenant: TenantID, version: Int, key: DataKey) {
        self.id = id
        self.tenant = tenant
        self.version = version
        self.key = key
    }

    /// A fresh key for a tenant: its first one, or the next version when keys are rotated.
    package init(for tenant: TenantID, version: Int, id: TenantKeyID = .new()) {
        self.init(id: id, tenant: tenant, version: version, key: DataKey())
    }

    /// nonce ‖ ciphertext ‖ tag.
    package func seal(_ plaintext: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        try key.seal(plaintext, associated: associated)
    }

    package func open(_ sealed: some RandomAccessCollection<UInt8>, associated: [UInt8]) throws(SealError) -> [UInt8] {
        try key.open(sealed, associated: associated)
    }

    /// Keys under a key at the top, in one question to it.
    package static func wrap(
        _ keys: [TenantKey], with provider: any KeyProvider
    ) async throws(KeyProviderError) -> [WrappedTenantKey] {
        guard !keys.isEmpty else { return [] }
        let wrapped = try await provider.wrap(
            keys.map { key in
                Wrapping(
                    bytes: key.key.reveal().reveal(),
                    associated: WrappedTenantKey.associated(id: key.id, tenant: key.tenant, version: key.version))
            })
        guard wrapped.count == keys.count else { throw .opening }
        return zip(keys, wrapped).map { key, wrapped in
            WrappedTenantKey(
                id: key.id, tenant: key.tenant, version: key.version, master: wrapped.key, bytes: wrapped.bytes)
        }
    }

    /// Keys as they were before they were wrapped, in one question to the key at the top.
    package static func unwrap(
        _ keys: [WrappedTenantKey], with provider: any KeyProvider
    ) async throws(KeyProviderError) -> [TenantKey] {
        guard !keys.isEmpty else { return [] }
        let opened = try await provider.unwrap(
            keys.map { key in
                Wrapping(
                    bytes: key.bytes,
                    associated: WrappedTenantKey.associated(id: key.id, tenant: key.tenant, version: key.version))
            })
        guard opened.count == keys.count else { throw .opening }
        var result: [TenantKey] = []
        for (key, bytes) in zip(keys, opened) {
            guard let data = try? DataKey(bytes) else { throw .opening }
            result.append(TenantKey(id: key.id, tenant: key.tenant, version: key.version, key: data))
        }
        return result
    }
}

/// A tenant's key as it is stored.
package struct WrappedTenantKey: Sendable, Equatable {
    package let id: TenantKeyID
    package let tenant: TenantID
    package let version: Int
    /// The id of the key at the top that opens it.
    package let master: String
    package let bytes: [UInt8]

    package init(id: TenantKeyID, tenant: TenantID, version: Int, master: String, bytes: [UInt8]) {
        self.id = id
        self.tenant = tenant
        self.version = version
        self.master = master
        self.bytes = bytes
    }

    fileprivate static func associated(id: TenantKeyID, tenant: TenantID, version: Int) -> [UInt8] {
        AssociatedData("gatehouse tenant key 1").adding(tenant.text).adding(id.text).adding(version).bytes
    }
}
